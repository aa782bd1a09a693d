"""Papers outside the store: kept as PDF when there is no printer, and drawn for the screen."""

from pathlib import Path
from typing import Any

from domain.errors import AppError
from services.printing import PrintJob, render_document

FOLDER = "papers"


def keep_paper(home: Path, job: PrintJob) -> Path:
    """Draw ``job`` and keep it as PDF in ``home/papers``; the same print twice is one file. ``printing.not_kept``."""
    folder = home / FOLDER
    target = folder / f"{job.number}-{job.paper}-{job.size}-{job.copy}.pdf"
    data, _ = render_document(job.document, job.size)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = target.with_suffix(".part")
        unfinished.write_bytes(data)
        unfinished.replace(target)
    except OSError as error:
        raise AppError("printing.not_kept", folder=str(folder)) from error
    return target


def preview_pages(document: dict[str, Any], size: str, width_px: int) -> list[Any]:
    """Every page of a paper as a picture ``width_px`` wide (``reports.preview.PageImage``: width, height, rgb)."""
    from reports.preview import pages

    data, _ = render_document(document, size)
    return list(pages(data, width_px=width_px))
