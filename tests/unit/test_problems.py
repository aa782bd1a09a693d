"""Common problems: folding is total and, in whatever order the events arrive, the same."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.cases.model import Scope
from domain.errors import AppError
from domain.events.clock import pack
from domain.events.event import Event, NewEvent
from domain.events.kinds import CURRENT
from domain.supervision import problems
from domain.supervision.problems import Problem, ProblemState, fold_problem
from domain.supervision.references import problem_ref
from tests.fixed import WEDNESDAY

STREAM = "019a95a0-0000-7000-8000-0000000000aa"
A, B, C = "case-a", "case-b", "case-c"


def event(new: NewEvent, at: int, **changes: Any) -> Event:
    values: dict[str, Any] = {
        "id": STREAM if at == 0 else f"019a95a0-0000-7000-8000-{at:012d}",
        "stream": STREAM,
        "kind": new.kind,
        "kind_version": 1,
        "device": "d1",
        "incarnation": 1,
        "seq": at + 1,
        "hlc": pack(WEDNESDAY + at, 0),
        "actor": "policy",
        "site": "demo",
        "payload": new.payload,
        "private": new.private,
        "private_hash": None if new.private is None else "hash",
    }
    return Event(**{**values, **changes})


BEGUN = problems.begin("停电", "夜间", Scope.BLOCK, (A,))


def folded(*steps: NewEvent) -> Problem:
    problem = fold_problem([event(new, at) for at, new in enumerate([BEGUN, *steps])])
    assert problem is not None
    return problem


def joined(*cases: str) -> NewEvent:
    return NewEvent("problem_joined", {"cases": list(cases)})


def test_members_come_go_and_are_answered() -> None:
    problem = folded(joined(B, C, A), NewEvent("problem_left", {"cases": [C, "never"]}, {"reason": "x"}))
    assert [one.case_id for one in problem.members] == [A, B]
    assert problem.state is ProblemState.OPEN
    first = problems.answer(problem, "已增容", "policy", (A,))
    assert first is not None
    half = folded(joined(B), first)
    assert (half.state, [one.answered_at is not None for one in half.members]) == (
        ProblemState.OPEN,
        [True, False],
    )
    whole = folded(joined(B), first, NewEvent("problem_answered", {"cases": [B]}, {"answer": "好"}))
    assert whole.state is ProblemState.ANSWERED
    again = folded(
        joined(B), first, NewEvent("problem_answered", {"cases": [B]}, {"answer": "好"}), joined(C)
    )
    assert again.state is ProblemState.OPEN


def test_what_is_so_already_is_no_event() -> None:
    problem = folded(joined(B))
    assert problems.join(problem, (A, B)) is None
    assert problems.leave(problem, (C,), "") is None
    answered = folded(NewEvent("problem_answered", {"cases": [A], "board": "policy"}, {"answer": "好"}))
    assert problems.answer(answered, "好", "policy", ()) is None
    assert problems.answer(answered, "更好", "policy", ()) is not None


def test_bad_input_is_refused() -> None:
    for title, code in (("", "title_missing"), ("长" * 121, "title_too_long")):
        with pytest.raises(AppError, match=code):
            problems.begin(title, "", Scope.POINT, ())
    with pytest.raises(AppError, match="too_many_cases"):
        problems.join(folded(), tuple(f"c{at}" for at in range(501)))
    with pytest.raises(AppError, match="reason_missing"):
        problems.leave(folded(), (A,), "")


ANYTHING = st.dictionaries(
    st.sampled_from(["cases", "scope", "board", "at", "x"]),
    st.one_of(st.none(), st.integers(), st.text(max_size=3), st.lists(st.sampled_from([A, B, C, 1]))),
)
KINDS = st.sampled_from([*sorted(problems.KINDS), "problem_sealed", "case_urged"])


@settings(deadline=None, max_examples=80)
@given(st.lists(st.tuples(KINDS, ANYTHING, st.one_of(st.none(), ANYTHING)), max_size=6), st.randoms())
def test_folding_is_total_and_knows_no_order_of_arrival(steps: list[Any], chance: Any) -> None:
    events = [event(BEGUN, 0)]
    events += [event(NewEvent(kind, facts, secret), at) for at, (kind, facts, secret) in enumerate(steps, 1)]
    problem = fold_problem(events)
    chance.shuffle(events)
    assert problem is not None
    assert fold_problem(events) == problem
    known = {one[0] for one in problem.unfit}
    assert known <= {one.id for one in events}
    assert problem.newer == any(kind not in CURRENT for kind, _, _ in steps)


def test_nothing_without_its_beginning() -> None:
    assert fold_problem([]) is None
    assert fold_problem([event(joined(A), 3)]) is None


def test_its_short_name_is_the_same_everywhere() -> None:
    assert problem_ref(STREAM) == problem_ref(STREAM)
    assert len(problem_ref(STREAM)) == 7
    assert problem_ref(STREAM) != problem_ref(STREAM[:-1] + "b")
