"""Sentences about ratings."""

RATING_STATES = {
    "good": "好评",
    "to_verify": "待核实",
    "to_answer": "待整改或说明",
    "to_call": "待回访",
    "rated_again": "已再次评价",
    "explained": "已说明办结",
    "annulled": "申诉成立，不计",
}

SENTENCES = {
    "ratings.level_invalid": "评价等级是 1 至 5，5 为非常满意，请重新选择。",
    "ratings.tag_unknown": "没有“{tag}”这个评价标签，可用：{known}。",
    "ratings.words_too_long": "文字最多 {limit} 字，请写要点。",
    "ratings.words_missing": "请写明情况再提交。",
    "ratings.not_yours": "评价只能由来访者自己给出，工作人员不能代填；纸质评价表由督办人员从评价箱取出后录入。",
    "ratings.not_closed": "办件 {number} 还没有办结并反馈，办结后再评价。",
    "ratings.not_served": "排队号 {number} 还没有办理，办理后再评价。",
    "ratings.rated_already": "这一次已经评价过，每次来访、每件各评一次。",
    "ratings.not_found": "没有找到评价“{ref}”，请核对编号。",
    "ratings.unknown_list": "没有“{name}”这个评价列表，可用：{known}。",
    "ratings.not_concerned": "这条评价与您无关，不能申诉。",
    "ratings.appealed_already": "这条评价已经申诉过，每条评价只能申诉一次。",
    "ratings.loop_ended": "这条评价已经处理完毕，不能再做这一步。",
    "ratings.no_appeal": "这条评价没有等待处理的申诉。",
    "ratings.other_step": "这条评价现在的状态是“{state}”，不能做这一步。",
    "ratings.concerned_yourself": "这条评价涉及您本人，请由其他督办人员处理。",
    "ratings.parent_verifies": "本站只有一名工作人员，差评由上级网点核实，请等待上级处理。",
    "ratings.form_stale": "评价页面打开得太久，请重新打开再提交。",
    "ratings.rules_invalid": "评价设置里“{field}”的值不对，没有保存，请改正后再保存。",
    "ratings.link_invalid": "这个链接不对或已失效，请重新扫描回执上的二维码，或到窗口查询。",
}
WORDS = {"state": RATING_STATES}
