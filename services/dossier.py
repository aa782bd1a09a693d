"""归档卷宗: recorded as a print, then drawn with the content of every file, and written as one PDF."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path

from db.errors import known
from db.files.attachment_rows import AttachmentRow
from db.files.attachments import Attachments
from db.store.backup import ATTACHMENTS
from db.unit_of_work import changes_of
from domain.errors import AppError
from domain.printing.dossier import Dossier
from domain.printing.papers import paper_from_document
from services.printing import PrintJob, mark_printed, record_print
from services.station import Ground, Station

SIZE = "a4"


@dataclass(frozen=True, slots=True)
class SavedDossier:
    """A dossier as a file; ``undrawable`` are the code points printed as 〓."""

    file: Path
    copy: int
    undrawable: tuple[int, ...]


def save_dossier(
    station: Station,
    key: str,
    target: Path,
    *,
    progress: Callable[[int, int], bool] = lambda done, total: True,
) -> SavedDossier:
    """Write the dossier of the case called ``key`` to ``target``, put in place when it is whole.

    Takes seconds where there are many files, none of them on the store's thread: to be called on another. A file that
    is lost or damaged has a page that says so. ``progress`` gets (pages done, pages in all, 0 before they are counted)
    and answers whether to go on: else ``CancelledError``, nothing is written, and the print stays waiting. Errors:
    ``cases.not_found``, ``printing.cannot_write``.
    """
    from reports import DossierCancelled, render

    if not target.absolute().parent.is_dir():
        raise AppError("printing.cannot_write", file=str(target))
    job, contents = station.submit_upkeep(_recorded, key).result()
    try:
        drawn = render(paper_from_document(job.document), SIZE, files=contents.read, progress=progress)
        _put(target, drawn.data)
    except DossierCancelled:
        raise CancelledError from None
    except AppError as error:
        station.submit(mark_printed, job.id, error.code).result()
        raise
    station.submit(mark_printed, job.id).result()
    return SavedDossier(target, job.copy, drawn.undrawable)


def _recorded(ground: Ground, key: str) -> "tuple[PrintJob, _Contents]":
    with ground.store.write() as uow:
        job = record_print(uow, ground.clock, ground.actor, key, Dossier.PAPER, SIZE)
        rows = (uow.attachments.get(file["sha256"]) for file in job.document["files"])
        found = {row.sha256: row for row in rows if row is not None}
    ground.changes = changes_of(uow)
    return job, _Contents(Attachments(ground.home / ATTACHMENTS), found)


def _put(target: Path, data: bytes) -> None:
    unfinished = target.with_name(target.name + ".part")
    try:
        unfinished.write_bytes(data)
        os.replace(unfinished, target)
    except OSError as error:
        raise AppError("printing.cannot_write", file=str(target)) from known(error)
    finally:
        unfinished.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Contents:
    """The plain content of attached files."""

    attachments: Attachments
    rows: Mapping[str, AttachmentRow]

    def read(self, sha256: str) -> bytes | None:
        """The content, or None where it is lost or damaged."""
        row = self.rows.get(sha256)
        try:
            return None if row is None else b"".join(self.attachments.read(row))
        except AppError:
            return None
