"""The steps of a case as sentences for the archive, from the kind of each event and its facts in words."""

import re
from collections.abc import Mapping

from domain.printing.dossier import HistoryStep
from reports import words

_SAID: dict[str, str] = {
    "case_accepted": "受理{kind}（{channel}），交{boards}",
    "case_answered": "当场答复并办结",
    "case_declined": "不予受理：{reason}",
    "case_withdrawn": "申请人撤回：{reason}",
    "case_assigned": "交办：{boards}",
    "case_linked": "关联了另一件",
    "case_merged": "并入另一件",
    "case_flagged": "更改标记",
    "case_due_recomputed": "期限重算为 {due}",
    "contact_corrected": "更正经办人",
    "material_requested": "一次性告知缺少的材料：{missing}",
    "material_received": "收到补正材料：{material}",
    "file_attached": "添加附件：{name}",
    "paper_printed": "打印{paper}（{size}，第 {copy} 份）",
    "assignment_received": "{board}签收",
    "assignment_taken": "{board}由 {handler} 经办",
    "assignment_answered": "{board}答复",
    "assignment_partly_answered": "{board}部分答复",
    "assignment_returned": "{board}退回：{reason}",
    "return_decided": "裁定{board}的退回：{to}{reason}",
    "solution_planned": "{board}提交方案，{until} 前完成",
    "case_transferred": "转办：{from} → {to}，{reason}",
    "assist_added": "增加{board}协办",
    "assist_removed": "撤销{board}协办：{reason}",
    "case_escalated": "升级给诉求（兜底）板块，{due} 前：{reason}",
    "case_passed_up": "上报上级网点 {to}：{reason}",
    "case_handed_over": "移交网点 {to}：{reason}",
    "consultation_recorded": "会商：{boards} {sites} {participants}",
    "case_suspended": "挂起，停止计时：{reason}；依据：{evidence}",
    "case_resumed": "恢复计时：{reason}",
    "extension_requested": "申请延期到 {until}：{reason}",
    "extension_decided": "审批延期：{granted}，{due}，{reason}",
    "limit_changed": "调整时限类别为“{limit}”，{due} 前：{reason}",
    "case_resolved": "办结",
    "case_fed_back": "反馈（{how}）{told}",
    "case_reopened": "重办，{due} 前：{reason}",
    "case_archived": "归档",
    "case_urged": "催办{boards}",
    "case_supervised": "督办{boards}",
    "supervision_answered": "{board}回复督办",
    "conflict_decided": "裁定冲突：{choice}",
    "review_decided": "复核：{decision}，{reason}",
}
_TABLES: dict[tuple[str, str], Mapping[str, str]] = {
    ("case_accepted", "kind"): words.KINDS,
    ("case_accepted", "channel"): words.CHANNELS,
    ("paper_printed", "paper"): words.PAPERS,
    ("paper_printed", "size"): {"a5": "A5", "a4": "A4", "80mm": "80 毫米", "58mm": "58 毫米"},
    ("case_fed_back", "how"): words.TOLD_BY,
    ("limit_changed", "limit"): words.LIMITS,
    ("extension_decided", "granted"): {"yes": "同意", "no": "不同意"},
    ("conflict_decided", "choice"): words.CHOICES,
    ("review_decided", "decision"): words.DECISIONS,
}
_FIELD = re.compile(r"\{(\w+)\}")
_LOOSE = re.compile(r"[：，；](?:依据：)?$|（）")
_DOUBLED = re.compile(r"([，；：])[，；]+")
NEWER = "这一步由更新版本的程序记录"


def step_sentence(step: HistoryStep) -> str:
    """What was done, with what was written beneath it."""
    said = _SAID.get(step.kind)
    facts = {name: word_of(step.kind, name, value) for name, value in step.facts}
    if step.kind == "return_decided":
        facts["to"] = f"转给{facts['to']}，" if facts.get("to") else "仍由其办理，"
    done = NEWER if said is None else _filled(said, facts)
    return f"{done}\n{step.text}" if step.text else done


def word_of(kind: str, name: str, value: str) -> str:
    """The word for one fact of a step."""
    return _TABLES.get((kind, name), {}).get(value, value)


def _filled(said: str, facts: Mapping[str, str]) -> str:
    text = _FIELD.sub(lambda found: facts.get(found.group(1), ""), said).strip()
    text = _DOUBLED.sub(r"\1", text)
    while _LOOSE.search(text):
        text = _LOOSE.sub("", text).strip()
    return text
