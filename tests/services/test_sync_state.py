"""What a desk shows of sync, over a real store whose tables of sync are filled by hand."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from db.rows import sync_rows
from db.rows.record_labels import RecordArea
from db.schema import conflict
from domain.cases import decide
from domain.cases.decisions import ConflictChoice, ReviewDecision
from domain.cases.model import CaseState
from domain.errors import AppError
from domain.queue.desk import TicketOrder
from domain.staff import Actor, Role
from services.back_office.closing import reopen_case
from services.case_lists import count_lists, read_list
from services.case_steps import answer_case
from services.case_view import view_case
from services.cases import Accepted, accept_case, show_case
from services.printing import record_print
from services.queue.tickets import issue_ticket
from services.station import Station
from services.sync.conflicts import decide_conflict, list_conflicts
from services.sync.day_end import day_end, day_end_slip
from services.sync.quarantine import release
from services.sync.reviews import decide_review, list_reviews
from services.sync.state import Phase, read_sync_state
from services.sync.waiting import list_quarantined, list_refused, list_waiting
from tests.fixed import FixedClock, form
from tests.made_cases import ACCEPTANCE
from tests.sync_tables import (
    arrive,
    confirm,
    doubt,
    file_on_its_way,
    hold,
    join,
    last_seq,
    name_device,
    two_answers,
)

SUPERVISOR = Actor("supervisor", Role.SUPERVISOR)


def _accept(station: Station) -> Accepted:
    return station.call(accept_case, form())


def test_a_station_of_its_own_waits_for_nothing(station: Station) -> None:
    _accept(station)
    state = station.call(read_sync_state)
    assert (state.phase, state.joined, state.waiting, state.silent_ms) == (Phase.ALONE, False, 0, 0)
    assert station.call(list_waiting).rows == ()
    assert station.call(count_lists).counts["waiting"] == 0


def test_what_the_node_above_lacks_is_counted_by_records(station: Station, clock: FixedClock) -> None:
    join(station)
    confirm(station)
    one = _accept(station)
    clock.move(hours=1)
    station.call(answer_case, one.id, "好")
    two = _accept(station)
    state = station.call(read_sync_state)
    assert (state.phase, state.records) == (Phase.WAITING, 2)
    assert state.waiting >= 3
    assert clock.now_ms() - (state.oldest_at or 0) == 3_600_000
    listed = station.call(list_waiting)
    assert [row.label.number for row in listed.rows] == [one.number, two.number]
    assert {row.label.area for row in listed.rows} == {RecordArea.CASE}
    assert listed.rows[0].events >= 2
    assert station.call(list_waiting, limit=1).total == 2
    assert [row.number for row in station.call(read_list, "waiting").rows] == [two.number, one.number]
    assert station.call(count_lists).counts["waiting"] == 2


def test_once_confirmed_nothing_waits(station: Station) -> None:
    join(station)
    _accept(station)
    assert station.call(read_sync_state).waiting > 0
    confirm(station)
    state = station.call(read_sync_state)
    assert (state.phase, state.waiting, state.records, state.oldest_at) == (Phase.SYNCED, 0, 0, None)
    assert station.call(list_waiting).rows == ()


def test_without_its_own_chain_a_station_would_see_nothing_waiting(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row of one's own chain is noted when it is signed, later than the events."""
    join(station)
    _accept(station)
    monkeypatch.setattr(sync_rows.SyncRows, "_present_chain", lambda self, _: {})
    assert station.call(read_sync_state).waiting == 0


def test_files_wait_too(station: Station) -> None:
    join(station)
    confirm(station)
    file_on_its_way(station)
    state = station.call(read_sync_state)
    assert (state.files, state.phase) == (1, Phase.WAITING)


@pytest.mark.parametrize(
    ("failure", "phase"),
    [("", Phase.SYNCED), ("sync.link_down", Phase.OFFLINE), ("device.revoked", Phase.REVOKED)],
)
def test_the_last_run_says_how_the_line_is(station: Station, failure: str, phase: Phase) -> None:
    join(station, failure=failure)
    confirm(station)
    assert station.call(read_sync_state).phase is phase


@pytest.mark.parametrize(
    ("offset_ms", "is_off"), [(0, False), (120_000, False), (-120_001, True), (600_000, True)]
)
def test_a_clock_that_is_off_is_told(station: Station, offset_ms: int, is_off: bool) -> None:
    join(station, offset_ms=offset_ms)
    assert station.call(read_sync_state).clock_is_off is is_off


def test_how_long_nothing_was_heard(station: Station, clock: FixedClock) -> None:
    join(station)
    clock.move(days=4)
    assert station.call(read_sync_state).silent_ms == 4 * 86_400_000 + 60_000


def test_a_slip_says_whether_the_case_is_above(station: Station) -> None:
    one = _accept(station)
    link = lambda: station.call(record_print, one.id, "case_slip", "a5").document["mark"]["link"]  # noqa: E731
    assert link() == "local"
    assert station.call(view_case, one.id).at_centre is None
    join(station)
    assert link() == "local"
    assert station.call(view_case, one.id).at_centre is False
    confirm(station)
    assert station.call(view_case, one.id).at_centre is True
    assert link() == "synced"
    # Its own print is a step of the case that is not above yet.
    assert link() == "local"


