"""The round of calls: who is asked, what is written down, what follows; forms and their codes."""

from collections import Counter
from dataclasses import asdict
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.schema import event
from domain.callbacks import codes
from domain.callbacks.decide import Call
from domain.callbacks.model import CallResult
from domain.cases.intake import ContactForm
from domain.cases.model import Case, CaseKind, CaseState
from domain.errors import AppError
from domain.staff import Actor, Role
from services.back_office import stepping
from services.back_office.closing import archive_case, feed_back_case, reopen_case, resolve_case
from services.callbacks import sample
from services.callbacks.forms import callback_form
from services.callbacks.rules import change_callback_rules, read_callback_rules
from services.callbacks.sample import draw_sample
from services.callbacks.tasks import (
    count_callbacks,
    find_task_by_code,
    list_callbacks,
    open_callback,
    record_callback,
    take_callback,
)
from services.case_steps import answer_case, withdraw_case
from services.cases import accept_case, show_case
from services.station import Station
from tests.fixed import FixedClock, form, local_ms

CLERK, OTHER = Actor("clerk"), Actor("clerk2")
SUPERVISOR = Actor("supervisor", Role.SUPERVISOR)
POLICY = Actor("policy", Role.SPECIALIST, board="policy")
PHONE = "13812345678"
SOLVED = Call(CallResult.REACHED, solved=True, level=5)
UNSOLVED = Call(CallResult.REACHED, solved=False, wish="还没到账")
CONTACT = ContactForm(name="王晓", phone=PHONE)


def closed(station: Station, **fields: Any) -> Case:
    """A case that was answered at once."""
    wanted = {"contact": CONTACT, **fields}
    accepted = station.call(accept_case, form(**wanted), as_actor=CLERK)
    case: Case = station.call(answer_case, accepted.id, "已答复。", as_actor=CLERK)
    return case


def numbers(station: Station, name: str = "open", actor: Actor = CLERK) -> list[str]:
    return [task.number for task in station.call(list_callbacks, name, as_actor=actor).rows]


