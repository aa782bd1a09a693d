"""Pieces that several papers are made of: who it is about, what was promised, tables of materials and items."""

from collections.abc import Iterator
from dataclasses import replace

from domain.printing.loop_papers import FeedbackSlip, PromisedPaper
from domain.printing.papers import (
    CaseSlip,
    Material,
    PackageTick,
    Paper,
    Representative,
    SealPlace,
    SitePlace,
)
from reports import words
from reports.sheet import Column, Fact, Listing, Promise, Scan, Seal, Section, Sheet
from reports.text import Align
from reports.wording import Said


def bare_sheet(paper: Paper, said: Said, sections: tuple[Section, ...], *, title: str = "") -> Sheet:
    """A sheet of ``paper`` with ``sections`` and nothing besides; ``title`` stands for its own."""
    return Sheet(
        title=title or said.title,
        site=said.place,
        number=paper.number,
        qr=paper.qr,
        sections=sections,
        ask="　".join(filter(None, (said.footer, _ask(paper.site)))),
        printed_at=paper.mark.printed_at,
        copy=f"第 {paper.mark.copy} 次打印",
        link=words.LINKS[paper.mark.link],
        emblem=said.emblem,
        margin_mm=said.margin_mm,
        scan=followed_by_phone(paper),
    )


def who(paper: Paper) -> list[Fact]:
    """The applicant and the person who came."""
    applicant = paper.applicant
    facts = [
        Fact("申请人", applicant.name, wide=True, strong=True),
        Fact("信用代码", applicant.code or "（尚无）"),
        Fact("主体类型", words.word(words.APPLICANTS, applicant.kind)),
    ]
    if paper.representative:
        facts += [Fact("经办人", person(paper.representative)), Fact("联系电话", paper.representative.phone)]
    return facts


def person(one: Representative) -> str:
    """Name and capacity."""
    capacity = words.word(words.CAPACITIES, one.capacity)
    return f"{one.name}（{capacity}）" if capacity else one.name


def followed_by_phone(paper: Paper) -> Scan | None:
    """The code that leads to the case's page, where the site has one."""
    link = paper.web_link if isinstance(paper, CaseSlip | FeedbackSlip) else ""
    if not link:
        return None
    note = "用手机扫码查看办到哪一步，办结后可以评价；不用注册，不显示个人信息。"
    return Scan(link, "扫码查进度、评价", note)


def served_by(paper: Paper) -> Fact:
    """Window and clerk."""
    if not paper.window:
        return Fact("受理人", paper.clerk)
    return Fact("受理窗口", f"{paper.window} · {paper.clerk}" if paper.clerk else paper.window)


def promise(paper: CaseSlip | PromisedPaper, said: Said) -> Promise:
    """The line that says what is due when."""
    scope = words.SCOPES.get(paper.scope)
    parts = [words.limit_words(paper.limit, paper.limit_days), f"涉及面：{scope}" if scope else ""]
    if paper.provisional:
        parts.append("该年度工作日安排尚未公布，公布后重新计算")
    due = f"{words.with_weekday(paper.due)} 前" if paper.due else "—"
    value = f"{due}（暂定）" if paper.provisional else due
    return Promise(said.heading("promise"), value, " · ".join(filter(None, parts)))


def ticks(package: str, chosen: tuple[PackageTick, ...]) -> Listing:
    """The items of a package."""
    columns = (
        Column("选办", 1, "center"),
        Column("事项", 5),
        Column("类别", 1.2, "center"),
        Column("承办单位", 3),
    )
    rows = tuple(
        ("✓" if t.ticked else "—", t.name, "增值" if t.value_added else "基本", t.department) for t in chosen
    )
    return Listing(f"{package or '一类事'}：选办事项", columns, rows)


def received(heading: str, handed_in: tuple[Material, ...]) -> Listing:
    """Material that was handed in."""
    return replace(materials(heading, handed_in), compact=True)


def materials(heading: str, entries: tuple[Material, ...]) -> Listing:
    """A numbered table of material."""
    columns = Column("序号", 1.3, "center"), Column("材料名称", 5.8), Column("份数", 2.2), Column("说明", 4)
    rows = tuple((str(n), m.name, m.quantity, m.note) for n, m in enumerate(entries, 1))
    return Listing(heading, columns, rows)


def seal(said: Said) -> Iterator[Section]:
    """Room for the seal, where the site wants it."""
    align = _ALIGNS.get(said.seal)
    if align:
        yield Seal(align)


_ALIGNS: dict[SealPlace, Align] = {
    SealPlace.LEFT: "left",
    SealPlace.CENTER: "center",
    SealPlace.RIGHT: "right",
}


def _ask(site: SitePlace) -> str:
    parts = (site.phone and f"咨询电话 {site.phone}", site.address, site.hours)
    return "　".join(filter(None, parts))
