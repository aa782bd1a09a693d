"""Tickets on paper: from the snapshot to a PDF, to the dots of a thermal printer, and to a print that may be kept.

Nothing here touches the store: a ticket is recorded when its number is given, and its paper may fail without it.
"""

from collections.abc import Mapping
from typing import Any

from domain.errors import AppError
from domain.printing.papers import Ticket
from services.printing import PrintJob, render_document

SIZES = ("80mm", "58mm")


def render_ticket(document: Mapping[str, Any], size: str) -> bytes:
    """The ticket as a PDF of one page, as wide as the roll.

    ``printing.unknown_size``, ``printing.snapshot_unknown``, ``printing.snapshot_damaged``.
    """
    return render_document(_checked(document, size), size).data


def raster_ticket(document: Mapping[str, Any], size: str) -> bytes:
    """The ticket as PNG, one bit a dot at 203 dpi, 576 (80 mm) or 384 (58 mm) dots wide; raises the same."""
    return render_document(_checked(document, size), size, as_pdf=False).data


def ticket_job(document: Mapping[str, Any], size: str) -> PrintJob:
    """The ticket as a print, to be sent to a system printer or kept by ``services.paper_files``.

    Its number names the minute, too: numbers begin anew every day. Raises as ``render_ticket``.
    """
    ticket = Ticket.from_document(_checked(document, size))
    digits = "".join(filter(str.isdigit, ticket.issued_at))
    safe = "".join(char for char in ticket.number if char.isalnum())
    number = "-".join(filter(None, (safe, digits)))
    return PrintJob(number, number, Ticket.PAPER, size, ticket.copy, dict(document))


def _checked(document: Mapping[str, Any], size: str) -> dict[str, Any]:
    if size not in SIZES:
        raise AppError("printing.unknown_size", size=size[:40], known=" ".join(SIZES))
    if document.get("paper") != Ticket.PAPER:
        raise AppError("printing.snapshot_unknown", paper=document.get("paper"))
    return dict(document)
