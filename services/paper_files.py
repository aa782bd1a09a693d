"""Papers outside the store: kept as PDF when there is no printer, and drawn for the screen."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.files.file_ages import written_before
from domain.errors import AppError
from services.printing import PrintJob, render_document

FOLDER = "papers"
KEEP_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class KeptPaper:
    """A paper as a file; ``undrawable`` are the code points that no font had and that are printed as 〓."""

    file: Path
    undrawable: tuple[int, ...] = ()


def keep_paper(home: Path, job: PrintJob) -> KeptPaper:
    """Draw ``job`` and keep it as PDF in ``home/papers``; the same print twice is one file. ``printing.not_kept``."""
    folder = home / FOLDER
    target = folder / f"{job.number}-{job.paper}-{job.size}-{job.copy}.pdf"
    drawn = render_document(job.document, job.size)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = target.with_suffix(".part")
        unfinished.write_bytes(drawn.data)
        unfinished.replace(target)
    except OSError as error:
        raise AppError("printing.not_kept", folder=str(folder)) from error
    return KeptPaper(target, drawn.undrawable)


def preview_pages(document: dict[str, Any], size: str, width_px: int) -> list[Any]:
    """Every page of a paper as a picture ``width_px`` wide (``reports.preview.PageImage``: width, height, rgb)."""
    from reports.preview import pages

    return list(pages(render_document(document, size).data, width_px=width_px))


def sweep_papers(home: Path, now_ms: int) -> int:
    """Remove kept papers older than a day; how many.

    They are plain files, for a person to open or carry to a printer, and hold personal data; the store draws any of
    them again from its snapshot.
    """
    old = written_before((home / FOLDER).glob("*"), now_ms - KEEP_MS)
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)
