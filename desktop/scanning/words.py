"""A scan in words: the headline with its tone, and what it means."""

from typing import Any

from desktop import words
from desktop.messages.codes import ANSWERS, verdict_sentences
from desktop.widgets import Tone
from domain.codes.verdict import Answer
from services.scans import Found, Scan, SlipFacts, TicketFacts

TONES = {Answer.VALID: Tone.OK, Answer.INVALID: Tone.DANGER, Answer.CANNOT_TELL: Tone.WARN}


def headline(scan: Scan) -> str:
    """One line: what was scanned and how it stands."""
    if scan.found is Found.CASE:
        return "编号，没有签名，请核对内容"
    if scan.found is Found.CALLBACK:
        return "回访登记表的一行，在“回访”页录入"
    if scan.found is Found.RATING and scan.slip is not None:
        return rating_form_words(scan.slip)
    if scan.found is Found.SLIP:
        return f"回执{ANSWERS[scan.verdict.answer]}"
    if scan.ticket is not None:
        return ticket_words(scan.ticket)
    subject = scan.name or scan.uscc or f"“{scan.text}”"
    if scan.proof is not None:
        return f"企业码有效：{subject}（{scan.proof.issuer}签发）"
    return f"{ANSWERS[scan.verdict.answer]}：{subject}"


def told(scan: Scan) -> str:
    """Headline and reasons."""
    if scan.found in (Found.CALLBACK, Found.RATING):
        return headline(scan)
    return "　".join([headline(scan), *verdict_sentences(scan.verdict)])


def ticket_words(ticket: TicketFacts) -> str:
    """What a ticket's code says, and how the ticket stands where that is known."""
    state = words.word(words.TICKET_STATES, ticket.state) if ticket.state else ""
    known = state or ("本机没有这个号" if ticket.own_site else "别的大厅取的号")
    return f"排队号 {ticket.number}（{ticket.group}）：{known}"


def rating_form_words(slip: SlipFacts) -> str:
    """What to do with a rating form."""
    if not slip.here:
        return f"评价表 {slip.number}：本机没有这个办件，请在受理它的网点录入"
    return f"评价表 {slip.number}：由督办人员在“督办”页的“纸质评价”录入"


def tone(scan: Scan) -> Tone:
    """How it stands. A bare case number is no bad news, nor is a form."""
    if scan.found is Found.RATING and scan.case is None:
        return Tone.WARN
    forms = (Found.CASE, Found.CALLBACK, Found.RATING)
    return Tone.INFO if scan.found in forms else TONES[scan.verdict.answer]


def slip_lines(slip: Any, zone: str) -> list[tuple[str, str]]:
    """What a slip holds, as (name, value)."""
    due = f"{words.local(slip.due_at, zone):%Y-%m-%d %H:%M}" if slip.due_at is not None else "没有期限"
    return [
        ("编号", slip.number),
        ("类型", words.word(words.KINDS, slip.kind)),
        ("受理网点", slip.site),
        ("牵头板块", slip.board or "待定"),
        ("受理时间", f"{words.local(slip.accepted_at, zone):%Y-%m-%d %H:%M}"),
        ("办理期限", due),
        ("第几份", f"第 {slip.copy} 份"),
    ]
