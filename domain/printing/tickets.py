"""From a number that was given out to its paper. Needs no store: a ticket machine that keeps none has both halves."""

from domain.printing.papers import SitePlace, Ticket, local_minute
from domain.queue.desk import HallView, IssuedTicket
from domain.queue.rules import APPOINTMENT, NORMAL

_OWN_LINE = (NORMAL, APPOINTMENT)
"""Classes that the paper does not name: the usual one, and the one whose time it shows."""


def ticket_paper(issued: IssuedTicket, hall: HallView, *, copy: int = 1, wait_at: str = "") -> Ticket:
    """Return what the paper of ``issued`` says. ``wait_at`` tells where to wait, for sites with several halls."""
    ticket = issued.ticket
    return Ticket(
        site=SitePlace(hall.site_name, hours=_hours(hall)),
        number=ticket.number,
        group=issued.group_name,
        ahead=issued.ahead,
        wait_minutes=-(-issued.wait_s // 60) if issued.wait_s > 0 else None,
        issued_at=local_minute(ticket.issued_at, hall.zone),
        priority=_priority(ticket.priority, hall),
        appointment="" if ticket.appointment_at is None else _clock(ticket.appointment_at, hall),
        enterprise=ticket.visitor.name,
        wait_at=wait_at,
        notice=hall.ticket_note,
        qr=issued.qr,
        copy=copy,
    )


def _priority(code: str, hall: HallView) -> str:
    if code in _OWN_LINE:
        return ""
    return next((one.name for one in hall.priorities if one.code == code), code)


def _hours(hall: HallView) -> str:
    return " ".join(f"{_clock(start, hall)}–{_clock(end, hall)}" for start, end in hall.visiting)


def _clock(at_ms: int, hall: HallView) -> str:
    return local_minute(at_ms, hall.zone)[11:]
