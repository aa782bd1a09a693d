"""Sentences about supervision and common problems."""

from desktop.words import ALERTS

LEVELS = {level: ALERTS.get(level, "敏感") for level in ("red", "yellow", "sensitive", "amber")}
"""Levels of a reminder, the most urgent first."""

SENTENCES = {
    "supervision.unknown_list": "没有“{name}”这个督办列表，可用：{known}。",
    "supervision.no_board": "办件 {number} 还没有交办到板块，请先交办再催办。",
    "supervision.not_overdue": "办件 {number} 没有超期，不能发督办单，可先催办。",
    "supervision.text_missing": "还没有写内容，请写明要求或答复。",
    "supervision.not_asked": "办件 {number} 没有催办或督办本板块，不用回复。",
    "supervision.answered_already": "本板块已经回复过办件 {number} 的督办，如有新情况请写在部分答复里。",
    "supervision.no_reminder": "办件 {number} 没有需要本人知悉的督办提醒。",
    "supervision.filter_invalid": "筛选条件“{field}”的值不对，可用：{known}。",
    "supervision.title_missing": "还没有写共性问题的标题，请写一句话概括。",
    "supervision.title_too_long": "共性问题的标题有 {count} 字，超过 {limit} 字，请缩短，细节写在说明里。",
    "supervision.too_many_cases": "一次归入了 {count} 件，最多 {limit} 件，请分几次归入。",
    "supervision.problem_not_found": "没有找到共性问题“{ref}”，请核对编号。",
    "supervision.in_another_problem": "办件 {number} 已归入共性问题 {ref}，请先从那里移出。",
    "supervision.not_in_pool": "办件 {number} 不在涉企问题池，请先在办件页列入问题池。",
    "supervision.period_invalid": "统计日期不对，请按 2026-11-01 的样子填写，结束日不早于开始日，最长两年。",
}