def test_the_first_closing_of_a_month_is_drawn_and_once(station: Station) -> None:
    case = closed(station)
    assert numbers(station) == []
    assert (station.call(draw_sample), station.call(draw_sample)) == (1, 0)
    assert numbers(station) == [case.number]


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=5))
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_after_every_draw_the_share_holds_and_sure_ones_have_their_task(
    station: Station, days: list[tuple[int, bool]]
) -> None:
    for ordinary, complaint in days:
        for _ in range(ordinary):
            closed(station)
        made = closed(station, kind=CaseKind.COMPLAINT, boards=("appeal",)) if complaint else None
        if made is not None:
            assert made.number in numbers(station)
        station.call(draw_sample)
        closings = station.call(lambda uow, *_: uow.callbacks.closings("demo", 0, 1 << 60))
        groups = Counter(one.group for one in closings)
        drawn = Counter(one.group for one in closings if one.drawn)
        assert drawn["complaint"] == groups["complaint"]
        assert drawn["ordinary"] == -(-groups["ordinary"] // 5)


def test_complaints_and_reopened_cases_have_their_task_at_the_feedback(station: Station) -> None:
    case = closed(station, kind=CaseKind.COMPLAINT, boards=("appeal",))
    assert numbers(station) == [case.number]
    ordinary = station.call(accept_case, form(), as_actor=CLERK)
    resolved = through_the_board(station, ordinary.id)
    assert resolved.number not in numbers(station)
    station.call(reopen_case, ordinary.id, "没有到账", as_actor=CLERK)
    again = through_the_board(station, ordinary.id)
    assert again.number in numbers(station)
    assert [(one.round, one.group.value) for one in again.callbacks] == [(2, "reopened")]


def test_a_closing_taken_back_before_the_draw_is_not_drawn(station: Station) -> None:
    """Its row in the pool goes, or the draw would ask about a case that is open."""
    case = station.call(accept_case, form(), as_actor=CLERK)
    through_the_board(station, case.id)
    station.call(reopen_case, case.id, "没有到账", as_actor=CLERK)
    assert station.call(draw_sample) == 0
    assert station.call(lambda uow, *_: uow.callbacks.pools(0)) == []


def through_the_board(station: Station, case_id: str) -> Case:
    station.call(answer_case, case_id, "已兑现。", as_actor=POLICY)
    station.call(resolve_case, case_id, as_actor=POLICY)
    case: Case = station.call(feed_back_case, case_id, as_actor=CLERK)
    return case


def test_without_the_step_at_closing_a_complaint_would_wait(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping, "draw_for_sure", lambda *_: False)
    closed(station, kind=CaseKind.COMPLAINT, boards=("appeal",))
    assert numbers(station) == []


def test_what_was_never_answered_is_not_asked_about(station: Station) -> None:
    accepted = station.call(accept_case, form(), as_actor=CLERK)
    station.call(withdraw_case, accepted.id, "自行办理", as_actor=CLERK)
    station.call(archive_case, accepted.id, as_actor=CLERK)
    resolved = station.call(accept_case, form(), as_actor=CLERK)
    station.call(answer_case, resolved.id, "好", as_actor=POLICY)
    station.call(resolve_case, resolved.id, as_actor=POLICY)
    assert station.call(draw_sample) == 0


def test_due_is_three_working_days_after_closing(station: Station, clock: FixedClock) -> None:
    closed(station)
    clock.set("2026-11-19 09:00")
    station.call(draw_sample)
    (task,) = station.call(list_callbacks, as_actor=CLERK).rows
    assert task.due_at == local_ms("2026-11-23 17:00")
    clock.set("2026-11-23 18:00")
    assert numbers(station, "overdue") == [task.number]


def test_a_top_up_that_finds_an_old_closing_gives_time(station: Station, clock: FixedClock) -> None:
    closed(station)
    clock.set("2026-11-30 10:00")
    station.call(draw_sample)
    (task,) = station.call(list_callbacks, as_actor=CLERK).rows
    assert task.due_at == local_ms("2026-12-03 17:00")


def test_every_month_has_its_own_sample(station: Station, clock: FixedClock) -> None:
    closed(station)
    clock.set("2026-12-02 10:00")
    closed(station)
    assert station.call(draw_sample) == 2


def test_the_key_is_made_once_and_stays_in_its_table(station: Station) -> None:
    closed(station)
    station.call(draw_sample)
    keys = {station.call(lambda uow, clock, _: sample.callback_key(uow, clock.now_ms())) for _ in range(2)}
    (key,) = keys
    bodies = station.call(lambda uow, *_: uow.connection.execute(sa.select(event.c.body)).scalars().all())
    documents = station.call(lambda uow, *_: [uow.reference.get(kind) for kind in uow.reference.versions()])
    assert len(key) == 32
    assert not any(key in body or key.hex().encode() in body for body in bodies)
    assert key.hex() not in repr(documents)


def test_a_store_whose_centre_draws_leaves_the_lot_to_it(station: Station) -> None:
    rules = station.call(read_callback_rules).document()
    station.call(change_callback_rules, {**rules, "drawn_here": False}, as_actor=SUPERVISOR)
    closed(station)
    closed(station, kind=CaseKind.COMPLAINT, boards=("appeal",))
    assert station.call(draw_sample) == 0
    assert len(numbers(station)) == 1


def test_shares_are_the_sites_to_set(station: Station) -> None:
    rules = station.call(read_callback_rules).document()
    with pytest.raises(AppError, match=r"permission\.denied"):
        station.call(change_callback_rules, rules, as_actor=CLERK)
    fresh = {**rules, "percent": {"ordinary": 50, "hard": 100, "complaint": 100}}
    station.call(change_callback_rules, fresh, as_actor=SUPERVISOR)
    for _ in range(4):
        closed(station)
    assert station.call(draw_sample) == 2


def test_a_number_is_whole_only_for_the_one_who_took_the_task(station: Station) -> None:
    case = closed(station, kind=CaseKind.COMPLAINT, boards=("appeal",))
    assert PHONE not in repr(asdict(station.call(list_callbacks, as_actor=CLERK).rows[0]))
    assert station.call(open_callback, case.number, as_actor=CLERK).phone == "138****5678"
    view = station.call(take_callback, case.number, as_actor=CLERK)
    assert view.phone == PHONE
    assert station.call(open_callback, case.number, as_actor=OTHER).phone == "138****5678"
    assert (numbers(station, "mine"), numbers(station, "mine", OTHER)) == ([case.number], [])
    done = station.call(record_callback, case.number, SOLVED, as_actor=CLERK)
    assert done.phone == "138****5678"


def test_a_good_answer_ends_the_case_called_back(station: Station) -> None:
    case = closed(station, kind=CaseKind.COMPLAINT, boards=("appeal",))
    view = station.call(record_callback, case.number, SOLVED, as_actor=CLERK)
    assert (view.task.state, view.task.level) == ("done", 5)
    assert station.call(show_case, case.id).state is CaseState.CALLED_BACK
    with pytest.raises(AppError, match=r"callbacks\.done"):
        station.call(record_callback, case.number, SOLVED, as_actor=OTHER)
    assert station.call(count_callbacks, as_actor=CLERK)["done"] == 1


def test_a_bad_answer_opens_the_case_again_with_a_new_clock_and_a_second_callback(
    station: Station, clock: FixedClock
) -> None:
    case = closed(station)
    station.call(draw_sample)
    clock.move(days=1)
    view = station.call(record_callback, case.number, UNSOLVED, as_actor=CLERK)
    opened = station.call(show_case, case.id)
    assert (view.task.state, opened.state, opened.unfit) == ("reopened", CaseState.REOPENED, ())
    assert opened.limit_from == clock.now_ms()
    assert "到账" not in opened.reason
    station.call(answer_case, case.id, "已补发。", as_actor=POLICY)
    station.call(resolve_case, case.id, as_actor=POLICY)
    again = station.call(feed_back_case, case.id, as_actor=CLERK)
    assert [one.round for one in again.callbacks] == [1, 2]
    assert numbers(station) == [case.number]


def test_three_calls_to_nobody_end_it(station: Station) -> None:
    case = closed(station, kind=CaseKind.COMPLAINT, boards=("appeal",))
    for _ in range(3):
        view = station.call(record_callback, case.number, Call(CallResult.NO_ANSWER), as_actor=CLERK)
    assert (view.task.state, view.task.attempts) == ("unreachable", 3)
    assert numbers(station, "unreachable") == [case.number]


def test_what_the_enterprise_said_is_no_part_of_the_open_record(station: Station) -> None:
    case = closed(station, kind=CaseKind.COMPLAINT, boards=("appeal",))
    station.call(record_callback, case.number, UNSOLVED, as_actor=CLERK)
    payloads = station.call(lambda uow, *_: [one.payload for one in uow.events.stream(case.id)])
    assert "到账" not in repr(payloads)
    assert PHONE not in repr(payloads)


def test_boards_do_not_call(station: Station) -> None:
    for service, args in ((list_callbacks, ()), (take_callback, ("x",)), (record_callback, ("x", SOLVED))):
        with pytest.raises(AppError, match=r"permission\.denied"):
            station.call(service, *args, as_actor=POLICY)


def test_a_form_gives_its_numbers_to_who_prints_it_and_its_codes_open_the_tasks(station: Station) -> None:
    cases = [closed(station, kind=CaseKind.COMPLAINT, boards=("appeal",)) for _ in range(3)]
    made = station.call(callback_form, as_actor=CLERK)
    assert {row.phone for row in made.rows} == {PHONE}
    assert not any(case.id[:8] in row.code or case.number in row.code for case in cases for row in made.rows)
    for row in made.rows:
        found = station.call(find_task_by_code, row.code, as_actor=CLERK)
        assert found.task.number == row.number
        assert station.call(record_callback, row.code, SOLVED, as_actor=CLERK).task.state == "done"
    assert numbers(station) == []


def test_a_form_leaves_out_what_a_colleague_calls_but_for_a_supervisor(station: Station) -> None:
    case = closed(station, kind=CaseKind.COMPLAINT, boards=("appeal",))
    station.call(take_callback, case.number, as_actor=OTHER)
    assert station.call(callback_form, as_actor=CLERK).rows == ()
    assert len(station.call(callback_form, as_actor=SUPERVISOR).rows) == 1


def test_codes_that_are_forged_or_not_from_here(station: Station) -> None:
    closed(station, kind=CaseKind.COMPLAINT, boards=("appeal",))
    (row,) = station.call(callback_form, as_actor=CLERK).rows
    read = codes.read_code(row.code)
    flipped = row.code[:-1] + ("A" if row.code[-1] != "A" else "Q")
    elsewhere = codes.code_text(codes.task_ref("another", 1), bytes(32))
    for text, code in (
        (flipped, "callbacks.code_forged"),
        (elsewhere, "callbacks.code_unknown"),
        ("QYC1:XX", "callbacks.code_unreadable"),
    ):
        with pytest.raises(AppError, match=code.replace(".", r"\.")):
            station.call(find_task_by_code, text, as_actor=CLERK)
    assert read.ref


def test_what_came_months_late_is_history(station: Station, clock: FixedClock) -> None:
    closed(station)
    clock.move(days=93)
    assert station.call(draw_sample) == 0
    closed(station)
    assert station.call(draw_sample) == 1
