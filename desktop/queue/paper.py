"""取号小票: from a number that was given out to the paper that says so."""

from desktop import words
from domain.printing.papers import SitePlace, Ticket
from domain.queue.desk import HallView, IssuedTicket
from domain.queue.rules import APPOINTMENT, NORMAL


def ticket_paper(issued: IssuedTicket, view: HallView) -> Ticket:
    """The paper of ``issued`` in the hall of ``view``."""
    ticket = issued.ticket
    at = ticket.appointment_at
    return Ticket(
        site=SitePlace(view.site_name),
        number=ticket.number,
        qr=issued.qr,
        group=issued.group_name,
        ahead=issued.ahead,
        issued_at=words.moment(ticket.issued_at, view.zone),
        wait_minutes=-(-issued.wait_s // 60),
        priority=_priority(ticket.priority, view),
        appointment=f"{words.local(at, view.zone):%H:%M}" if at is not None else "",
        enterprise=ticket.visitor.name or ticket.visitor.uscc,
        notice=view.ticket_note,
    )


def _priority(code: str, view: HallView) -> str:
    if code in (NORMAL, APPOINTMENT):
        return ""
    return next((one.name for one in view.priorities if one.code == code), "")
