"""The papers of the closed loop: from snapshot to sections. Each paper is one function of ``LOOP_SHEETS``."""

from collections.abc import Callable, Iterator
from typing import Any

from domain.printing.loop_papers import (
    AssignmentSlip,
    ConsultationMinutes,
    FeedbackSlip,
    Handover,
    Meeting,
    PromisedPaper,
    RatingForm,
    SupervisionSlip,
    TransferSlip,
    UrgingSlip,
    WorkShare,
)
from reports import words
from reports.sections import promise, received, served_by, who
from reports.sheet import Blank, Choices, Column, Fact, Facts, Listing, Promise, Section, Words
from reports.text import shortened
from reports.wording import Said

Sheets = Callable[[Any, Said, int], Iterator[Section]]
_REASONS = (
    "办得快",
    "态度好",
    "讲得清楚",
    "问题解决了",
    "办得慢",
    "态度差",
    "没讲清楚",
    "问题没解决",
    "多头跑",
)


def _assignment(slip: AssignmentSlip, said: Said, limit: int) -> Iterator[Section]:
    yield Facts(
        (
            Fact("交办时间", slip.assigned_at),
            Fact("交办方式", words.word(words.ORIGINS, slip.origin)),
            Fact("交办人", slip.given_by),
            *_matter_facts(slip),
        )
    )
    yield promise(slip, said)
    yield Words(said.heading("matter"), shortened(slip.matter, limit))
    yield shares(said.heading("shares"), slip.shares)
    tasks = tuple((share.board, share.task) for share in slip.shares if share.task)
    if tasks:
        yield Listing(said.heading("tasks"), (Column("板块", 2.4), Column("任务", 7)), tasks)
    if slip.materials:
        yield received(said.heading("materials"), slip.materials)


def _transfer(slip: TransferSlip, said: Said, limit: int) -> Iterator[Section]:
    last = slip.handovers[-1] if slip.handovers else Handover("", "")
    yield Facts(
        (
            Fact(said.heading("latest"), _handed(last), wide=True, strong=True),
            Fact("理由", _reason(last), wide=True),
            Fact("经手人", last.by),
            Fact("时间", last.at),
            *_matter_facts(slip),
        )
    )
    yield promise(slip, said)
    yield Words(said.heading("matter"), shortened(slip.matter, limit))
    yield handovers(said.heading("handovers"), slip.handovers)
    yield shares(said.heading("shares"), slip.shares)


def _urging(slip: UrgingSlip, said: Said, limit: int) -> Iterator[Section]:
    yield from _pressed(slip, said, limit)


def _supervision(slip: SupervisionSlip, said: Said, limit: int) -> Iterator[Section]:
    yield from _pressed(slip, said, limit)
    yield Blank(said.heading("reasons"), 5)


def _pressed(slip: UrgingSlip | SupervisionSlip, said: Said, limit: int) -> Iterator[Section]:
    over = words.span_words(slip.over_min)
    by = "签发人" if isinstance(slip, SupervisionSlip) else "催办人"
    yield Facts(
        (
            Fact("提醒级别", words.word(words.ALERTS, slip.alert), strong=True),
            Fact("时限情况", f"已超 {over}" if slip.over_min > 0 else f"还有 {over}", strong=True),
            Fact("受理至今", f"{words.span_words(slip.age_min)}（工作时间）"),
            Fact(by, slip.issued_by),
            *(Fact(what, text, wide=True, strong=True) for what, text in _demanded(slip) if text),
            *_matter_facts(slip),
        )
    )
    yield promise(slip, said)
    yield Words(said.heading("matter"), shortened(slip.matter, limit))
    yield shares(said.heading("shares"), slip.shares, with_time=True)


def _demanded(slip: UrgingSlip | SupervisionSlip) -> tuple[tuple[str, str], ...]:
    what = "督办要求" if isinstance(slip, SupervisionSlip) else "催办要求"
    return (what, slip.demand), ("回复期限", slip.reply_by)


def _minutes(minutes: ConsultationMinutes, said: Said, limit: int) -> Iterator[Section]:
    yield Facts(_matter_facts(minutes))
    yield promise(minutes, said)
    yield Words(said.heading("matter"), shortened(minutes.matter, limit))
    yield from meetings(minutes.meetings, said.heading("agreed"), limit)
    yield shares(said.heading("shares"), minutes.shares)


