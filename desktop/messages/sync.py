"""Sentences of the sync page and its commands."""

from desktop.messages import line, sentence
from domain.errors import AppError

SENTENCES = line.SENTENCES | {
    "sync.alone": "本站是独立网点，没有上级，不需要同步。要加入中心，请在“设置”里用入网码加入（qifu enrol）。",
    "sync.conflict_gone": "这一处冲突已经由别人裁定，或已不存在。请刷新列表。",
    "sync.choice_unfit": (
        "{number}现在的状态不能直接改用后到的这一份。请先在办件页把它办到合适的状态（例如重办），再按这一份重新记录。"
    ),
    "sync.review_gone": "这一步已经复核过，或已不存在。请刷新列表。",
    "sync.why_missing": "撤销别人的一步要写明理由。请填写理由后再确认。",
    "sync.undo_unfit": "{number}的这一步不能撤销（受理本身，或不是办件的步骤）。请认可它，再在办件页按实际情况处理。",
    "sync.held_gone": "这一条记录已不在隔离区。请刷新列表。",
    "sync.held_broken": "这一条记录的内容不完整，或本机已有同一条，不能放行。它会原样保留，供核对。",
    "sync.day_invalid": "日期 {day} 不能核对：只能选今天和以前的日子。",
    "sync.day_format": "日期“{day}”看不懂。请按 2026-11-18 的格式填写。",
    "sync.slip_type": "核对单只能存成 PDF。请把 {file} 的扩展名改为 .pdf。",
    "sync.gap": "本机与中心的记录没有接上，会自动核对后补传；多次出现请联系中心管理员。",
    "sync.fork": "中心已有本机同一编号的另一份记录（例如整盘复制过），两份都会保留，请联系中心管理员。",
    "sync.cursor_ahead": "中心恢复过较早的数据，本机会把它缺少的补传过去。",
    "sync.digest": "收到的记录与中心的核对码不符，没有采用，会自动重新接收；多次出现请联系中心管理员。",
    "sync.bad_batch": "中心没有接受这一批记录（内容自相矛盾），会自动再试；多次出现请联系中心管理员。",
    "sync.bad_signature": "中心没有认可这一批记录的签名，会自动再试；多次出现请联系中心管理员。",
    "sync.not_your_scope": "中心不让本机接收这个网点的记录。请联系中心管理员核对本机所属的网点。",
    "sync.program_too_old": "本机程序太旧，中心已不支持。请升级本机程序，记录会一直保存在本机。",
    "sync.server_too_old": "本机程序比中心的新，对方还不认识。请中心先升级，记录会一直保存在本机。",
    "sync.choice_unknown": "“{choice}”不是可选的裁定。可选：{known}。",
}


def failure_words(code: str) -> str:
    """The sentence for why the last run ended early, which the store keeps as a code alone."""
    try:
        return sentence(AppError(code, refusal=code, typed="", detail=""))
    except (ImportError, KeyError):
        return sentence(AppError("sync.refused", refusal=code))
