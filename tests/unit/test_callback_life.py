"""A callback in its case: converging, void once the case is opened again, and what is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.callbacks import decide
from domain.callbacks.decide import Call, callback_of, state_of
from domain.callbacks.model import Attitude, CallbackState, CallResult, SampleGroup
from domain.cases import closing
from domain.cases import decide as cases
from domain.cases.model import Case, CaseState, Due, Limit, LimitClass
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.staff import Actor
from tests.fixed import WEDNESDAY
from tests.made_cases import accepted, case_after

CLERK, OTHER = Actor("clerk"), Actor("clerk2")
ANSWER = cases.answer(accepted(), "已答复。")
assert ANSWER is not None
DRAWN = decide.draw(case_after(ANSWER), SampleGroup.ORDINARY, WEDNESDAY + 1)
assert DRAWN is not None
SOLVED = Call(CallResult.REACHED, solved=True, level=5)
BAD = Call(CallResult.REACHED, solved=False)
MISSED = Call(CallResult.NO_ANSWER)
AGAIN = {"limit": {"class": "standard", "days": None, "profile": "provincial"}, "due": None}


def after(*steps: NewEvent) -> Case:
    assert ANSWER is not None
    assert DRAWN is not None
    return case_after(ANSWER, DRAWN, *steps)


def recorded(call: Call, *before: NewEvent) -> NewEvent:
    return decide.record(after(*before), call, 3)


def only(case: Case) -> CallbackState:
    (task,) = case.callbacks
    return state_of(case, task)


def test_drawing_twice_makes_one_task() -> None:
    assert DRAWN is not None
    assert len(after(DRAWN).callbacks) == 1
    assert after(DRAWN).unfit == ()
    assert decide.draw(after(), SampleGroup.ORDINARY, 1) is None


def test_an_open_case_is_not_drawn() -> None:
    with pytest.raises(AppError, match=r"callbacks\.not_closed"):
        decide.draw(accepted(), SampleGroup.ORDINARY, 1)


def test_two_who_call_the_same_converge_and_the_second_is_shown() -> None:
    first, second = recorded(SOLVED), recorded(BAD)
    case = after(first, second)
    assert [code for _, code in case.unfit] == ["callback_done"]
    assert (case.state, only(case)) == (CaseState.CALLED_BACK, CallbackState.DONE)
    assert case.callbacks[0].answers.solved is True
    assert len(case.timeline) == 5


def test_calls_that_reach_nobody_end_the_task_and_one_that_rings_back_is_heard() -> None:
    missed = recorded(MISSED)
    assert "ends" not in missed.payload
    last = recorded(MISSED, missed, missed)
    case = after(missed, missed, last)
    assert (only(case), case.state) == (CallbackState.UNREACHABLE, CaseState.CALLED_BACK)
    heard = decide.record(case, SOLVED, 3)
    assert only(after(missed, missed, last, heard)) is CallbackState.DONE


def test_not_solved_or_dissatisfied_opens_the_case_again() -> None:
    limit, due = Limit(LimitClass.STANDARD), Due(WEDNESDAY + 9, False, 1)
    for call in (BAD, Call(CallResult.REACHED, solved=True, level=2)):
        bad = recorded(call)
        again = closing.reopen(after(), CLERK, "没有解决", limit, due)
        assert again is not None
        case = after(bad, again)
        assert (case.is_open, case.unfit, only(case)) == (True, (), CallbackState.REOPENED)
    assert "reopens" not in recorded(Call(CallResult.REACHED, solved=True, level=3)).payload


def test_an_open_task_is_void_once_the_case_is_opened_again() -> None:
    case = after(NewEvent("case_reopened", AGAIN, {"reason": "x"}))
    assert only(case) is CallbackState.REOPENED
    with pytest.raises(AppError, match=r"callbacks\.none"):
        decide.record(case, SOLVED, 3)
    assert callback_of(case, 2) is None


def test_a_second_callback_without_an_answer_needs_a_note() -> None:
    assert ANSWER is not None
    closed = (
        NewEvent("case_reopened", AGAIN, {"reason": "x"}),
        NewEvent("case_answered", {}, {"answer": "y"}),
    )
    twice = decide.draw(after(*closed), SampleGroup.REOPENED, 1)
    assert twice is not None
    case = after(*closed, twice)
    with pytest.raises(AppError, match=r"callbacks\.note_missing"):
        decide.record(case, Call(CallResult.REFUSED), 3)
    noted = decide.record(case, Call(CallResult.REFUSED, note="不愿多谈"), 3)
    done = after(*closed, twice, noted)
    assert [state_of(done, task) for task in done.callbacks] == [CallbackState.REOPENED, CallbackState.DONE]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (Call(CallResult.REACHED), "callbacks.solved_missing"),
        (Call(CallResult.NO_ANSWER, solved=True), "callbacks.answers_unexpected"),
        (Call(CallResult.REACHED, level=6), "callbacks.level_invalid"),
        (Call(CallResult.REACHED, solved=True, wish="长" * 1001), "callbacks.words_too_long"),
    ],
)
def test_what_cannot_be_entered(call: Call, code: str) -> None:
    with pytest.raises(AppError) as refused:
        recorded(call)
    assert refused.value.code == code


def test_a_task_that_is_done_is_not_called_again() -> None:
    with pytest.raises(AppError, match=r"callbacks\.done"):
        recorded(SOLVED, recorded(SOLVED))
    assert decide.take(after(NewEvent("callback_taken", {"round": 1, "caller": "clerk"})), CLERK) is None


def test_the_timeline_tells_nothing_of_what_was_said() -> None:
    call = Call(CallResult.REACHED, False, False, Attitude.POOR, 1, "态度很差", "语气激动")
    case = after(recorded(call))
    assert [entry.detail for entry in case.timeline[2:]] == [{}, {}]


RESULTS = st.sampled_from(
    [*(Call(result) for result in CallResult if result is not CallResult.REACHED), SOLVED, BAD]
)


@given(st.lists(st.tuples(st.sampled_from(["draw", "take", "call"]), RESULTS), max_size=8))
@settings(max_examples=80, deadline=None)
def test_any_order_of_steps_folds_without_loss(steps: list[tuple[str, Call]]) -> None:
    """Whatever two nodes did apart: every step is in the timeline, and at most one call reached somebody."""
    assert DRAWN is not None
    made = [
        {"draw": DRAWN, "take": NewEvent("callback_taken", {"round": 1, "caller": "clerk2"})}.get(name)
        or recorded(call)
        for name, call in steps
    ]
    case = after(*made)
    assert len(case.timeline) == 3 + len(made)
    task = case.callbacks[0]
    reached = [one for one in task.attempts if one.result is CallResult.REACHED]
    assert len(reached) <= 1
    calls = sum(name == "call" for name, _ in steps)
    taken_late = [code for _, code in case.unfit]
    assert len(task.attempts) + taken_late.count("callback_done") >= calls