def _feedback(slip: FeedbackSlip, said: Said, limit: int) -> Iterator[Section]:
    yield Facts((*who(slip), Fact("受理时间", slip.accepted_at), served_by(slip)))
    yield ending(slip.resolved_at, slip.in_time, slip.due, slip.spent_min)
    yield Words(said.heading("matter"), shortened(slip.matter, limit))
    yield Words(said.heading("answer"), shortened(slip.answer, limit))
    yield shares(said.heading("shares"), slip.shares)
    if slip.told_at:
        how = words.word(words.TOLD_BY, slip.told_by)
        yield Facts(
            (
                Fact(said.heading("told"), f"{slip.told_at}　{how}"),
                Fact("告知对象", slip.told),
                *([Fact("说明", slip.told_text, wide=True)] if slip.told_text else []),
            )
        )


def _rating(form: RatingForm, said: Said, limit: int) -> Iterator[Section]:
    yield Facts((Fact("事项类型", words.word(words.KINDS, form.kind)), Fact("办结时间", form.resolved_at)))
    yield Choices(said.heading("levels"), tuple(words.LEVELS.values()), across=5)
    yield Choices(said.heading("reasons"), _REASONS, across=3)
    yield Blank(said.heading("comment"), 5)


LOOP_SHEETS: dict[str, Sheets] = {
    AssignmentSlip.PAPER: _assignment,
    TransferSlip.PAPER: _transfer,
    UrgingSlip.PAPER: _urging,
    SupervisionSlip.PAPER: _supervision,
    ConsultationMinutes.PAPER: _minutes,
    FeedbackSlip.PAPER: _feedback,
    RatingForm.PAPER: _rating,
}


def _matter_facts(paper: PromisedPaper) -> tuple[Fact, ...]:
    return (
        *who(paper),
        Fact("事项类型", words.word(words.KINDS, paper.kind)),
        Fact("受理时间", paper.accepted_at),
    )


def ending(resolved_at: str, in_time: bool | None, due: str, spent_min: int) -> Promise:
    """When the case was closed, and whether that was in time."""
    kept = {True: "按期办结", False: "超期办结", None: ""}[in_time]
    parts = (
        f"承诺 {words.with_weekday(due)} 前" if due else "",
        f"用时 {words.span_words(spent_min)}（工作时间）",
    )
    value = words.with_weekday(resolved_at) + (f"　{kept}" if kept else "")
    return Promise("办结时间", value, " · ".join(filter(None, parts)))


def shares(heading: str, entries: tuple[WorkShare, ...], *, with_time: bool = False) -> Listing:
    """The boards of a case with how far each is; ``with_time`` says how long each has had it."""
    columns = [
        Column("分工", 1.1, "center"),
        Column("服务板块", 4),
        Column("进展", 1.5, "center"),
        Column("经办人", 1.6),
    ]
    columns.append(Column("占用工作时间", 2.4) if with_time else Column("签收时间", 2.8))
    rows = tuple(
        (
            words.ROLES[share.role],
            f"{share.board}（{share.department}）" if share.department else share.board,
            words.word(words.SHARE_STATES, share.state),
            share.handler,
            words.span_words(share.spent_min) if with_time else share.received_at,
        )
        for share in entries
    )
    return Listing(heading, tuple(columns), rows, compact=True)


def handovers(heading: str, entries: tuple[Handover, ...]) -> Listing:
    """How a case went from board to board."""
    columns = Column("时间", 3), Column("流转", 4), Column("理由", 3.6), Column("经手人", 1.6)
    return Listing(heading, columns, tuple((h.at, _handed(h), _reason(h), h.by) for h in entries))


def _handed(one: Handover) -> str:
    what = words.word(words.HANDOVERS, one.what)
    if one.what == "return_decided" and not one.taker:
        return f"{what}：仍由{one.giver}办理"
    if one.giver and one.taker:
        return f"{what}：{one.giver} → {one.taker}"
    return f"{what}：{one.taker or one.giver}" if one.taker or one.giver else what


def _reason(one: Handover) -> str:
    return "；".join(filter(None, (one.reason, one.note)))


def meetings(entries: tuple[Meeting, ...], heading: str, limit: int) -> Iterator[Section]:
    """Who met, and what was agreed."""
    for place, one in enumerate(entries, 1):
        count = f"（第 {place} 次）" if len(entries) > 1 else ""
        facts = [
            Fact(f"会商时间{count}", one.at),
            Fact("落实期限", one.until),
            Fact("参加板块", "、".join(one.boards), wide=True),
            Fact("参加网点", "、".join(one.sites), wide=True),
            Fact("参加人员", "、".join(one.participants), wide=True),
        ]
        yield Facts(tuple(fact for fact in facts if fact.value or not fact.wide))
        yield Words(f"{heading}{count}", shortened(one.agreed, limit))