def test_refused_and_quarantined_are_listed_with_what_they_are(station: Station) -> None:
    name_device(station, "3 号窗口")
    hold(station, decide.accept(ACCEPTANCE), "refused", "bad_signature", seq=3)
    hold(station, decide.accept(ACCEPTANCE), "refused", "malformed", seq=4, body=b"\xff no event")
    key = hold(station, decide.accept(ACCEPTANCE), "quarantined", "device_revoked", seq=5)
    whole, broken = station.call(list_refused)
    assert (whole.reason, whole.kind, whole.label.number) == (
        "bad_signature",
        "case_accepted",
        ACCEPTANCE.number,
    )
    assert (broken.reason, broken.kind, broken.device_name) == ("malformed", "", "3 号窗口")
    assert [one.key for one in station.call(list_quarantined)] == [key]
    state = station.call(read_sync_state)
    assert (state.refused, state.quarantined, state.to_decide) == (2, 1, 1)


def test_what_lay_in_quarantine_is_let_in_by_a_supervisor(station: Station) -> None:
    key = hold(station, decide.accept(ACCEPTANCE), "quarantined", "device_revoked")
    with pytest.raises(AppError) as caught:
        station.call(release, key)
    assert caught.value.code == "permission.denied"
    station.call(release, key, as_actor=SUPERVISOR)
    assert station.call(show_case, ACCEPTANCE.number).number == ACCEPTANCE.number
    assert station.call(list_quarantined) == ()
    with pytest.raises(AppError) as caught:
        station.call(release, key, as_actor=SUPERVISOR)
    assert caught.value.code == "sync.held_gone"


def test_what_is_no_event_is_never_let_in(station: Station) -> None:
    key = hold(station, decide.accept(ACCEPTANCE), "quarantined", "malformed", body=b"{}")
    with pytest.raises(AppError) as caught:
        station.call(release, key, as_actor=SUPERVISOR)
    assert caught.value.code == "sync.held_broken"
    assert len(station.call(list_quarantined)) == 1


def _in_conflict(station: Station, clock: FixedClock) -> tuple[Accepted, str]:
    one = _accept(station)
    clock.move(hours=1)
    station.call(answer_case, one.id, "已当场答复")
    clock.move(hours=1)
    name_device(station, "3 号窗口")
    return one, two_answers(station, station.call(show_case, one.id), clock.now_ms())


def test_a_conflict_stands_side_by_side(station: Station, clock: FixedClock) -> None:
    one, late = _in_conflict(station, clock)
    (view,) = station.call(list_conflicts)
    assert (view.event, view.label.number, view.code) == (late, one.number, "case_closed")
    assert view.kept is not None
    assert (view.kept.kind, view.kept.is_here, view.kept.detail["answer"]) == (
        "case_answered",
        True,
        "已当场答复",
    )
    assert (view.late.kind, view.late.device_name, view.late.is_here) == ("case_withdrawn", "3 号窗口", False)
    assert view.late.detail["reason"] == "企业自行办理，不再需要"
    assert not view.may_take
    assert station.call(count_lists).counts["conflicts"] == 1


@pytest.mark.parametrize("choice", [ConflictChoice.KEPT, ConflictChoice.BOTH])
def test_a_decision_ends_the_conflict_everywhere(
    station: Station, clock: FixedClock, choice: ConflictChoice
) -> None:
    one, late = _in_conflict(station, clock)
    station.call(decide_conflict, late, choice)
    case = station.call(show_case, one.id)
    assert (case.state, case.unfit) == (CaseState.RESOLVED, ())
    assert case.timeline[-1].detail == {"event": late, "choice": choice.value}
    assert station.call(list_conflicts) == ()
    assert station.call(count_lists).counts["conflicts"] == 0
    with pytest.raises(AppError) as caught:
        station.call(decide_conflict, late, choice)
    assert caught.value.code == "sync.conflict_gone"


def test_the_other_takes_no_place_where_it_does_not_fit(station: Station, clock: FixedClock) -> None:
    one, late = _in_conflict(station, clock)
    seq = last_seq(station)
    with pytest.raises(AppError) as caught:
        station.call(decide_conflict, late, ConflictChoice.OTHER)
    assert caught.value.code == "sync.choice_unfit"
    assert last_seq(station) == seq
    assert len(station.call(list_conflicts)) == 1
    assert station.call(show_case, one.id).state is CaseState.RESOLVED


def test_the_other_takes_the_place_where_it_fits_now(station: Station, clock: FixedClock) -> None:
    """The case is open again: that the enterprise gives up is what is to be recorded."""
    one, late = _in_conflict(station, clock)
    station.call(reopen_case, one.id, "答复有误", as_actor=SUPERVISOR)
    (view,) = station.call(list_conflicts)
    assert view.may_take
    station.call(decide_conflict, late, ConflictChoice.OTHER)
    case = station.call(show_case, one.id)
    assert (case.state, case.reason, case.unfit) == (CaseState.WITHDRAWN, "企业自行办理，不再需要", ())


