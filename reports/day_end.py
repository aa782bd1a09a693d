"""日终核对单 on A5 or 80 mm: the three figures, the digest, the cases that are still to come."""

from collections.abc import Iterator

from domain.printing.day_end import DayEndSlip
from reports import fonts, words
from reports.page import A5, page_pdf
from reports.rare import SystemFonts, system_fonts
from reports.rendering import PDF, PaperSize, Rendered, strip_bytes
from reports.sheet import Fact, Facts, Promise, Remark, Section, Sheet, Signatures, Words
from reports.strip import MM80, strip_blocks, strip_image
from reports.text import Typesetter

TITLE = "日终核对单"
MOST_OPEN = 60
"""Case numbers listed as not confirmed; beyond that the day is not one to be settled on paper."""
_GROUP = 8
_ABOUT_DIGEST = (
    "核对码由中心已确认的受理记录算出。中心对同一窗口同一天算出的核对码相同，就说明一件不少、一字未改。"
)


def day_end_paper(
    slip: DayEndSlip, size: PaperSize | str, *, as_pdf: bool = False, system: SystemFonts | None = None
) -> Rendered:
    """Draw the slip on ``a5`` (PDF) or ``80mm`` (PNG, PDF with ``as_pdf``); ValueError for another size."""
    size = PaperSize(size)
    if size not in (PaperSize.A5, PaperSize.MM80):
        raise ValueError("a day-end slip is A5 or 80 mm")
    setter = Typesetter(system or system_fonts())
    sheet = sheet_of(slip)
    with fonts.DRAWING:
        if size is PaperSize.A5:
            return Rendered(page_pdf(sheet, A5, setter), PDF, tuple(setter.unknown))
        image = strip_image(strip_blocks(sheet, MM80, setter), MM80)
        data, media_type = strip_bytes(f"{TITLE} {slip.number}", slip.site.name, image, MM80, as_pdf=as_pdf)
    return Rendered(data, media_type, tuple(setter.unknown))


def sheet_of(slip: DayEndSlip) -> Sheet:
    """The slip as content."""
    ask = f"咨询电话 {slip.site.phone}" if slip.site.phone else slip.site.address
    return Sheet(
        title=TITLE,
        site=slip.site.name,
        number="",
        qr="",
        sections=tuple(_sections(slip)),
        ask=ask,
        printed_at=slip.printed_at,
        copy=f"打印人 {slip.printed_by}" if slip.printed_by else "本机打印",
        link="已核对" if slip.joined and not slip.waiting else "待核对",
    )


def _sections(slip: DayEndSlip) -> Iterator[Section]:
    yield Promise("核对结果", _figures(slip), _standing(slip))
    yield Facts(tuple(_facts(slip)))
    if slip.digest:
        yield Facts((Fact("核对码", grouped(slip.digest), wide=True),))
        yield Remark(_ABOUT_DIGEST)
    if slip.open_numbers:
        yield _open(slip)
    yield Signatures(("核对人签字", "负责人签字"))


def _figures(slip: DayEndSlip) -> str:
    if not slip.joined:
        return f"当日受理 {slip.accepted} 件"
    return f"当日受理 {slip.accepted}、中心已确认 {slip.confirmed}、等待 {slip.waiting}"


def _standing(slip: DayEndSlip) -> str:
    if not slip.joined:
        return "独立网点，没有上级中心，记录只保存在本机。"
    if not slip.accepted:
        return "当日没有受理办件。"
    return (
        "全部到达中心。" if not slip.waiting else "还有办件没有到达中心，联网后自动上报，请次日再核对一次。"
    )


def _facts(slip: DayEndSlip) -> Iterator[Fact]:
    yield Fact("核对日期", words.with_weekday(f"{slip.number} 00:00").removesuffix("00:00"))
    if slip.window:
        yield Fact("窗口", slip.window)
    if slip.joined:
        yield Fact("上级", slip.upstream)
        yield Fact("最近同步", slip.heard_at or "还没有同步过")
    if slip.accepted:
        yield Fact("第一件", slip.first_number)
        yield Fact("最后一件", slip.last_number)


def _open(slip: DayEndSlip) -> Words:
    shown = slip.open_numbers[:MOST_OPEN]
    cut = f"，只列前 {MOST_OPEN} 件" if len(shown) < len(slip.open_numbers) else ""
    return Words(f"尚未确认的办件（{len(slip.open_numbers)} 件{cut}）", "  ".join(shown))


def grouped(digest: str) -> str:
    """A digest in groups of eight, to be compared by eye."""
    return " ".join(digest[at : at + _GROUP] for at in range(0, len(digest), _GROUP))
