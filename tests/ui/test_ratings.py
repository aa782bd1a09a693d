"""好差评: the visitor alone rates, on the customer's screen; what follows a bad one; forms from the box."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from db.changes import Changes
from desktop.modes.customer.page import CustomerPage
from desktop.modes.customer.rating import TOLD, VisitRating
from desktop.ratings.page import RatingsPage
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.supervision.page import SupervisionPage
from desktop.theme.theme import Theme
from domain.callbacks.model import CallResult
from domain.cases.model import Case
from domain.queue.model import EndReason
from domain.ratings.model import RatingTag
from domain.staff import Actor, Role
from services.case_steps import answer_case
from services.cases import accept_case
from services.queue.hall import end_ticket
from services.queue.tickets import finish_ticket, hold_ticket, serve_ticket
from services.ratings import giving
from services.scans import Found
from services.station import Station, reads
from tests.fixed import form
from tests.ui.desk import Desk, make_desk
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
    from db.rows.rating_rows import RatingFilter

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


SUPERVISOR = Actor("supervisor", Role.SUPERVISOR, "周敏")
CLERK = Actor("clerk", Role.CLERK, "林晓")
NAME = "杭州蓝鲸智能装备有限公司"


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Desk:
    station.actor = SUPERVISOR
    return make_desk(station, tasks, notices, theme, qtbot)


def closed(station: Station) -> Case:
    accepted = station.call(accept_case, form(name=NAME), as_actor=CLERK)
    case: Case = station.call(answer_case, accepted.id, "已答复。", as_actor=CLERK)
    return case


def bad(station: Station) -> Case:
    """A case of the clerk's that was rated badly from the device's screen."""
    case = closed(station)
    station.call(
        giving.rate_case,
        case.id,
        1,
        tags=("slow",),
        text="跑了三趟",
        as_actor=station.device_actor,
    )
    return case


def board_of(desk: Desk) -> Any:
    page = desk.show(SupervisionPage(desk.context))
    page.open_item("ratings")
    desk.settle()
    return page.ratings


def enter(desk: Desk, board: Any, text: str, *presses: Any) -> None:
    form_ = board.panel.form
    for part, value in presses:
        getattr(form_, part).set_value(value)
    form_.text.set_text(text)
    desk.press(form_.send, Qt.Key.Key_Return)
    desk.settle()


def test_a_bad_rating_goes_its_way_to_the_second_one(desk: Desk) -> None:
    case = bad(desk.station)
    board = board_of(desk)
    assert NAME in told_in(board)
    assert "跑了三趟" in told_in(board)
    enter(desk, board, "确实跑了三趟", ("choice", True))
    enter(desk, board, "材料清单改为一次发齐", ("choice", True))
    enter(desk, board, "满意了", ("choice", CallResult.REACHED), ("level", 4))
    (rating,) = desk.station.call(ratings_in)
    assert rating.subject == case.id
    assert rating.second is not None
    assert rating.second.level == 4
    assert not rating.is_open
    assert board.lists.currentWidget() is board.nothing


def told_in(board: Any) -> str:
    return " ".join(one.text() for one in board.panel.findChildren(QLabel))


def test_a_step_without_words_is_refused_and_stays_as_it_was(desk: Desk) -> None:
    bad(desk.station)
    board = board_of(desk)
    enter(desk, board, "", ("choice", False))
    assert "写明" in board.panel.bar.text()
    assert board.panel.form.send.isEnabled()
    assert board.panel.form.choice.value() is False


def test_the_clerk_concerned_sees_no_name_and_may_appeal_once(desk: Desk) -> None:
    bad(desk.station)
    desk.station.actor = CLERK
    page = desk.show(RatingsPage(desk.context))
    page.on_shown()
    desk.settle()
    shown = told_in(page.board) + table_texts(page.board.table)
    assert NAME not in shown
    assert "跑了三趟" not in shown
    assert "2026-11-18" not in shown
    assert "办得慢" in shown
    form_ = page.board.panel.form
    form_.text.set_text("当天系统停机，已当面说明")
    desk.press(form_.send, Qt.Key.Key_Return)
    desk.settle()
    (rating,) = desk.station.call(ratings_in)
    assert rating.appeal is None
    desk.press(form_.send, Qt.Key.Key_Return)
    desk.settle()
    (rating,) = desk.station.call(ratings_in)
    assert rating.appeal is not None
    assert page.board.panel.form is None
    desk.station.actor = SUPERVISOR
    board = board_of(desk)
    board.panel._open("decide")
    form_ = board.panel.form
    form_.choice.set_value(True)
    form_.text.set_text("情况属实")
    desk.press(form_.send, Qt.Key.Key_Return)
    desk.press(form_.send, Qt.Key.Key_Return)
    desk.settle()
    (rating,) = desk.station.call(ratings_in)
    assert rating.state.value == "annulled"


def table_texts(table: Any) -> str:
    model = table.model()
    cells = (
        model.index(row, column).data()
        for row in range(model.rowCount())
        for column in range(model.columnCount())
    )
    return " ".join(str(cell) for cell in cells)


def test_a_clerk_who_looks_is_not_told_when_one_comes(desk: Desk) -> None:
    desk.station.actor = CLERK
    page = desk.show(RatingsPage(desk.context))
    page.on_shown()
    desk.settle()
    bad(desk.station)
    page.on_changes(Changes(areas=frozenset({"ratings"})))
    desk.settle()
    assert page.board.table.rows.rowCount() == 0


def test_what_was_typed_for_one_is_there_when_one_comes_back(desk: Desk) -> None:
    bad(desk.station)
    bad(desk.station)
    board = board_of(desk)
    board.panel.form.text.set_text("问过窗口")
    board.table.setCurrentIndex(board.table.rows.index(1, 0))
    desk.settle()
    assert board.panel.form.text.text() == ""
    board.table.setCurrentIndex(board.table.rows.index(0, 0))
    desk.settle()
    assert board.panel.form.text.text() == "问过窗口"


def paper_of(desk: Desk) -> Any:
    page = desk.show(SupervisionPage(desk.context))
    page.on_shown()
    page.open_item("paper")
    desk.settle()
    return page


def test_forms_of_the_box_are_entered_by_code_or_number(desk: Desk) -> None:
    first, second = closed(desk.station), closed(desk.station)
    page = paper_of(desk)
    paper = page.paper
    paper.number.set_text(first.number)
    paper.levels.take_focus()
    desk.press(paper.levels.buttons["5"], Qt.Key.Key_3)
    desk.press(paper.record, Qt.Key.Key_Return)
    desk.settle()
    assert page.on_scan(SimpleNamespace(found=Found.CASE, ticket=None, case=second.id, slip=None, text="x"))
    desk.press(paper.levels.buttons["5"], Qt.Key.Key_1)
    paper.tags[RatingTag.SLOW].setChecked(True)
    desk.press(paper.record, Qt.Key.Key_Return)
    desk.settle()
    given = {one.subject: one.opinion for one in desk.station.call(ratings_in)}
    assert (given[first.id].level, given[first.id].source.value) == (3, "paper")
    assert (given[second.id].level, given[second.id].tags) == (1, (RatingTag.SLOW,))
    assert paper.number.text() == ""


def test_a_form_without_a_level_or_twice_is_told(desk: Desk) -> None:
    case = closed(desk.station)
    paper = paper_of(desk).paper
    paper.number.set_text(case.number)
    desk.press(paper.record, Qt.Key.Key_Return)
    assert "满意程度" in paper.bar.text()
    for _ in range(2):
        paper.number.set_text(case.number)
        paper.levels.press("4")
        desk.press(paper.record, Qt.Key.Key_Return)
        desk.settle()
    assert "评价过" in paper.bar.text()
    assert len(desk.station.call(ratings_in)) == 1


def test_a_clerk_cannot_enter_a_form(desk: Desk) -> None:
    case = closed(desk.station)
    desk.station.actor = CLERK
    page = paper_of(desk)
    assert not page.paper.record.isEnabled()
    page.paper.record.setEnabled(True)
    page.paper.number.set_text(case.number)
    page.paper.levels.press("5")
    desk.press(page.paper.record, Qt.Key.Key_Return)
    desk.settle()
    assert "只能由来访者" in page.paper.bar.text()
    assert desk.station.call(ratings_in) == []


def test_the_code_of_a_form_leads_to_its_entry_from_every_section(desk: Desk) -> None:
    case = closed(desk.station)
    page = paper_of(desk)
    page.open_item("watch")
    slip = SimpleNamespace(number=case.number)
    assert page.on_scan(SimpleNamespace(found=Found.RATING, ticket=None, case=case.id, slip=slip, text=""))
    assert page.section.value() == "paper"
    assert page.paper.number.text() == case.number
    page.open_item("watch")
    assert not page.on_scan(SimpleNamespace(found=Found.SLIP, ticket=None, case=case.id, slip=slip, text=""))


def test_the_order_of_a_clerks_list_tells_no_time(desk: Desk) -> None:
    for _ in range(4):
        bad(desk.station)
    desk.station.actor = CLERK
    page = desk.show(RatingsPage(desk.context))
    page.on_shown()
    desk.settle()
    rows = page.board.table.rows
    refs = [rows.row_at(rows.index(place, 0)).ref for place in range(4)]
    assert refs == sorted(refs, reverse=True)
