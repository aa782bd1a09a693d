"""The papers of a case: from snapshot to sheet. Each paper is one function; all words on paper stand here."""

from dataclasses import replace

from domain.printing.papers import (
    BoardShare,
    CasePaper,
    CaseSlip,
    Material,
    OneTimeNotice,
    PackageTick,
    Paper,
    Representative,
    SitePlace,
)
from reports import words
from reports.sheet import Column, Fact, Facts, Listing, Promise, Remark, Section, Sheet, Signatures, Words
from reports.text import shortened


def sheet_of(paper: CasePaper, *, text_limit: int) -> Sheet:
    """Return the content of ``paper``; texts longer than ``text_limit`` characters say where the rest is."""
    match paper:
        case CaseSlip():
            return _sheet(paper, "受理回执", _case_slip(paper, text_limit))
        case OneTimeNotice():
            return _sheet(paper, "一次性告知单", _one_time_notice(paper, text_limit))


def _sheet(paper: Paper, title: str, sections: list[Section]) -> Sheet:
    return Sheet(
        title=title,
        site=paper.site.name,
        number=paper.number,
        qr=paper.qr,
        sections=tuple(sections),
        ask=_ask(paper.site),
        printed_at=paper.mark.printed_at,
        copy=f"第 {paper.mark.copy} 次打印",
        link=words.LINKS[paper.mark.link],
    )


def _case_slip(slip: CaseSlip, limit: int) -> list[Section]:
    sections: list[Section] = [
        Facts(
            (
                *_who(slip),
                Fact("事项类型", _kind(slip)),
                Fact("受理渠道", words.word(words.CHANNELS, slip.channel)),
                Fact("受理时间", slip.accepted_at),
                _served_by(slip),
            )
        ),
        _promise(slip),
        Words("诉求内容", shortened(slip.matter, limit)),
    ]
    if slip.boards:
        sections.append(_boards(slip.boards))
    if slip.ticks:
        sections.append(_ticks(slip.package, slip.ticks))
    if slip.materials:
        sections.append(_received(slip.materials))
    sections.append(Signatures(("经办人签字", "受理人签字（盖章）")))
    return sections


def _one_time_notice(notice: OneTimeNotice, limit: int) -> list[Section]:
    facts = [
        *_who(notice),
        Fact("事项类型", _kind(notice)),
        Fact("告知时间", notice.noticed_at),
        _served_by(notice),
    ]
    if notice.item:
        facts.append(Fact("申请事项", notice.item, wide=True))
    sections: list[Section] = [Facts(tuple(facts)), Words("诉求内容", shortened(notice.matter, limit))]
    sections.append(_materials(f"需补正材料（共 {len(notice.missing)} 项，一次告知）", notice.missing))
    if notice.supplement_by:
        sections.append(Promise("请于此前补齐", words.with_weekday(notice.supplement_by)))
    if notice.materials:
        sections.append(_received(notice.materials))
    sections.append(Remark("请一次补齐以上材料，凭本单或编号到任一窗口继续办理。"))
    sections.append(Signatures(("经办人签字（已知悉以上内容）", "受理人签字（盖章）")))
    return sections


def _who(paper: Paper) -> list[Fact]:
    applicant = paper.applicant
    facts = [
        Fact("申请人", applicant.name, wide=True, strong=True),
        Fact("信用代码", applicant.code or "（尚无）"),
        Fact("主体类型", words.word(words.APPLICANTS, applicant.kind)),
    ]
    if paper.representative:
        facts += [Fact("经办人", _person(paper.representative)), Fact("联系电话", paper.representative.phone)]
    return facts


def _person(person: Representative) -> str:
    capacity = words.word(words.CAPACITIES, person.capacity)
    return f"{person.name}（{capacity}）" if capacity else person.name


def _kind(paper: Paper) -> str:
    kind = words.word(words.KINDS, paper.kind)
    package = paper.package if isinstance(paper, CaseSlip) else ""
    if not package:
        return kind
    return package if kind in package else f"{kind}：{package}"


def _served_by(paper: Paper) -> Fact:
    if not paper.window:
        return Fact("受理人", paper.clerk)
    return Fact("受理窗口", f"{paper.window} · {paper.clerk}" if paper.clerk else paper.window)


def _promise(slip: CaseSlip) -> Promise:
    scope = words.SCOPES.get(slip.scope)
    parts = [words.limit_words(slip.limit, slip.limit_days), f"涉及面：{scope}" if scope else ""]
    if slip.provisional:
        parts.append("该年度工作日安排尚未公布，公布后重新计算")
    due = f"{words.with_weekday(slip.due)} 前" if slip.due else "—"
    return Promise("承诺办结", f"{due}（暂定）" if slip.provisional else due, " · ".join(filter(None, parts)))


def _boards(shares: tuple[BoardShare, ...]) -> Listing:
    columns = Column("分工", 1.2, "center"), Column("服务板块", 3), Column("承办单位", 4)
    rows = tuple((words.ROLES[share.role], share.board, share.department) for share in shares)
    return Listing("承办板块", columns, rows, compact=True)


def _ticks(package: str, ticks: tuple[PackageTick, ...]) -> Listing:
    columns = (
        Column("选办", 1, "center"),
        Column("事项", 5),
        Column("类别", 1.2, "center"),
        Column("承办单位", 3),
    )
    rows = tuple(
        ("✓" if t.ticked else "—", t.name, "增值" if t.value_added else "基本", t.department) for t in ticks
    )
    return Listing(f"{package or '一类事'}：选办事项", columns, rows)


def _received(materials: tuple[Material, ...]) -> Listing:
    return replace(_materials("已收材料", materials), compact=True)


def _materials(heading: str, materials: tuple[Material, ...]) -> Listing:
    columns = Column("序号", 1.3, "center"), Column("材料名称", 5.8), Column("份数", 2.2), Column("说明", 4)
    rows = tuple((str(n), m.name, m.quantity, m.note) for n, m in enumerate(materials, 1))
    return Listing(heading, columns, rows)


def _ask(site: SitePlace) -> str:
    parts = (site.phone and f"咨询电话 {site.phone}", site.address, site.hours)
    return "　".join(filter(None, parts))
