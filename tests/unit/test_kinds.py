"""Kinds of events: each has its golden file, its step and its upcast."""

import json
from pathlib import Path

import pytest

from domain.cases import fold
from domain.cases.fold import fold_case
from domain.events import kinds
from domain.events.event import read_body
from domain.events.kinds import CURRENT, UPCASTERS, upcast
from domain.ratings import fold as rating_fold
from domain.ratings.model import RatingState
from domain.supervision import problems

GOLDEN = Path(__file__).parents[1] / "data" / "events"
OWN = {"station_opened", "incarnation_started", "station_joined", "hub_moved", "device_enrolled", "device_revoked",
       "person_erased"}  # fmt: skip
"""Kinds of the node itself."""
OF_CASES = {"case_accepted", *fold._STEPS}
OF_RATINGS = rating_fold.KINDS
OF_PROBLEMS = problems.KINDS


def test_every_version_of_every_kind_has_its_golden_file() -> None:
    kinds_here = OWN | OF_CASES | OF_RATINGS | OF_PROBLEMS
    wanted = {f"{kind}-{v}" for kind in kinds_here for v in range(1, CURRENT[kind] + 1)}
    assert {file.stem for file in GOLDEN.glob("*.json")} >= wanted


def test_every_kind_of_a_case_has_its_step() -> None:
    of_others = (
        *("station_", "incarnation_", "enterprise_", "code_", "ticket_", "window_", "group_", "hall_"),
        *("rating_", "problem_", "hub_", "device_", "person_"),
    )
    assert {kind for kind in CURRENT if not kind.startswith(of_others)} == OF_CASES
    assert {kind for kind in CURRENT if kind.startswith("rating_")} == OF_RATINGS
    assert {kind for kind in CURRENT if kind.startswith("problem_")} == OF_PROBLEMS


def test_every_older_version_has_its_upcast() -> None:
    assert set(UPCASTERS) == {(kind, v) for kind, current in CURRENT.items() for v in range(1, current)}


def test_golden_events_make_the_case_they_made() -> None:
    """All events of the golden case, read by this program, none of them unfit or unknown."""
    events = []
    for file in GOLDEN.glob("*.json"):
        kept = json.loads(file.read_text("utf-8"))
        one = read_body(kept["body"].encode(), kept["private"] and kept["private"].encode())
        if one.kind in OF_CASES:
            events.append(one)
    streams = {one.stream for one in events}
    cases = [fold_case([one for one in events if one.stream == stream]) for stream in streams]
    assert all(case is not None and not case.newer and not case.unfit for case in cases)
    seen = {entry.kind for case in cases if case for entry in case.timeline}
    assert seen == OF_CASES


def test_golden_events_make_the_rating_they_made() -> None:
    kept = [json.loads(file.read_text("utf-8")) for file in GOLDEN.glob("rating_*.json")]
    events = [read_body(one["body"].encode(), one["private"] and one["private"].encode()) for one in kept]
    rating = rating_fold.fold_rating(events)
    assert rating is not None
    assert (rating.state, rating.unfit, rating.newer) == (RatingState.RATED_AGAIN, (), False)
    assert (rating.opinion.text, rating.second and rating.second.level) == ("等了一上午", 4)


def test_golden_events_make_the_common_problem_they_made() -> None:
    kept = [json.loads(file.read_text("utf-8")) for file in GOLDEN.glob("problem_*.json")]
    events = [read_body(one["body"].encode(), one["private"] and one["private"].encode()) for one in kept]
    problem = problems.fold_problem(events)
    assert problem is not None
    assert (problem.title, problem.state, problem.unfit) == (
        "园区夜间停电",
        problems.ProblemState.ANSWERED,
        (),
    )
    assert (len(problem.members), problem.answers[0].text) == (1, "已增容，周一恢复")


def test_upcasting_goes_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CURRENT, "case_flagged", 3)
    monkeypatch.setitem(UPCASTERS, ("case_flagged", 1), lambda payload: {**payload, "two": True})
    monkeypatch.setitem(UPCASTERS, ("case_flagged", 2), lambda payload: {**payload, "three": True})
    assert upcast("case_flagged", 1, {"one": True}) == {"one": True, "two": True, "three": True}
    assert upcast("case_flagged", 3, {}) == {}


def test_newer_kinds_and_versions_are_not_guessed() -> None:
    assert upcast("case_sealed", 1, {}) is None
    assert upcast("case_flagged", kinds.CURRENT["case_flagged"] + 1, {}) is None


def test_versions_begin_with_one() -> None:
    with pytest.raises(ValueError, match="1"):
        upcast("case_flagged", 0, {})
