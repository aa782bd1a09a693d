"""Cases accepted in a visit are linked with its ticket in the same transaction."""

import pytest

from db.unit_of_work import UnitOfWork
from domain.cases.intake import IntakeForm
from domain.clock import Clock
from domain.errors import AppError
from domain.queue.desk import TicketOrder
from domain.queue.model import Ticket, TicketState, Visitor
from domain.staff import Actor
from services.cases import accept_case
from services.drafts import new_form_id
from services.queue.local_desk import LocalQueueDesk
from services.station import Station

SOUND = "91330100MA2H0KCB73"
NAME = "杭州蓝鲸智能装备有限公司"


@pytest.fixture
def desk(station: Station) -> LocalQueueDesk:
    return LocalQueueDesk(station)


def stored(uow: UnitOfWork, clock: Clock, actor: Actor, ticket: str) -> Ticket:
    return uow.ticket(ticket)


def called(desk: LocalQueueDesk, visitor: Visitor = Visitor()) -> Ticket:
    desk.issue(TicketOrder(group="A", visitor=visitor))
    ticket = desk.next("1")
    assert ticket is not None
    return ticket


def form(station: Station, ticket: str, text: str = "补贴什么时候到账") -> IntakeForm:
    return IntakeForm(id=station.call(new_form_id), uscc=SOUND, name=NAME, text=text, ticket=ticket)


def test_two_cases_of_one_visit(station: Station, desk: LocalQueueDesk) -> None:
    ticket = called(desk)
    first = station.call(accept_case, form(station, ticket.id))
    second = station.call(accept_case, form(station, ticket.id, "还想问用电"))
    now = station.call(stored, ticket.id)
    assert now.cases == (first.id, second.id)
    assert (now.state, now.visitor) == (TicketState.SERVING, Visitor(SOUND, NAME))


def test_the_same_form_is_linked_once(station: Station, desk: LocalQueueDesk) -> None:
    ticket = called(desk)
    typed = form(station, ticket.id)
    accepted = [station.call(accept_case, typed).id for _ in range(2)]
    assert station.call(stored, ticket.id).cases == (accepted[0],)


def test_who_took_the_number_stays(station: Station, desk: LocalQueueDesk) -> None:
    ticket = called(desk, Visitor(SOUND, "取号时的名称"))
    station.call(accept_case, form(station, ticket.id))
    assert station.call(stored, ticket.id).visitor == Visitor(SOUND, "取号时的名称")


def test_a_refused_form_leaves_the_visitor_called(station: Station, desk: LocalQueueDesk) -> None:
    ticket = called(desk)
    with pytest.raises(AppError):
        station.call(accept_case, form(station, ticket.id, " "))
    now = station.call(stored, ticket.id)
    assert (now.state, now.cases) == (TicketState.CALLED, ())


def test_a_ticket_of_the_hub_is_no_hindrance(station: Station) -> None:
    elsewhere = station.call(new_form_id)
    assert station.call(accept_case, form(station, elsewhere)).number
    with pytest.raises(AppError, match=r"cases\.field_invalid"):
        station.call(accept_case, form(station, "A001"))


def test_a_number_can_be_shown_again(desk: LocalQueueDesk) -> None:
    ticket = desk.issue(TicketOrder(group="B")).ticket
    again = desk.issued(ticket.number)
    assert (again.ticket, again.group_name, bool(again.qr)) == (ticket, "项目与数据", True)
