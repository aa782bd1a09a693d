"""The QR code of a slip or ticket: what the paper says, signed by this device (``QYS1``)."""

from db.unit_of_work import UnitOfWork
from domain.cases.model import Case
from domain.codes.slips import Slip, SlipOf, slip_text
from domain.queue.model import Ticket
from services.device_keys import own_signer


def slip_qr(uow: UnitOfWork, case: Case, copy: int) -> str:
    """The text for the QR code of copy ``copy`` of a paper of ``case``. Names no person, and no enterprise.

    The same case and copy give the same text. A device without a key, which only a store that was not opened by this
    program can be, prints the bare number.
    """
    signer = own_signer(uow)
    return case.number if signer is None else slip_text(slip_of(case, copy), signer)


def slip_of(case: Case, copy: int) -> Slip:
    """What the slip of ``case`` says."""
    return Slip(
        of=SlipOf.CASE,
        id=case.id,
        number=case.number,
        kind=case.kind.value,
        site=case.site,
        board=case.boards[0] if case.boards else "",
        accepted_at=case.accepted_at,
        due_at=case.due.at if case.due else None,
        copy=copy,
    )


def rating_form_qr(uow: UnitOfWork, case: Case, copy: int) -> str:
    """The text for the QR code of copy ``copy`` of a rating form (评价表); as ``slip_qr`` otherwise.

    It leads to the entry of ratings, not to the case: the form comes out of a box, without who served or for what.
    """
    signer = own_signer(uow)
    if signer is None:
        return case.number
    slip = Slip(
        of=SlipOf.RATING,
        id=case.id,
        number=case.number,
        site=case.site,
        accepted_at=case.accepted_at,
        copy=copy,
    )
    return slip_text(slip, signer)


def ticket_qr(uow: UnitOfWork, ticket: Ticket, copy: int = 1) -> str:
    """The text for the QR code of copy ``copy`` of a ticket (排队号). Names no enterprise; as ``slip_qr`` otherwise."""
    signer = own_signer(uow)
    if signer is None:
        return ticket.number
    slip = Slip(
        of=SlipOf.TICKET,
        id=ticket.id,
        number=ticket.number,
        kind=ticket.first_group,
        site=uow.events.node.site,
        accepted_at=ticket.issued_at,
        copy=copy,
    )
    return slip_text(slip, signer)
