"""The papers of a case: from snapshot to sheet. Each is one function; those of the loop stand in ``loop_sheets``."""

from collections.abc import Iterable, Iterator

from domain.printing.papers import (
    BoardShare,
    CasePaper,
    CaseSlip,
    OneTimeNotice,
)
from reports import words
from reports.loop_sheets import LOOP_SHEETS
from reports.sections import bare_sheet, materials, promise, received, seal, served_by, ticks, who
from reports.sheet import Column, Fact, Facts, Listing, Promise, Remark, Section, Sheet, Signatures, Words
from reports.text import shortened
from reports.wording import Said


def sheet_of(paper: CasePaper, *, text_limit: int) -> Sheet:
    """Return the content of ``paper``; texts longer than ``text_limit`` characters say where the rest is."""
    said = Said(paper)
    match paper:
        case CaseSlip():
            sections = _case_slip(paper, said, text_limit)
        case OneTimeNotice():
            sections = _one_time_notice(paper, said, text_limit)
        case _:
            sections = LOOP_SHEETS[paper.PAPER](paper, said, text_limit)
    return bare_sheet(paper, said, tuple(_framed(said, sections)))


def _framed(said: Said, sections: Iterable[Section]) -> Iterator[Section]:
    """``sections`` between the site's own sentences, with boxes to sign and room for a seal."""
    if said.opening:
        yield Remark(said.opening, plain=True)
    yield from sections
    if said.closing:
        yield Remark(said.closing)
    if said.signatures:
        yield Signatures(said.signatures)
    yield from seal(said)


def _case_slip(slip: CaseSlip, said: Said, limit: int) -> Iterator[Section]:
    yield Facts(
        (
            *who(slip),
            Fact("事项类型", _kind(slip)),
            Fact("受理渠道", words.word(words.CHANNELS, slip.channel)),
            Fact("受理时间", slip.accepted_at),
            served_by(slip),
        )
    )
    yield promise(slip, said)
    yield Words(said.heading("matter"), shortened(slip.matter, limit))
    if slip.boards:
        yield _boards(said.heading("shares"), slip.boards)
    if slip.ticks:
        yield ticks(slip.package, slip.ticks)
    if slip.materials:
        yield received(said.heading("materials"), slip.materials)


def _one_time_notice(notice: OneTimeNotice, said: Said, limit: int) -> Iterator[Section]:
    facts = [
        *who(notice),
        Fact("事项类型", _kind(notice)),
        Fact("告知时间", notice.noticed_at),
        served_by(notice),
    ]
    if notice.item:
        facts.append(Fact("申请事项", notice.item, wide=True))
    yield Facts(tuple(facts))
    yield Words(said.heading("matter"), shortened(notice.matter, limit))
    yield materials(f"需补正材料（共 {len(notice.missing)} 项，一次告知）", notice.missing)
    if notice.supplement_by:
        yield Promise(said.heading("promise"), words.with_weekday(notice.supplement_by))
    if notice.materials:
        yield received(said.heading("materials"), notice.materials)


def _kind(paper: CaseSlip | OneTimeNotice) -> str:
    kind = words.word(words.KINDS, paper.kind)
    package = paper.package if isinstance(paper, CaseSlip) else ""
    if not package:
        return kind
    return package if kind in package else f"{kind}：{package}"


def _boards(heading: str, shares: tuple[BoardShare, ...]) -> Listing:
    columns = Column("分工", 1.2, "center"), Column("服务板块", 3), Column("承办单位", 4)
    rows = tuple((words.ROLES[share.role], share.board, share.department) for share in shares)
    return Listing(heading, columns, rows, compact=True)
