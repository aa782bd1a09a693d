"""Case slip with QR code to bytes: ours, fpdf2 and WeasyPrint in one run.

Run ``python benchmarks/slip.py [--rounds N]``. Medians in milliseconds, warm: fonts registered, one paper rendered
before. The peers print the same words with the same typeface and the same QR code, the way their manuals show it;
fpdf2 binds fonts to a document, so each of its documents parses them again.
"""

import argparse
import importlib.util
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import resources
from domain.printing.papers import (
    Applicant,
    BoardRole,
    BoardShare,
    CaseSlip,
    LinkState,
    Material,
    PrintMark,
    Representative,
    SitePlace,
)
from reports import fonts, qr, render, sheets
from reports.sheet import Facts, Listing, Promise, Sheet, Signatures, Words

SLIP = CaseSlip(
    site=SitePlace("钱江新城企业综合服务中心", "0571-8888 1234", "富春路 168 号", "工作日 9:00–17:00"),
    number="QJ261122AB0017K",
    applicant=Applicant("杭州蓝鲸智能装备有限公司", "91330100MA2H0KCB52", "enterprise"),
    kind="request",
    channel="window",
    matter="我们想申请今年的技改补贴，去年报过一次说设备发票不符合要求，不清楚今年的口径变了没有，想请专人看一下材料。",
    clerk="陈晓",
    window="3 号窗口",
    mark=PrintMark(1, "2026-11-22 13:06", LinkState.LOCAL),
    representative=Representative("王晓", "138****5678", "agent"),
    materials=(
        Material("营业执照副本", "复印件 1 份"),
        Material("设备购置发票清单", "原件 1 份", "核对后退回"),
    ),
    qr="QJ261122AB0017K",
    accepted_at="2026-11-22 13:05",
    limit="standard",
    limit_days=3,
    due="2026-11-25 17:00",
    boards=(BoardShare("政策服务", BoardRole.LEAD, "区经信局"), BoardShare("科创服务", BoardRole.ASSIST)),
)


def rows_of(sheet: Sheet) -> list[tuple[str, ...]]:
    """The words of a sheet as table rows, for programs with a layout of their own."""
    rows: list[tuple[str, ...]] = []
    for section in sheet.sections:
        match section:
            case Facts():
                rows += [(fact.label, fact.value) for fact in section.items]
            case Words():
                rows.append((section.heading, section.text))
            case Promise():
                rows.append((section.label, f"{section.value} {section.note}"))
            case Listing():
                rows += [(section.heading, " ".join(row)) for row in section.rows]
            case Signatures():
                rows += [(box, "年　　月　　日") for box in section.boxes]
    return rows


def with_fpdf2() -> bytes:
    from fpdf import FPDF

    sheet = sheets.sheet_of(SLIP, text_limit=20_000)
    pdf = FPDF(format=(148, 210))
    pdf.add_font("Noto", "", resources.path(f"fonts/{fonts.REGULAR}.ttf"))
    pdf.add_font("Noto", "B", resources.path(f"fonts/{fonts.BOLD}.ttf"))
    pdf.add_page()
    pdf.set_font("Noto", "B", 18)
    pdf.cell(0, 10, sheet.title, align="C", new_x="LMARGIN", new_y="NEXT")
    code = qr.matrix(SLIP.qr)
    for row, column, length in qr.dark_runs(code):
        pdf.rect(115 + column, 10 + row, length, 1, style="F")
    pdf.set_font("Noto", "", 9)
    with pdf.table(col_widths=(1, 4), first_row_as_headings=False) as table:
        for row in rows_of(sheet):
            table.row(row)
    pdf.multi_cell(0, 5, f"{sheet.ask}\n{sheet.marks}")
    return bytes(pdf.output())


def with_weasyprint() -> bytes:
    from html import escape

    from weasyprint import HTML

    sheet = sheets.sheet_of(SLIP, text_limit=20_000)
    files = {
        weight: resources.path(f"fonts/{name}.ttf")
        for name, weight in ((fonts.REGULAR, 400), (fonts.BOLD, 700))
    }
    faces = "".join(
        f"@font-face {{ font-family: Noto; font-weight: {weight}; src: url('{file.as_uri()}') }}"
        for weight, file in files.items()
    )
    cells = "".join(f"<tr><td>{escape(a)}</td><td>{escape(b)}</td></tr>" for a, b in rows_of(sheet))
    squares = "".join(
        f"<rect x='{column}' y='{row}' width='{length}' height='1'/>"
        for row, column, length in qr.dark_runs(qr.matrix(SLIP.qr))
    )
    page = (
        f"<style>{faces} @page {{ size: A5 }} body {{ font: 9pt Noto }} td {{ border: .4pt solid }}</style>"
        f"<h1>{sheet.title}</h1><svg width='22mm' viewBox='0 0 21 21'>{squares}</svg>"
        f"<table>{cells}</table><p>{escape(sheet.ask)}</p><p>{escape(sheet.marks)}</p>"
    )
    pdf: bytes = HTML(string=page).write_pdf()
    return pdf


def median_ms(work: Callable[[], object], rounds: int) -> float:
    work()
    spent = []
    for _ in range(rounds):
        qr.matrix.cache_clear()
        started = time.perf_counter()
        work()
        spent.append((time.perf_counter() - started) * 1000)
    return statistics.median(spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=25)
    rounds = parser.parse_args().rounds

    started = time.perf_counter()
    fonts.register()
    print(f"{platform.platform()}, Python {platform.python_version()}, {rounds} rounds")
    print(f"fonts registered once in {(time.perf_counter() - started) * 1000:.0f} ms")
    ours = median_ms(lambda: render(SLIP, "a5"), rounds)
    _line("slip A5, PDF", ours, ours)
    for size in ("a4", "80mm", "58mm"):
        _line(f"slip {size}", median_ms(lambda size=size: render(SLIP, size), rounds), ours)
    _line("fpdf2 A5, PDF", median_ms(with_fpdf2, max(3, rounds // 8)), ours)
    if importlib.util.find_spec("weasyprint"):
        _line("WeasyPrint A5, PDF", median_ms(with_weasyprint, max(3, rounds // 8)), ours)
    else:
        print("WeasyPrint is not installed: not compared")


def _line(name: str, ms: float, ours: float) -> None:
    print(f"{name:<22}{ms:>10.1f} ms{ms / ours:>8.1f} ×")


if __name__ == "__main__":
    main()
