"""The sync page over a real store: every tab is read, and what a person decides there is done."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.changes import Changes
from db.refused_documents import keep_refused
from desktop import words
from desktop.cases.timeline import SENTENCES
from desktop.messages.documents import refused_words
from desktop.shell.notices import Notices
from desktop.shell.tasks import TaskRunner
from desktop.sync import find, lists
from desktop.sync.page import SOON_MS, SOON_RUNNING_MS, SyncPage
from desktop.sync.runner import Engine, Run, SyncRunner
from desktop.sync.settings_card import SyncCard
from desktop.sync.steps import STEPS, step_name
from desktop.sync.telling import Telling
from desktop.sync.wording import header_link
from desktop.theme.theme import Theme
from desktop.theme.tokens import TextSize
from desktop.widgets import Tone
from domain.cases import decide
from domain.cases.decisions import ConflictChoice
from domain.cases.model import CaseState
from domain.documents import RefusedDocument
from domain.events.kinds import CURRENT
from domain.staff import Actor, Role
from services.case_steps import answer_case
from services.cases import accept_case
from services.desk import desk_facts
from services.station import Station
from services.sync.conflicts import decide_conflict
from services.sync.day_end import day_end_slip, slip_pages
from services.sync.state import SyncState, read_sync_state
from sync.engine.run import Outcome
from tests.fixed import DAY_MS, WEDNESDAY, FixedClock, form
from tests.made_cases import ACCEPTANCE
from tests.sync_tables import OTHER, arrive, confirm, doubt, hold, join, name_device, two_answers
from tests.ui.desk import Desk, make_desk

STATE = SyncState(site="demo", device="d", now_ms=WEDNESDAY, joined=True, heard_at=WEDNESDAY)


def _state(**values: Any) -> SyncState:
    return replace(STATE, **values)


@pytest.mark.parametrize(
    ("state", "run", "text", "tone"),
    [
        (_state(joined=False), None, "独立网点", None),
        (STATE, None, "已同步", None),
        (STATE, Run("push", 3, 40), "正在同步 3/40", None),
        (STATE, Run(), "已同步", None),
        (
            _state(waiting=30, records=12, oldest_at=WEDNESDAY - 35 * 60_000),
            None,
            "等待同步 12 件，最早 35 分钟",
            None,
        ),
        (_state(waiting=9_000, records=None, oldest_at=WEDNESDAY), None, "等待同步 9,000 条", None),
        (_state(files=2), None, "等待传送附件 2 个", None),
        (_state(failure="sync.link_down"), None, "离线", Tone.WARN),
        (
            _state(failure="sync.stalled", waiting=1, records=1, oldest_at=WEDNESDAY - 2 * DAY_MS),
            None,
            "离线 · 等待同步 1 件，最早 2 天",
            Tone.WARN,
        ),
        (_state(failure="sync.revoked", conflicts=1), None, "已被停用", Tone.DANGER),
        (_state(offset_ms=-7 * 60_000), None, "时钟差 7 分钟", Tone.WARN),
        (_state(heard_at=WEDNESDAY - 3 * DAY_MS), None, "3 天没有同步", Tone.WARN),
        (
            _state(heard_at=WEDNESDAY - 3 * DAY_MS, waiting=9, records=4),
            None,
            "3 天没有同步 · 等待 4 件",
            Tone.WARN,
        ),
        (
            _state(offset_ms=9 * 60_000, waiting=12_000, records=None),
            None,
            "时钟差 9 分钟 · 等待 12,000 条",
            Tone.WARN,
        ),
        (_state(conflicts=1, reviews=2), None, "已同步 · 待裁定 3", Tone.WARN),
    ],
)
def test_the_header_says_how_the_station_stands(
    state: SyncState, run: Run | None, text: str, tone: Tone | None
) -> None:
    link = header_link(state, run, 3)
    assert (link.text, link.tone) == (text, tone)


def test_the_clerk_is_told_which_way_the_clock_is_off() -> None:
    assert "慢 7 分钟" in header_link(_state(offset_ms=7 * 60_000), None, 3).tip
    assert "快 7 分钟" in header_link(_state(offset_ms=-7 * 60_000), None, 3).tip
    assert header_link(_state(offset_ms=60_000), None, 3).tip == "打开同步页"


class PaperSync(SyncRunner):
    """Reads the state of the store; its runs end at once."""

    def __init__(self, tasks: TaskRunner) -> None:
        self.asked = 0
        super().__init__(tasks, find_engine=lambda: Engine(self._run, lambda _, __, deaf: deaf.wait(9)))

    def _run(self, *_: Any, **__: Any) -> Outcome:
        return Outcome(2, 1, 0, 0)

    def now(self) -> None:
        self.asked += 1
        self.ended.emit(Outcome(2, 1, 0, 0))

    def start(self, station: Any) -> None:
        self._station = station


@pytest.fixture
def desk(station: Station, tasks: TaskRunner, notices: Notices, theme: Theme, qtbot: QtBot) -> Any:
    made = make_desk(station, tasks, notices, theme, qtbot)
    runner = PaperSync(tasks)
    runner.start(station)
    made.context = replace(made.context, sync=runner)
    station.actor = Actor("supervisor", Role.SUPERVISOR, "督办")
    yield made
    runner.stop()


def _shown(desk: Desk, section: str) -> SyncPage:
    page = SyncPage(desk.context)
    page.open_item(section)
    desk.show(page)
    page.on_shown()
    desk.settle()
    return page


def test_a_lone_station_is_told_so(desk: Desk) -> None:
    page = _shown(desk, "waiting")
    assert "独立网点" in page.where.text()
    assert not page.now.isVisible()
    assert page.waiting.stack.currentWidget() is page.waiting.nothing


def test_what_waits_is_listed_and_opened(desk: Desk) -> None:
    join(desk.station)
    confirm(desk.station)
    one = desk.station.call(accept_case, form())
    page = _shown(desk, "waiting")
    assert page.waiting.table.rows.rowCount() == 1
    assert page.section._group.button(0).text() == "等待 1"
    desk.press(page.waiting.table, Qt.Key.Key_Return)
    assert desk.opened == [("cases", one.id)]


def test_the_list_follows_changes(desk: Desk) -> None:
    join(desk.station)
    confirm(desk.station)
    page = _shown(desk, "waiting")
    desk.station.call(accept_case, form())
    page.on_changes(Changes(frozenset({"cases"})))
    desk.until(lambda: page.waiting.table.rows.rowCount() == 1)
    desk.settle()


def test_while_a_run_goes_the_list_follows_at_leisure(desk: Desk) -> None:
    join(desk.station)
    page = _shown(desk, "waiting")
    desk.context.sync._set_run(Run("push", 100, 10_000))
    page.on_changes(Changes(frozenset({"sync"})))
    assert page._soon.interval() == SOON_RUNNING_MS
    desk.context.sync._set_run(None)
    assert (page._soon.isActive(), page._soon.interval()) == (True, SOON_MS)
    desk.until(lambda: not page._soon.isActive())
    desk.settle()


def test_a_run_by_hand_tells_what_it_did(desk: Desk) -> None:
    join(desk.station)
    page = _shown(desk, "waiting")
    page.now.click()
    assert desk.context.sync.asked == 1
    assert page.told.text() == "上报 2 条，接收 1 条，全部同步。"


def test_what_a_run_did_is_told_until_the_next(desk: Desk) -> None:
    join(desk.station)
    page = _shown(desk, "waiting")
    page.now.click()
    assert page.told.isVisible()
    page.runner.run_changed.emit(Run())
    assert not page.told.isVisible()


def test_every_record_has_its_words() -> None:
    assert set(STEPS) | set(SENTENCES) >= set(CURRENT)
    assert step_name("of_next_year", "设备") == "设备的记录"


def test_progress_is_shown_and_can_be_stopped(desk: Desk) -> None:
    join(desk.station)
    page = _shown(desk, "waiting")
    runner = desk.context.sync
    assert not page.cancel.isVisible()
    runner._set_run(Run("pull", 40, 90))
    assert (page.stage.text(), page.cancel.isVisible(), page.now.isEnabled()) == (
        "接收记录 40/90",
        True,
        False,
    )
    page.cancel.click()
    assert runner._cancel.is_set()
    runner._set_run(None)
    assert (page.stage.text(), page.busy.isVisible()) == ("", False)


def _in_conflict(desk: Desk, clock: FixedClock) -> str:
    one = desk.station.call(accept_case, form())
    clock.move(hours=1)
    desk.station.call(answer_case, one.id, "已当场答复", as_actor=Actor("clerk"))
    two_answers(desk.station, desk.case(one.id), clock.now_ms() + 60_000)
    return one.id


def test_a_conflict_is_decided_side_by_side(desk: Desk, clock: FixedClock) -> None:
    case = _in_conflict(desk, clock)
    page = _shown(desk, "conflicts")
    board = page.conflicts
    assert "已当场答复" in board.kept.said()
    assert "企业自行办理" in board.late.said()
    assert (board.keep.isEnabled(), board.take.isEnabled(), board.both.isEnabled()) == (True, False, True)
    assert "不能直接改用" in board.why.text()
    board.keep.setFocus()
    board.keep.click()
    desk.settle()
    assert desk.case(case).unfit == ()
    assert QApplication.focusWidget() is board.nothing
    assert board.stack.currentWidget() is board.nothing
    assert not board.sides.isVisible()


def test_another_window_is_never_called_this_one(desk: Desk) -> None:
    name_device(desk.station, "2号窗口")
    names = desk.station.call(desk_facts).staff_names
    own = desk.station.call(lambda uow, *_: uow.events.node.device)
    assert words.person(f"device:{OTHER}", names) == "2号窗口"
    assert words.person(f"device:{own}", names) == words.DEVICE
    name_device(desk.station, "", "f" * 16)
    names = desk.station.call(desk_facts).staff_names
    assert words.person(f"device:{'f' * 16}", names) == words.OTHER_DEVICE


def test_another_site_goes_by_its_name(desk: Desk) -> None:
    sites = {
        "kind": "sites",
        "version": 1,
        "entries": [{"code": "hall2", "name": "城东服务站", "parent": ""}],
    }
    desk.station.call(lambda uow, *_: uow.reference.put(sites, source="upstream", now_ms=0))
    facts = desk.station.call(desk_facts)
    assert SENTENCES["case_handed_over"]({"to": "hall2"}, facts)[0] == "移交其他网点：城东服务站"
    assert facts.site_name("hall9") == "hall9"


def test_who_was_slower_is_told(desk: Desk, clock: FixedClock) -> None:
    _in_conflict(desk, clock)
    page = _shown(desk, "conflicts")
    desk.station.call(decide_conflict, page.conflicts.table.row().event, ConflictChoice.BOTH)
    page.conflicts.keep.click()
    desk.settle()
    assert "已经由别人裁定" in page.conflicts.bar.text()
    assert page.conflicts.stack.currentWidget() is page.conflicts.nothing


def _doubted(desk: Desk, clock: FixedClock) -> str:
    one = desk.station.call(accept_case, form())
    clock.move(hours=1)
    step = arrive(desk.station, decide.answer(desk.case(one.id), "越权答复"), one.id, 5, clock.now_ms())
    doubt(desk.station, step, one.id)
    return one.id


def test_a_step_is_undone_with_a_word_and_a_second_press(desk: Desk, clock: FixedClock) -> None:
    case = _doubted(desk, clock)
    board = _shown(desk, "reviews").reviews
    board.undo.click()
    board.undo.click()
    desk.settle()
    assert "理由" in board.bar.text()
    assert desk.case(case).state is CaseState.RESOLVED
    board.why.set_text("已调离窗口")
    board.undo.click()
    board.undo.click()
    desk.settle()
    assert desk.case(case).is_open
    assert board.stack.currentWidget() is board.nothing


def test_a_clerk_only_looks_at_reviews(desk: Desk, clock: FixedClock) -> None:
    _doubted(desk, clock)
    desk.station.actor = Actor("clerk")
    board = _shown(desk, "reviews").reviews
    assert [board.keep.isEnabled(), board.undo.isEnabled()] == [False, False]
    assert "只能看" in board.why.editor.accessibleDescription()


def test_what_lies_in_quarantine_is_let_in(desk: Desk) -> None:
    hold(desk.station, decide.accept(ACCEPTANCE), "quarantined", "device_revoked")
    board = _shown(desk, "quarantine").quarantine
    assert board.table.rows.rowCount() == 1
    board.release.click()
    board.release.click()
    desk.settle()
    assert desk.case(ACCEPTANCE.number).number == ACCEPTANCE.number
    assert board.table.rows.rowCount() == 0


def test_what_was_refused_is_listed_with_why(desk: Desk) -> None:
    hold(desk.station, decide.accept(ACCEPTANCE), "refused", "forged", seq=3)
    hold(desk.station, decide.accept(ACCEPTANCE), "refused", "unheard_of", seq=4, body=b"\xff")
    board = _shown(desk, "refused").refused
    said = [
        [board.table.rows.data(board.table.rows.index(row, column)) for column in range(4)]
        for row in range(2)
    ]
    assert [row[1:] for row in said] == [
        ["签名不符，可能是伪造", "受理", ACCEPTANCE.number],
        ["unheard_of", "无法识别的内容", ""],
    ]
    assert not board.release.isVisible()


def test_of_many_held_records_a_page_is_read_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 3)
    join(desk.station)
    for seq in range(1, 8):
        hold(desk.station, decide.accept(ACCEPTANCE), "refused", "forged", seq=seq)
    page = _shown(desk, "refused")
    shown = []
    for _ in range(3):
        shown.append((page.refused.table.model().rowCount(), page.refused.more.isVisible()))
        page.refused.more.click()
        desk.settle()
    assert shown == [(3, True), (6, True), (7, False)]


def test_the_day_s_end_is_counted_and_printed(desk: Desk, tmp_path: Path) -> None:
    join(desk.station)
    one = desk.station.call(accept_case, form())
    page = _shown(desk, "day_end")
    board = page.day_end
    assert [board.figures[name].text() for name in ("accepted", "confirmed", "waiting")] == ["1", "0", "1"]
    assert one.number in board.open_numbers.text()
    confirm(desk.station)
    page.refresh()
    desk.settle()
    assert [board.figures[name].text() for name in ("accepted", "confirmed", "waiting")] == ["1", "1", "0"]
    assert board.digest.text().replace(" ", "")
    slip = desk.station.call(day_end_slip, date(2026, 11, 18))
    assert len(slip_pages(slip, "80mm", 200)) == 1  # fonts are read before anyone waits for them
    board.save_to(slip, "a5", tmp_path / "day.pdf")
    desk.settle()
    assert (tmp_path / "day.pdf").read_bytes().startswith(b"%PDF")


def test_what_is_open_at_the_day_s_end_scrolls_where_it_is_long(desk: Desk, theme: Theme) -> None:
    before = theme.tokens
    theme.use(before.scheme, TextSize.LARGER)
    join(desk.station)
    for _ in range(45):
        desk.station.call(accept_case, form())
    page = _shown(desk, "day_end")
    page.resize(1260, 560)
    numbers = page.day_end.open_numbers
    desk.until(lambda: numbers.height() >= numbers.heightForWidth(numbers.width()))
    assert numbers.text().endswith("等 45 件")
    theme.use(before.scheme, before.text_size)


def test_another_day_is_looked_at_and_stays(desk: Desk) -> None:
    page = _shown(desk, "day_end")
    board = page.day_end
    assert board.chosen_day() == date(2026, 11, 18)
    assert not board.after.isEnabled()
    board.before.click()
    desk.settle()
    assert (board.chosen_day(), board.after.isEnabled()) == (date(2026, 11, 17), True)
    page.refresh()
    desk.settle()
    assert board.chosen_day() == date(2026, 11, 17)


def test_ctrl_k_knows_sync_before_its_page_was_opened(desk: Desk) -> None:
    provider = find.provider(desk.context)
    assert [one.title for one in provider("ljtb")] == ["立即同步"]  # type: ignore[union-attr]
    (found,) = provider("冲突")  # type: ignore[misc]
    found.run()
    assert desk.opened == [("sync", "conflicts")]
    assert provider("") == []


def test_settings_tell_how_it_stands_and_when_to_warn(desk: Desk) -> None:
    join(desk.station)
    card = SyncCard(desk.context)
    desk.show(card)
    desk.context.sync.state_read.emit(desk.station.call(read_sync_state))
    assert "https://centre.example.gov.cn" in card.where.text()
    card.warn_days.chosen.emit(7)
    assert desk.context.settings.value.sync_warn_days == 7
    card.open.click()
    assert desk.opened == [("sync", None)]


def test_what_lasts_is_told_once(desk: Desk, notices: Notices) -> None:
    said: list[str] = []
    notices.added.connect(lambda notice: said.append(notice.text))
    telling = Telling(desk.context.sync, notices, desk.context.settings, desk.context.navigator)
    for state in (STATE, _state(offset_ms=200_000), _state(offset_ms=210_000)):
        desk.context.sync.state_read.emit(state)
    assert len(said) == 1
    assert "慢 3 分钟" in said[0]
    for state in (STATE, _state(offset_ms=-200_000), _state(failure="sync.link_down")):
        desk.context.sync.state_read.emit(state)
    assert len(said) == 2
    for state in (_state(conflicts=1), _state(conflicts=1), _state(reviews=2), STATE):
        desk.context.sync.state_read.emit(state)
    assert len(said) == 4
    telling.deleteLater()


def test_a_remark_that_was_closed_stays_closed(desk: Desk) -> None:
    join(desk.station, failure="sync.link_down")
    page = _shown(desk, "waiting")
    assert "连不上中心" in page.bar.text()
    page.bar.hide_bar()
    page.runner.read()
    desk.settle()
    assert not page.bar.isVisible()


def test_documents_that_were_not_taken_are_told_until_they_are(desk: Desk) -> None:
    join(desk.station)
    confirm(desk.station)
    kinds = ("calendar", "limits", "boards", "staff", "queue")
    keep_refused(
        desk.station.home, tuple(RefusedDocument(kind, 3, "documents.unloadable", "") for kind in kinds)
    )
    page = _shown(desk, "waiting")
    told = page.bar.text().splitlines()
    assert told[:3] == [refused_words(kind, "documents.unloadable", "") for kind in kinds[:3]]
    assert "2 份" in told[3]
    keep_refused(desk.station.home, ())
    page.runner.run_changed.emit(None)
    desk.settle()
    assert not page.bar.isVisible()


def test_before_the_first_sync_the_node_above_is_told_by_its_address(desk: Desk) -> None:
    join(desk.station, heard_at=None, url="https://10.1.2.3:8460")
    page = _shown(desk, "waiting")
    assert page.where.text().startswith("上级：https://10.1.2.3:8460 ")
    assert page.where.text().count("https") == 1
