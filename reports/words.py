"""Chinese words for the codes a snapshot holds. A code not listed prints as it stands."""

from datetime import datetime

from domain.printing.papers import BoardRole, LinkState

KINDS = {
    "consultation": "咨询",
    "request": "求助",
    "complaint": "投诉",
    "suggestion": "建议",
    "item": "办事",
    "package": "一类事",
}
CHANNELS = {
    "window": "窗口",
    "phone": "电话",
    "hotline": "12345 热线",
    "online": "网上平台",
    "visit": "走访",
    "talk": "政企恳谈",
    "community": "社区吹哨",
}
SCOPES = {"point": "点", "chain": "链", "block": "块"}
LIMITS = {"simple": "简单事项", "standard": "一般事项", "hard": "疑难事项", "item": "按事项承诺"}
ROLES = {BoardRole.LEAD: "牵头", BoardRole.ASSIST: "协办"}
LINKS = {LinkState.SYNCED: "已同步", LinkState.LOCAL: "本机暂存"}
APPLICANTS = {
    "enterprise": "企业",
    "individual": "个体工商户",
    "founding": "拟设立企业",
    "chamber": "商会协会",
    "park": "园区",
}
CAPACITIES = {"legal_representative": "法定代表人", "agent": "委托代理人"}
SHARE_STATES = {
    "assigned": "待签收",
    "received": "已签收",
    "handling": "办理中",
    "answered": "已答复",
    "returned": "已退回",
    "closed": "已撤",
}
STATES = {
    "registered": "已登记",
    "accepted": "已受理",
    "assigned": "已交办",
    "received": "已签收",
    "handling": "办理中",
    "returned": "已退回",
    "transferred": "已转办",
    "escalated": "兜底办理",
    "suspended": "已挂起",
    "extended": "已延期",
    "reopened": "重办",
    "resolved": "已办结",
    "fed_back": "已反馈",
    "rated": "已评价",
    "called_back": "已回访",
    "archived": "已归档",
    "declined": "不予受理",
    "withdrawn": "已撤回",
    "merged": "已并案",
}
ORIGINS = {"assigned": "交办", "transferred": "转办", "escalated": "升级兜底", "reopened": "重办"}
HANDOVERS = {
    "assignment_returned": "退回",
    "return_decided": "退回裁定",
    "case_transferred": "转办",
    "case_escalated": "升级兜底",
    "case_passed_up": "上报",
}
TOLD_BY = {"window": "窗口", "phone": "电话", "message": "短信或消息", "visit": "上门", "paper": "书面"}
ALERTS = {"none": "期内", "amber": "临期提醒", "yellow": "黄牌", "red": "红牌"}
PAPERS = {
    "case_slip": "受理回执",
    "one_time_notice": "一次性告知单",
    "assignment_slip": "交办单",
    "transfer_slip": "转办（退回）单",
    "urging_slip": "催办单",
    "supervision_slip": "督办单",
    "consultation_minutes": "会商纪要",
    "feedback_slip": "办结反馈单",
    "rating_form": "服务评价表",
    "dossier": "归档卷宗",
}
NOT_SHOWN = {
    "missing": "附件库里没有这个文件的内容，或内容已损坏，未能并入卷宗。请按上面的 SHA-256 向中心核对原件。",
    "kind": "这种文件不能按页显示，未并入卷宗。原件按上面的 SHA-256 保存在附件库，可从办件页另存。",
    "unreadable": "文件打不开（损坏、加密或不符合格式），未能并入卷宗。原件按上面的 SHA-256 保存在附件库。",
    "too_many_pages": "文件页数太多，未并入卷宗。原件按上面的 SHA-256 保存在附件库，可从办件页另存。",
    "too_much": "本件的附件合计过多，这个文件未并入卷宗。原件按上面的 SHA-256 保存在附件库，可从办件页另存。",
    "too_large": "图片尺寸过大，未并入卷宗。原件按上面的 SHA-256 保存在附件库，可从办件页另存。",
}
VOICES = {"rating": "评价", "callback": "回访"}
CALL_RESULTS = {
    "reached": "已接通",
    "no_answer": "无人接听",
    "wrong_number": "号码有误",
    "refused": "拒绝回访",
}
LEVELS = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}

_WEEKDAYS = "一二三四五六日"


def word(table: dict[str, str], code: str) -> str:
    """Return the word of ``code``, or the code itself."""
    return table.get(code, code)


def limit_words(limit: str, days: int | None) -> str:
    """Return the limit class and its working days, ``一般事项 · 3 个工作日``."""
    name = word(LIMITS, limit)
    return name if days is None else f"{name} · {days} 个工作日"


def with_weekday(local: str) -> str:
    """Return ``2026-11-25 17:00`` as ``2026-11-25（周三）17:00``; other text as it stands."""
    try:
        moment = datetime.strptime(local, "%Y-%m-%d %H:%M")  # noqa: DTZ007 — local text, no zone to keep
    except ValueError:
        return local
    return f"{local[:10]}（周{_WEEKDAYS[moment.weekday()]}）{local[11:]}"


def span_words(minutes: int) -> str:
    """Return minutes of opening time as ``5 小时 20 分``."""
    hours, rest = divmod(abs(minutes), 60)
    if not hours:
        return f"{rest} 分钟"
    return f"{hours} 小时 {rest} 分" if rest else f"{hours} 小时"
