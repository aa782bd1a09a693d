"""Sentences about due times, and the words for why a day counts or does not."""

from domain.deadlines.due import DayCount, Why

SENTENCES = {
    "deadlines.at_missing": "没有给出起算时间，请用 --at 写明，如 2026-02-13T16:30。",
    "deadlines.at_invalid": "起算时间“{at}”看不懂，请写成 2026-02-13T16:30 的样子。",
    "deadlines.start_range": "起算时间不在 2000 年至 2099 年之间，请核对时间或电脑的时钟。",
    "deadlines.limit_missing": "没有给出时限类别，请用 --limit 写明 simple、standard、hard 或 item。",
    "deadlines.limit_unknown": "时限类别“{limit}”不存在，可用：simple、standard、hard、item。",
    "deadlines.days_missing": "按事项承诺计时，还需给出承诺的工作日天数（days）。",
    "deadlines.days_range": "承诺天数“{days}”不对，应为 0 至 {most} 的整数。",
    "deadlines.days_unexpected": "时限类别 {limit} 的天数由时限标准规定，不能另给天数；按事项承诺计时请选 item。",
    "deadlines.profile_unknown": "时限标准“{profile}”不存在，可用：{known}。",
    "deadlines.profile_invalid": "时限标准“{profile}”的资料有误，simple、standard、hard 各应有一个天数。",
    "deadlines.limits_invalid": "时限资料缺少时限标准、默认标准或服务时间，请更换时限文件。",
    "deadlines.calendar_invalid": "工作日历资料有误，出错处：{where}，请更换日历文件。",
    "deadlines.hours_invalid": "网点服务时间有误，出错处：{where}，请在网点设置中改正。",
    "deadlines.hours_closed": "网点周一至周五都没有服务时间，期限无法计算，请在网点设置中补上。",
    "deadlines.zone_unknown": "网点时区“{zone}”不存在，请在网点设置中改正，如 Asia/Shanghai。",
}

WHY = {
    Why.ACCEPTED: "受理日，不计",
    Why.SAME_DAY: "受理日，当日办结",
    Why.AFTER_HOURS: "下班后受理，顺延",
    Why.SITE_CLOSED: "网点不开放，不计",
    Why.PAUSED: "挂起补回",
    Why.WORKDAY: "工作日",
    Why.MAKEUP: "调休上班",
    Why.WEEKEND: "周末，不计",
    Why.HOLIDAY: "{name}放假，不计",
    Why.UNPUBLISHED_WORKDAY: "按工作日暂计（当年放假安排未公布）",
    Why.UNPUBLISHED_WEEKEND: "按周末暂不计（当年放假安排未公布）",
}


def why(day: DayCount) -> str:
    """Why ``day`` counts or does not, in words."""
    return WHY[day.why].format(name=day.name)
