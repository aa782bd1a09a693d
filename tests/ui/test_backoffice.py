"""The work queues of the boards in the window, over a real store."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from pytestqt.qtbot import QtBot

from db.changes import Changes
from desktop.backoffice.columns import clock_badge, share_badge
from desktop.backoffice.page import BackOfficePage
from desktop.cases.model import BLOCK
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from desktop.widgets import Tone
from domain.cases.model import LimitClass
from domain.staff import Actor, Role
from services.back_office import queues
from services.back_office.absence import set_away
from services.back_office.boards import answer_partly, receive_case, return_case, take_case
from services.back_office.people import board_people
from services.back_office.queues import QueuePage, read_queue
from services.back_office.timing import suspend_case
from services.case_steps import answer_case, request_material
from services.cases import accept_case
from services.desk import desk_facts
from services.station import Station
from tests.fixed import FixedClock, form
from tests.ui.desk import Desk, make_desk

POLICY = Actor("policy", Role.SPECIALIST, "政策专员", "policy")
CHIEF = Actor("policy-chief", Role.CHIEF, "政策首席", "policy")
LEGAL = Actor("legal", Role.SPECIALIST, "法治专员", "legal")
SUPERVISOR = Actor("supervisor", Role.SUPERVISOR, "周敏")


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Iterator[Desk]:
    made = make_desk(station, tasks, notices, theme, qtbot)
    yield made
    made.qtbot.waitUntil(lambda: tasks.is_idle)


def add(desk: Desk, name: str = "甲公司", **fields: Any) -> Any:
    return desk.station.call(accept_case, form(**{"name": name, "limit": LimitClass.STANDARD, **fields}))


def open_as(desk: Desk, actor: Actor) -> BackOfficePage:
    desk.station.actor = actor
    page: BackOfficePage = desk.show(BackOfficePage(desk.context))
    page.on_shown()
    desk.settle()
    return page


def choose(desk: Desk, page: BackOfficePage, queue: str) -> list[str]:
    page.queues.queues.choose(queue)
    desk.settle()
    model = page.queues.model
    return [model.row(model.index(at, 0)).applicant for at in range(model.rowCount())]


def count(page: BackOfficePage, queue: str) -> str:
    shown = page.queues.queues
    texts = {
        shown.item(at).data(Qt.ItemDataRole.UserRole): shown.item(at).text() for at in range(shown.count())
    }
    return texts[queue].split()[-1]


def select(page: BackOfficePage, *rows: int) -> None:
    chosen = page.queues.table.selectionModel()
    chosen.clearSelection()
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for row in rows:
        chosen.select(page.queues.model.index(row, 0), flags)


def test_queues_hold_what_they_say(desk: Desk, clock: FixedClock) -> None:
    made = {name: add(desk, name) for name in ("新", "在办", "部分", "退回", "等材料", "挂起", "我的")}
    as_policy = lambda service, name, *args: desk.station.call(  # noqa: E731
        service, made[name].id, *args, as_actor=POLICY
    )
    as_policy(receive_case, "在办")
    as_policy(receive_case, "部分")
    as_policy(answer_partly, "部分", "先答一点")
    as_policy(return_case, "退回", "not_ours")
    as_policy(request_material, "等材料", ("土地证",))
    as_policy(receive_case, "挂起")
    as_policy(suspend_case, "挂起", "等批复", "文号")
    as_policy(take_case, "我的")
    page = open_as(desk, POLICY)
    expected = {
        "new": {"新"},
        "in_hand": {"在办", "部分", "我的"},
        "partial": {"部分"},
        "returned": {"退回"},
        "waiting": {"等材料", "挂起"},
        "mine": {"我的"},
        "overdue": set(),
        "all": set(made),
    }
    for queue, names in expected.items():
        assert set(choose(desk, page, queue)) == names
        assert count(page, queue) == str(len(names))
    clock.move(days=20)
    page.queues.refresh()
    desk.settle()
    assert "挂起" not in choose(desk, page, "overdue")
    assert len(choose(desk, page, "overdue")) == 5


def test_signing_for_several_at_once_tells_which_were_not(desk: Desk) -> None:
    for name in ("甲", "乙", "丙"):
        add(desk, name)
    page = open_as(desk, POLICY)
    choose(desk, page, "new")
    page.queues.table.selectAll()
    desk.station.call(answer_case, page.queues.chosen()[1].case_id, "已答复", as_actor=POLICY)
    page.queues.receive.click()
    page.queues.receive.click()
    desk.settle()
    (told,) = desk.notices.all()
    assert told.text.startswith("已签收 2 件，1 件没有签收：")
    assert choose(desk, page, "new") == []
    assert len(choose(desk, page, "in_hand")) == 2


def test_enter_opens_and_escape_returns_to_the_place(desk: Desk) -> None:
    for name in ("甲", "乙"):
        add(desk, name)
    page = open_as(desk, POLICY)
    choose(desk, page, "new")
    page.queues.table.setFocus()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Right):
        page.queues.table.setCurrentIndex(page.queues.model.index(0, 0))
        desk.press(page.queues.table, Qt.Key.Key_Down)
        wanted = page.queues.chosen()[0]
        desk.press(page.queues.table, key)
        desk.settle()
        assert page.case.isVisible()
        assert page.case.number.text() == wanted.number
        desk.press(page.case, Qt.Key.Key_Escape)
        desk.until(page.queues.isVisible)
        assert page.queues.chosen() == [wanted]


def test_who_takes_over_meets_the_queues_and_not_a_strange_case(desk: Desk) -> None:
    accepted = add(desk)
    page = open_as(desk, POLICY)
    page.open_item(accepted.id)
    desk.settle()
    page.on_shown()
    assert page._stack.currentWidget() is page.case
    desk.station.actor = LEGAL
    page.on_shown()
    desk.settle()
    assert page._stack.currentWidget() is page.queues


def test_answering_from_the_queue_opens_the_panel(desk: Desk) -> None:
    accepted = add(desk)
    page = open_as(desk, POLICY)
    choose(desk, page, "new")
    page.queues.answer.click()
    desk.settle()
    shown = page.case.steps.form
    assert shown is not None
    shown.set_fields({"text": "可以申请"})
    page.case.steps.confirm.click()
    desk.settle()
    share = desk.case(accepted.id).share_of("policy")
    assert share is not None
    assert share.answer == "可以申请"


def test_a_supervisor_chooses_the_board_and_signs_for_nobody(desk: Desk) -> None:
    add(desk, "法治的", boards=("legal",))
    page = open_as(desk, SUPERVISOR)
    assert page.queues.board.isVisible()
    page.queues.board.set_value("legal")
    page.queues.board.chosen.emit("legal")
    desk.settle()
    assert choose(desk, page, "new") == ["法治的"]
    assert not page.queues.receive.isEnabled()
    assert page.queues.receive.accessibleDescription()
    page.queues.refresh()
    desk.settle()
    assert page.queues.shown_board == "legal"


def test_handing_over_what_is_chosen(desk: Desk) -> None:
    for name in ("甲", "乙", "丙"):
        add(desk, name)
    page = open_as(desk, CHIEF)
    choose(desk, page, "all")
    select(page, 0, 2)
    page.queues.hand_over.click()
    assert page.queues.hand_over_bar.isVisible()
    page.queues.hand_over_bar.to.set_value("policy")
    page.queues.hand_over_bar.confirm.click()
    desk.settle()
    assert not page.queues.hand_over_bar.isVisible()
    rows = desk.station.call(read_queue, "all", board="policy").rows
    assert sorted(str(row.handler) for row in rows) == ["None", "policy", "policy"]


def test_leave_with_a_substitute_who_sees_the_work(desk: Desk, clock: FixedClock) -> None:
    accepted = add(desk)
    desk.station.call(take_case, accepted.id, as_actor=POLICY)
    page = open_as(desk, CHIEF)
    assert choose(desk, page, "mine") == []
    page.queues.people_button.setChecked(True)
    away = page.queues.people.away
    away.who.set_value("policy")
    away.save.click()
    assert away.day.error()
    away.day.set_value("2026-11-01")
    away.save.click()
    desk.settle()
    assert away.day.error()
    away.day.set_value("2026-11-20")
    away.substitute.set_value("policy-chief")
    away.save.click()
    desk.settle()
    assert choose(desk, page, "mine") == ["甲公司"]
    assert "请假到 11-20" in page.queues.duty.text()
    clock.move(days=3)
    page.queues.refresh()
    desk.settle()
    assert choose(desk, page, "mine") == []
    assert "请假" not in page.queues.duty.text()


def test_back_from_leave_and_all_work_handed_over(desk: Desk) -> None:
    accepted = add(desk)
    desk.station.call(take_case, accepted.id, as_actor=POLICY)
    desk.station.call(set_away, "policy", "2026-12-01", as_actor=POLICY)
    page = open_as(desk, SUPERVISOR)
    page.queues.board.set_value("policy")
    page.queues.board.chosen.emit("policy")
    desk.settle()
    page.queues.people_button.setChecked(True)
    page.queues.people.button("policy").click()
    desk.settle()
    assert [one.away_until for one in desk.station.call(board_people, "policy").members] == ["", ""]
    handing = page.queues.people.handing
    handing.leaving.set_value("policy")
    handing.taking.set_value("policy-chief")
    handing.save.click()
    desk.settle()
    share = desk.case(accepted.id).share_of("policy")
    assert share is not None
    assert share.handler == "policy-chief"


def test_the_leader_in_charge_is_written_down_by_a_supervisor_alone(desk: Desk) -> None:
    page = open_as(desk, POLICY)
    page.queues.people_button.setChecked(True)
    assert not page.queues.people.leader.isVisible()
    page = open_as(desk, SUPERVISOR)
    page.queues.people_button.setChecked(True)
    page.queues.people.leader.set_text("王副区长")
    page.queues.people.save_leader.click()
    desk.settle()
    board = page.queues.shown_board
    assert desk.station.call(board_people, board).leader == "王副区长"


def test_what_changes_elsewhere_shows(desk: Desk) -> None:
    page = open_as(desk, POLICY)
    assert choose(desk, page, "new") == []
    accepted = add(desk, "后来的")
    page.on_changes(Changes(frozenset({"cases"}), frozenset({accepted.id})))
    desk.settle()
    assert [row.applicant for row in page.queues.chosen()] == ["后来的"]
    assert page.queues.receive.isEnabled()
    assert count(page, "new") == "1"


def test_clock_and_progress_by_shape_and_word(desk: Desk, clock: FixedClock) -> None:
    accepted = add(desk)

    def badges() -> tuple[tuple[Tone, str], tuple[Tone, str]]:
        (row,) = desk.station.call(read_queue, "all", board="policy").rows
        facts = desk.station.call(desk_facts)
        return clock_badge(row, facts), share_badge(row, facts)

    assert badges() == ((Tone.INFO, "正常"), (Tone.WARN, "待签收"))
    desk.station.call(receive_case, accepted.id, as_actor=POLICY)
    desk.station.call(answer_partly, accepted.id, "先答一点", as_actor=POLICY)
    assert badges()[1] == (Tone.INFO, "部分答复")
    clock.set("2026-11-23 09:00")
    assert badges()[0] == (Tone.WARN, "今日到期")
    clock.set("2026-11-24 10:00")
    assert badges()[0] == (Tone.DANGER, "黄牌")
    clock.set("2026-11-27 10:00")
    assert badges()[0] == (Tone.DANGER, "红牌")


def test_ten_thousand_rows_are_fetched_as_they_are_looked_at(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(desk)
    (row,) = desk.station.call(read_queue, "all", board="policy").rows
    asked: list[int] = []

    def many(
        uow: Any, clock: Any, actor: Any, queue: str, *, board: str, limit: int, offset: int
    ) -> QueuePage:
        asked.append(offset)
        return QueuePage(board, queue, (row,) * min(limit, 10_000 - offset), 10_000, 0)

    many.reads = True  # type: ignore[attr-defined]
    monkeypatch.setattr("desktop.backoffice.queues.read_queue", many)
    page = open_as(desk, POLICY)
    model = page.queues.model
    assert model.rowCount() == 10_000
    assert set(asked) == {0}
    page.queues.table.scrollToBottom()
    desk.until(lambda: model.row(model.index(9_999, 0)) is not None)
    assert max(asked) == 10_000 - BLOCK
    assert len(asked) < 10


def test_without_a_substitute_the_work_stays_where_it_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The defence: who stands in is asked for on every reading of the queue."""
    accepted = add(desk)
    desk.station.call(take_case, accepted.id, as_actor=POLICY)
    desk.station.call(set_away, "policy", "2026-12-01", "policy-chief", as_actor=CHIEF)
    assert desk.station.call(read_queue, "mine", as_actor=CHIEF).total == 1
    monkeypatch.setattr(queues, "stands_for", lambda uow, clock, actor: frozenset({actor.id}))
    assert desk.station.call(read_queue, "mine", as_actor=CHIEF).total == 0


