"""Sentences about callbacks."""

SENTENCES = {
    "callbacks.not_closed": "办件 {number} 还没有办结并反馈，不能回访。",
    "callbacks.none": "办件 {number} 现在没有回访任务，可在“回访”页查看待回访的办件。",
    "callbacks.done": "办件 {number} 这一次的回访已经完成，不必再打。",
    "callbacks.note_missing": "办件 {number} 是重办后的回访，没有联系上或对方拒绝时请在备注里写明情况。",
    "callbacks.answers_unexpected": "没有打通电话时不能填写企业的回答，请把结果改为“已接通”，或清空回答。",
    "callbacks.solved_missing": "请填写问题是否解决，或满意程度。",
    "callbacks.level_invalid": "满意程度是 1 至 5，5 为非常满意，请重新选择。",
    "callbacks.words_too_long": "意见建议和备注各最多 {limit} 字，请写要点。",
    "callbacks.rules_invalid": "回访设置里“{field}”的值不对，没有保存，请改正后再保存。",
    "callbacks.unknown_list": "没有“{name}”这个回访列表，可用：{known}。",
    "callbacks.code_unreadable": "这不是回访登记表上的二维码，请重新扫描。",
    "callbacks.code_forged": "这个二维码不是本中心印出的回访登记表，没有打开，请核对来源。",
    "callbacks.code_unknown": "本机没有这条回访任务，请先同步，或到印表的网点录入。",
    "callbacks.form_type": "文件“{file}”的类型不对，回访登记表请存为 .pdf。",
    "callbacks.value_unknown": "“{field}”的值不对，可用：{known}。",
}
