"""好差评: the visitor alone rates, on the customer's screen."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.modes.customer.page import CustomerPage
from desktop.modes.customer.rating import TOLD, VisitRating
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from domain.queue.model import EndReason
from domain.ratings.model import RatingTag
from services.queue.hall import end_ticket
from services.queue.tickets import finish_ticket, hold_ticket, serve_ticket
from services.ratings import giving
from services.station import Station, reads
from tests.ui.hall import Hall, hall_of


@pytest.fixture
def hall(station: Station, tasks: TaskRunner, theme: Theme, qtbot: QtBot) -> Iterator[Hall]:
    with hall_of(station, tasks, theme, qtbot) as made:
        made.settings.change(window="1")
        yield made


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def screen(hall: Hall, told: list[str]) -> Any:
    return hall.show(CustomerPage(hall.context(tell=told.append)), 1024, 600)


@reads
def ratings_in(uow: Any, clock: Any, actor: Any) -> list[Any]:
    from db.rating_rows import RatingFilter

    return [uow.rating(row.id) for row in uow.ratings.rows(RatingFilter())]


def visit(hall: Hall) -> str:
    """Somebody is served at window 1; the number's id."""
    issued = hall.take()
    hall.call("1")
    hall.do(serve_ticket, issued.ticket.number)
    return str(issued.ticket.id)


def finish(hall: Hall, ticket: str) -> None:
    hall.do(finish_ticket, ticket)
    hall.settle()


def touch(hall: Hall, button: Any) -> None:
    hall.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    hall.settle()


def asks(screen: Any) -> bool:
    return bool(screen.body.currentWidget() is screen.rating_view)


def test_who_was_served_rates_by_one_touch_as_the_device(hall: Hall, screen: Any, told: list[str]) -> None:
    ticket = visit(hall)
    assert not asks(screen)
    finish(hall, ticket)
    assert asks(screen)
    assert told == [TOLD]
    touch(hall, screen.rating_view.faces[5])
    (rating,) = hall.station.call(ratings_in)
    assert (rating.subject, rating.opinion.level, rating.opinion.source.value) == (ticket, 5, "screen")
    assert rating.actor.startswith("device:")
    assert told == [TOLD]
    screen.rating._over.timeout.emit()
    assert not asks(screen)


def test_a_bad_one_may_say_what_was_bad(hall: Hall, screen: Any) -> None:
    ticket = visit(hall)
    finish(hall, ticket)
    touch(hall, screen.rating_view.faces[2])
    assert hall.station.call(ratings_in) == []
    for tag in (RatingTag.SLOW, RatingTag.SENT_AROUND):
        touch(hall, screen.rating_view.tags[tag])
    touch(hall, screen.rating_view.send)
    (rating,) = hall.station.call(ratings_in)
    assert [tag.value for tag in rating.opinion.tags] == ["slow", "sent_around"]
    assert rating.is_open


def test_who_touches_nothing_has_not_rated(hall: Hall, screen: Any) -> None:
    finish(hall, visit(hall))
    screen.rating._over.timeout.emit()
    hall.settle()
    assert not asks(screen)
    assert hall.station.call(ratings_in) == []


def test_a_touched_level_counts_also_without_a_reason(hall: Hall, screen: Any) -> None:
    finish(hall, visit(hall))
    touch(hall, screen.rating_view.faces[1])
    screen.rating._over.timeout.emit()
    hall.settle()
    (rating,) = hall.station.call(ratings_in)
    assert (rating.opinion.level, rating.opinion.tags) == (1, ())


def test_touching_twice_is_one_rating(hall: Hall, screen: Any) -> None:
    finish(hall, visit(hall))
    face = screen.rating_view.faces[4]
    hall.qtbot.mouseClick(face, Qt.MouseButton.LeftButton)
    screen.rating_view.level_chosen.emit(1)
    screen.rating_view.sent.emit(())
    hall.settle()
    (rating,) = hall.station.call(ratings_in)
    assert rating.opinion.level == 4


def test_held_ended_and_missed_visits_are_not_asked(hall: Hall, screen: Any) -> None:
    hall.do(hold_ticket, visit(hall))
    hall.settle()
    assert not asks(screen)
    hall.do(end_ticket, visit(hall))
    hall.settle()
    assert not asks(screen)


def test_without_looking_how_it_ended_a_held_visit_would_be_asked(
    hall: Hall, screen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = VisitRating._on_gone

    def always(self: VisitRating, issued: Any) -> None:
        from dataclasses import replace

        from domain.queue.model import TicketState

        ended = replace(issued.ticket, state=TicketState.FINISHED, end_reason=EndReason.SERVED)
        ask(self, replace(issued, ticket=ended))

    monkeypatch.setattr(VisitRating, "_on_gone", always)
    hall.do(hold_ticket, visit(hall))
    hall.settle()
    assert asks(screen)


def test_the_next_visitor_takes_the_screen(hall: Hall, screen: Any) -> None:
    first = visit(hall)
    finish(hall, first)
    hall.take()
    hall.call("1")
    assert asks(screen)
    hall.do(serve_ticket, "A002")
    hall.settle()
    assert not asks(screen)
    assert screen.welcome.number.text() == "A002"


def test_what_cannot_be_kept_is_told_to_the_visitor(hall: Hall, screen: Any) -> None:
    ticket = visit(hall)
    finish(hall, ticket)
    hall.station.call(giving.rate_visit, ticket, 5, as_actor=hall.station.device_actor)
    touch(hall, screen.rating_view.faces[4])
    assert "没有记上" in screen.rating_view.headline.text()
