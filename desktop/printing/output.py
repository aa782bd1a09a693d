"""Getting a drawn paper out: to a printer of the operating system, or into a file. Runs off the main thread."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter

from domain.errors import AppError
from services.paper_files import keep_paper, preview_pages

DOTS_PER_MM = 300 / 25.4
WIDTHS_MM = {"a5": 148.0, "a4": 210.0, "80mm": 80.0, "58mm": 58.0}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a print: ``file`` where it was kept, ``printer`` who took it, ``error`` why it failed."""

    job: Any
    printer: str = ""
    file: Path | None = None
    undrawable: tuple[int, ...] = ()
    error: AppError | None = None


def put_out(home: Path, job: Any, printer: str) -> Outcome:
    """Print ``job`` on ``printer``; without one, or when it fails, keep it as PDF so that the queue goes on."""
    if not printer:
        return _kept(home, job)
    try:
        print_on(printer, preview_pages(job.document, job.size, pixels(job.size)), job.size, job.number)
    except AppError as error:
        return replace(_kept(home, job), printer=printer, error=error)
    return Outcome(job, printer)


def _kept(home: Path, job: Any) -> Outcome:
    kept = keep_paper(home, job)
    return Outcome(job, file=kept.file, undrawable=kept.undrawable)


def pixels(size: str) -> int:
    """Width of a paper in pixels at 300 dpi."""
    return round(WIDTHS_MM[size] * DOTS_PER_MM)


def print_on(name: str, pages: list[Any], size: str, title: str) -> None:
    """Send pictures of pages to a printer. ``printing.printer_missing``, ``printing.printer_failed``."""
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

    info = QPrinterInfo.printerInfo(name)
    if info.isNull():
        raise AppError("printing.printer_missing", printer=name)
    printer = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    printer.setFullPage(True)
    painter = QPainter()
    for number, page in enumerate(pages):
        printer.setPageLayout(_layout(page, size))
        if number == 0:
            if not painter.begin(printer):
                raise AppError("printing.printer_failed", printer=name)
        elif not printer.newPage():
            painter.end()
            raise AppError("printing.printer_failed", printer=name)
        painter.drawImage(painter.viewport(), to_image(page))
    if not painter.end():
        raise AppError("printing.printer_failed", printer=name)


def to_image(page: Any) -> QImage:
    """A ``PageImage`` as Qt's; the bytes are copied, so that it may outlive the page."""
    stride = page.width * 3
    return QImage(page.rgb, page.width, page.height, stride, QImage.Format.Format_RGB888).copy()


def _layout(page: Any, size: str) -> QPageLayout:
    width = WIDTHS_MM[size]
    paper = QPageSize(QSizeF(width, width * page.height / page.width), QPageSize.Unit.Millimeter)
    return QPageLayout(paper, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))