def test_about_other_records_a_decision_is_a_note_of_this_store(station: Station) -> None:
    ticket = station.call(issue_ticket, TicketOrder(group="A")).ticket
    row = {"event": ticket.id, "stream": ticket.id, "code": "malformed", "found_at": 5}
    station.call(lambda uow, *_: uow.connection.execute(sa.insert(conflict), row))
    (view,) = station.call(list_conflicts)
    assert (view.label.area, view.label.number, view.may_take) == (RecordArea.TICKET, ticket.number, False)
    with pytest.raises(AppError) as caught:
        station.call(decide_conflict, ticket.id, ConflictChoice.OTHER)
    assert caught.value.code == "sync.choice_unfit"
    seq = last_seq(station)
    station.call(decide_conflict, ticket.id, ConflictChoice.KEPT)
    assert (station.call(list_conflicts), last_seq(station)) == ((), seq)


def _doubted(station: Station, clock: FixedClock) -> tuple[Accepted, str]:
    one = _accept(station)
    clock.move(hours=1)
    step = arrive(
        station, decide.answer(station.call(show_case, one.id), "越权答复"), one.id, 5, clock.now_ms()
    )
    doubt(station, step, one.id)
    return one, step


def test_a_step_without_a_right_is_undone_with_a_word_why(station: Station, clock: FixedClock) -> None:
    one, step = _doubted(station, clock)
    (view,) = station.call(list_reviews)
    assert (view.event, view.label.number, view.step.kind, view.may_undo) == (
        step,
        one.number,
        "case_answered",
        True,
    )
    with pytest.raises(AppError) as caught:
        station.call(decide_review, step, ReviewDecision.UNDONE, " ", as_actor=SUPERVISOR)
    assert caught.value.code == "sync.why_missing"
    station.call(decide_review, step, ReviewDecision.UNDONE, "已调离窗口", as_actor=SUPERVISOR)
    case = station.call(show_case, one.id)
    assert case.is_open
    assert case.timeline[-1].detail["reason"] == "已调离窗口"
    assert station.call(read_sync_state).reviews == 0


def test_a_step_that_is_kept_goes_on_counting(station: Station, clock: FixedClock) -> None:
    one, step = _doubted(station, clock)
    station.call(decide_review, step, ReviewDecision.KEPT, as_actor=SUPERVISOR)
    assert station.call(show_case, one.id).state is CaseState.RESOLVED
    assert station.call(list_reviews) == ()
    with pytest.raises(AppError) as caught:
        station.call(decide_review, step, ReviewDecision.KEPT, as_actor=SUPERVISOR)
    assert caught.value.code == "sync.review_gone"


def test_the_acceptance_itself_is_not_undone(station: Station) -> None:
    one = _accept(station)
    doubt(station, one.id, one.id)
    assert [view.may_undo for view in station.call(list_reviews)] == [False]
    with pytest.raises(AppError) as caught:
        station.call(decide_review, one.id, ReviewDecision.UNDONE, "误受理", as_actor=SUPERVISOR)
    assert caught.value.code == "sync.undo_unfit"


def test_a_clerk_decides_no_review(station: Station, clock: FixedClock) -> None:
    _, step = _doubted(station, clock)
    with pytest.raises(AppError) as caught:
        station.call(decide_review, step, ReviewDecision.KEPT)
    assert caught.value.code == "permission.denied"


def test_the_day_s_end(station: Station, clock: FixedClock) -> None:
    join(station)
    cases = [_accept(station) for _ in range(3)]
    confirm(station, last_seq(station) - 1)
    arrive(station, decide.accept(replace(ACCEPTANCE, number="QJ-ELSEWHERE")), None, 3, clock.now_ms())
    told = station.call(day_end)
    assert (told.day, told.accepted, told.confirmed, told.waiting) == (date(2026, 11, 18), 3, 2, 1)
    assert told.open_numbers == (cases[2].number,)
    earlier = told.digest
    confirm(station)
    told = station.call(day_end)
    assert (told.confirmed, told.waiting, told.open_numbers) == (3, 0, ())
    assert told.digest != earlier
    clock.move(days=1)
    assert station.call(day_end).accepted == 0
    assert station.call(day_end, date(2026, 11, 18)).digest == told.digest
    slip = station.call(day_end_slip, date(2026, 11, 18), window="3")
    assert (slip.accepted, slip.waiting, slip.first_number) == (3, 0, cases[0].number)
    with pytest.raises(AppError) as caught:
        station.call(day_end, date(2026, 11, 20))
    assert caught.value.code == "sync.day_invalid"


def test_a_lone_station_has_nobody_to_confirm(station: Station) -> None:
    _accept(station)
    told = station.call(day_end)
    assert (told.joined, told.accepted, told.confirmed) == (False, 1, 0)


def test_what_another_window_does_is_not_one_s_own(station: Station) -> None:
    join(station)
    confirm(station)
    arrive(station, decide.accept(ACCEPTANCE), None, 3, 0)
    assert station.call(read_sync_state).waiting == 0