def test_the_choice_stays_with_its_cases_when_others_come_in(desk: Desk) -> None:
    for name in ("甲", "乙"):
        add(desk, name)
    page = open_as(desk, POLICY)
    choose(desk, page, "new")
    select(page, 1)
    wanted = page.queues.chosen()
    add(desk, "更急的", limit=LimitClass.SIMPLE)
    page.queues.refresh()
    desk.settle()
    assert [row.applicant for row in page.queues.chosen()] == [row.applicant for row in wanted]
    page.queues.receive.click()
    desk.settle()
    assert wanted[0].applicant not in choose(desk, page, "new")
    assert len(choose(desk, page, "new")) == 2


def test_a_further_press_signs_for_no_more_than_one(desk: Desk) -> None:
    for at in range(6):
        add(desk, f"第{at}家")
    page = open_as(desk, POLICY)
    choose(desk, page, "new")
    select(page, 0, 1, 2)
    page.queues.receive.click()
    desk.settle()
    assert len(page.queues.chosen()) == 1


def test_without_following_the_cases_others_would_be_chosen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The defence of the two tests above, taken away."""
    monkeypatch.setattr("desktop.backoffice.queues.Queues._keep_chosen", lambda self, total: None)
    for name in ("甲", "乙"):
        add(desk, name)
    page = open_as(desk, POLICY)
    choose(desk, page, "new")
    select(page, 1)
    wanted = page.queues.chosen()
    add(desk, "更急的", limit=LimitClass.SIMPLE)
    page.queues.refresh()
    desk.settle()
    assert page.queues.chosen() != wanted
