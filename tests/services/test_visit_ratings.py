"""Ratings of visits at the window: on the customer's own screen, by the number; those who served are concerned."""

import json
from dataclasses import asdict

import pytest

from domain.errors import AppError
from domain.queue.desk import TicketOrder
from domain.queue.model import Ticket, Visitor
from domain.staff import Actor, Role
from services.queue import tickets
from services.ratings.giving import rate, rate_visit
from services.ratings.views import list_ratings, open_rating
from services.station import Station
from tests.fixed import NAME, USCC

CLERK = Actor("clerk")
SUPERVISOR = Actor("supervisor", Role.SUPERVISOR)


def served(station: Station) -> Ticket:
    order = TicketOrder(group="A", visitor=Visitor(USCC, NAME))
    station.call(tickets.issue_ticket, order, as_actor=CLERK)
    called = station.call(tickets.call_next, "1", as_actor=CLERK)
    assert called is not None
    ticket: Ticket = station.call(tickets.serve_ticket, called.id, as_actor=CLERK)
    return ticket


def test_a_visit_is_rated_once_by_its_number_on_the_screen(station: Station) -> None:
    ticket = served(station)
    given = station.call(rate, ticket.number, 5)
    assert (given.of, given.source) == ("visit", "screen")
    with pytest.raises(AppError, match=r"ratings\.rated_already"):
        station.call(rate_visit, ticket.id, 4)


def test_the_clerk_at_the_window_cannot_press_for_the_visitor(station: Station) -> None:
    ticket = served(station)
    with pytest.raises(AppError, match=r"ratings\.not_yours"):
        station.call(rate_visit, ticket.id, 5, as_actor=CLERK)


def test_who_still_waits_has_nothing_to_rate(station: Station) -> None:
    waiting = station.call(tickets.issue_ticket, TicketOrder(group="A"), as_actor=CLERK).ticket
    with pytest.raises(AppError, match=r"ratings\.not_served"):
        station.call(rate_visit, waiting.id, 5)


def test_whoever_served_is_concerned_and_learns_neither_number_nor_name(station: Station) -> None:
    ticket = served(station)
    ref = station.call(rate_visit, ticket.id, 1, tags=("slow",)).ref
    shown = station.call(open_rating, ref, as_actor=SUPERVISOR).item
    assert (shown.number, shown.applicant, shown.concerned) == (ticket.number, NAME, ("clerk",))
    page = station.call(list_ratings, as_actor=CLERK)
    seen = json.dumps([asdict(row) for row in page.rows], ensure_ascii=False)
    assert page.total == 1
    assert not [text for text in (ticket.number, ticket.id, NAME, USCC) if text in seen]
