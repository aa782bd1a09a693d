"""The Chinese words for codes: those of ``resources/words.json`` and the desk's own.

A code without one stands for itself.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from resources.words import table

KINDS = table("kinds")
CHANNELS = table("channels")
SCOPES = table("scopes")
APPLICANTS = table("applicants")
CAPACITIES = table("capacities")
STATES = table("states")
SHARE_STATES = table("share_states")
SHARE_ROLES = table("share_roles")
TOLD_BY = table("told_by")
ALERTS = table("alerts")
CALL_RESULTS = table("call_results")
LEVELS = table("levels")
PAPERS = table("papers")
CHOICES = table("conflict_choices")
DECISIONS = table("review_decisions")
ERASURE_GROUNDS = table("erasure_grounds")
SCOPE_HINTS = {
    "point": "点：一家企业自己的事，交板块办理",
    "chain": "链：一条产业链的共性问题，交板块办理",
    "block": "块：一个园区或街区的问题，由县区或园区中心牵头",
}
TICKET_STATES = {
    "waiting": "等候中",
    "called": "已叫号",
    "serving": "办理中",
    "held": "暂挂",
    "missed": "已过号",
    "transferred": "已转队列，等候中",
    "left": "已离开",
    "finished": "已办结",
}
WAITS = {
    "suspended": "挂起中",
    "material": "等企业补材料",
    "decision": "等首席裁定",
    "extension": "等批延期",
    "boards": "等协办答复",
    "lead": "等牵头办结",
}
QUEUES = {
    "new": "待签收",
    "in_hand": "在办",
    "due_today": "今日到期",
    "overdue": "已超期",
    "returned": "已退回",
    "waiting": "等别人",
    "partial": "部分答复",
    "fallback": "兜底",
    "to_resolve": "待办结",
    "mine": "我经办的",
    "all": "全部",
}
LIMITS = {"simple": "简单", "standard": "一般", "hard": "疑难", "item": "按承诺"}
CALLBACK_STATES = {"open": "待回访", "done": "已回访", "unreachable": "联系不上", "reopened": "已重办"}
CALLBACK_GROUPS = {"ordinary": "抽样", "hard": "疑难件", "complaint": "投诉件", "reopened": "重办件"}
ATTITUDES = {"good": "好", "fair": "一般", "poor": "差"}
RATING_SOURCES = {"screen": "评价屏", "paper": "纸质评价表", "link": "回执链接", "call": "电话"}
RATING_TAGS = {
    "fast": "办得快",
    "friendly": "态度好",
    "clear": "讲得清楚",
    "solved": "解决了问题",
    "slow": "办得慢",
    "unfriendly": "态度不好",
    "unclear": "讲不清楚",
    "unsolved": "没有解决",
    "sent_around": "来回跑",
}
APPEALS = {"none": "未申诉", "asked": "申诉待处理", "upheld": "申诉成立", "rejected": "申诉不成立"}
SIZES = {"a5": "A5", "a4": "A4", "80mm": "80 毫米小票", "58mm": "58 毫米小票"}
ACTIONS = {
    "accept": "受理",
    "assign": "交办",
    "attach": "添加附件",
    "notice": "一次性告知",
    "receive_material": "收到补正材料",
    "answer": "答复办结",
    "receive": "签收",
    "take": "认领",
    "partial": "部分答复",
    "plan": "提交方案",
    "return": "退回",
    "decide_return": "裁定退回",
    "transfer": "转办",
    "add_assist": "增加协办",
    "remove_assist": "撤销协办",
    "suspend": "挂起",
    "resume": "恢复计时",
    "extend": "申请延期",
    "decide_extension": "审批延期",
    "limit": "调整时限类别",
    "escalate": "升级兜底",
    "pass_up": "上报",
    "consult": "会商记录",
    "resolve": "办结",
    "feedback": "反馈",
    "reopen": "重办",
    "archive": "归档",
    "hand_over": "移交在办件",
    "staff_away": "登记请假",
    "board_leader": "登记分管领导",
    "decline": "不予受理",
    "withdraw": "撤回",
    "link": "关联",
    "merge": "并案",
    "correct_contact": "更正经办人",
    "print": "打印",
    "flag": "标记",
    "edit_enterprise": "修改企业档案",
    "import_enterprises": "导入企业名单",
    "verify_code": "核验企业码",
    "unflag_sensitive": "取消敏感标记",
    "station_settings": "修改网点设置",
    "staff_settings": "修改人员",
    "upkeep": "维护数据",
    "queue": "叫号",
    "queue_ticket": "取号",
    "queue_supervise": "管理大厅",
    "queue_rules": "修改排队设置",
    "callback": "回访",
    "callback_rules": "修改回访设置",
    "rating_paper": "录入纸质评价",
    "rating_supervise": "处理差评",
    "rating_appeal": "申诉",
    "decide_conflict": "裁定冲突",
    "decide_review": "复核",
    "release_held": "放行隔离的记录",
    "erase": "依法删除个人信息",
}
BOARD_ANSWER = "答复"
HELD_REASONS = {
    "malformed": "内容不完整",
    "too_large": "内容过大",
    "private_mismatch": "个人信息部分与记录不符",
    "wrong_place": "不在它自己的位置上",
    "duplicate_id": "已有同一编号的另一条记录",
    "fork": "同一位置已有另一条记录",
    "forged": "签名不符，可能是伪造",
    "not_visible": "记录的网点与本件无关",
    "device_revoked": "设备已停用",
    "revoked": "设备已停用",
    "device_lost": "送到时设备可能已在他人手里",
    "unknown_device": "设备没有登记",
    "right_lapsed": "记录人当时已没有这项权限",
    "no_right": "记录人没有这项权限",
    "unknown_actor": "人员名单里没有记录人",
    "not_allowed": "这类设备不能记这种记录",
}
CONFLICTS = {
    "accepted_twice": "同一件被受理了两次",
    "not_accepted": "缺少受理记录",
    "not_of_a_case": "不是办件的记录",
    "not_registered": "缺少建档记录",
    "not_of_an_enterprise": "不是企业的记录",
    "not_verified": "缺少被复核的核验记录",
    "other_code": "记录的信用代码与本企业不符",
    "case_closed": "记录产生时本件已经办结",
    "not_your_board": "记录产生时本件不在该板块",
    "already_received": "该板块已经签收",
    "not_received": "记录产生时该板块还没有签收",
    "share_not_held": "该板块的份额已经答复、退回或转出",
    "with_the_board": "记录产生时本件已由板块办理",
    "no_board_yet": "记录产生时本件还没有交办",
    "return_decided": "退回已经裁定",
    "no_return_to_decide": "没有等待裁定的退回",
    "chief_decides": "退回正等首席裁定",
    "answers_missing": "记录产生时还有板块没有答复",
    "extension_asked": "已有等待批准的延期申请",
    "no_extension_asked": "没有等待批准的延期申请",
    "already_escalated": "已由兜底板块牵头",
    "suspended": "记录产生时本件正在挂起",
    "not_suspended": "记录产生时本件没有挂起",
    "not_resolved": "记录产生时本件还没有办结",
    "not_told": "记录产生时还没有反馈",
    "nothing_missing": "没有登记过缺少的材料",
    "no_callback": "缺少回访任务",
    "callback_done": "这一次的回访已由别人完成",
    "not_rated": "缺少评价记录",
    "not_of_a_rating": "不是评价的记录",
    "rated_twice": "同一次服务有两条评价，先到的计入",
    "rating_step_past": "这一步已由别人做过",
    "appealed_twice": "同一条评价申诉了两次",
    "no_appeal": "没有等待处理的申诉",
    "malformed": "记录内容不完整",
}
ENTERPRISE_FIELDS = {
    "name": "企业名称",
    "kind": "类型",
    "legal_representative": "法定代表人",
    "address": "地址",
    "contact": "联系人",
    "tag": "标签",
    "licence": "证照",
}
TAG_GROUPS = {
    "chain": "产业链",
    "stage": "发展阶段",
    "size": "规模",
    "qualification": "资质",
    "other": "其他标签",
}
STANDINGS = {
    "valid": "有效",
    "expiring": "即将到期",
    "restricted": "受限",
    "expired": "已过期",
    "revoked": "已注销",
    "unknown": "状态不明",
}
LIGHTS = {"green": "绿", "yellow": "黄", "grey": "灰"}
SOURCES = {"typed": "手工填写", "imported": "名单导入", "proved": "企业码证明"}
VERDICTS = {"valid": "有效", "invalid": "无效", "cannot_tell": "无法判定"}
IMPORT_CHANGES = {"new": "新增", "updated": "更新", "unchanged": "无变化"}
DEVICE = "本机"
OTHER_DEVICE = "另一台电脑"
_WEEKDAYS = "一二三四五六日"


def word(table: Mapping[str, str], code: str) -> str:
    """The word for ``code``."""
    return table.get(code, code)


def held_reason(code: str) -> str:
    """Why an event was held back or flagged; an unknown code stands for itself."""
    return HELD_REASONS.get(code) or word(CONFLICTS, code)


def choices(table: Mapping[str, str]) -> list[tuple[str, str]]:
    """(code, word) pairs for a row of choices."""
    return list(table.items())


def joined(words: Iterable[str]) -> str:
    """Words in a row, as Chinese lists them."""
    return "、".join(words)


def person(actor: str, names: Mapping[str, str]) -> str:
    """The name of who did something; this device itself is 本机, another one goes by its name."""
    if not actor.startswith("device:"):
        return names.get(actor, actor)
    return names[actor] or OTHER_DEVICE if actor in names else DEVICE


def local(at_ms: int, zone: str) -> datetime:
    """UTC milliseconds as the site's own time."""
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone))


def moment(at_ms: int, zone: str) -> str:
    """``2026-11-25 17:00``."""
    return f"{local(at_ms, zone):%Y-%m-%d %H:%M}"


def due_words(at_ms: int, zone: str) -> str:
    """``11月25日（周三）17:00``."""
    at = local(at_ms, zone)
    return f"{at.month}月{at.day}日（周{_WEEKDAYS[at.weekday()]}）{at:%H:%M}"


def span(milliseconds: int) -> str:
    """A stretch of time in its two largest units: ``2 天 3 小时``, ``40 分钟``."""
    minutes = max(0, milliseconds) // 60_000
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    return f"{hours} 小时 {minutes % 60} 分" if hours else f"{minutes} 分钟"


def open_span(milliseconds: int) -> str:
    """A stretch of opening time, which knows no days: ``19 小时 30 分``."""
    minutes = max(0, milliseconds) // 60_000
    return f"{minutes // 60} 小时 {minutes % 60} 分" if minutes >= 60 else f"{minutes} 分钟"


def size_words(size: int) -> str:
    """Bytes for people: ``812 KB``, ``3.4 MB``."""
    return f"{size / 1024:.0f} KB" if size < 1_000_000 else f"{size / 1_048_576:.1f} MB"
