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
