"""Folding: what events tell, in whatever order they come; total, whatever they hold."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.cases import decide, fold
from domain.cases.decisions import ConflictChoice, ReviewDecision, decide_conflict, decide_review
from domain.cases.fold import fold_case
from domain.cases.model import Attached, Case, CaseState, Contact, Due
from domain.events.clock import pack
from domain.events.event import Event, NewEvent
from domain.events.kinds import CURRENT
from tests.made_cases import ACCEPTANCE, STREAM, accepted, case_after, event_of, events_of

OPEN = accepted()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_NAMES = (
    "number kind channel scope limit due applicant boards versions items package package_items in_pool at "
    "sensitive window chosen into to sha256 size media_type paper missing material contact text answer reason name"
)
_FIELDS = st.sampled_from(_NAMES.split())
_DOCUMENTS = st.dictionaries(_FIELDS, JSON, max_size=8)


def _folded(*steps: NewEvent) -> Case:
    return case_after(*steps)


def test_ends() -> None:
    for step, state in (
        (decide.answer(OPEN, "好"), CaseState.RESOLVED),
        (decide.decline(OPEN, "不属"), CaseState.DECLINED),
        (decide.withdraw(OPEN, "不办"), CaseState.WITHDRAWN),
        (NewEvent("case_merged", {"into": "x"}), CaseState.MERGED),
    ):
        case = _folded(step)
        assert (case.state, case.is_open) == (state, False)
        assert case.closed_at == OPEN.accepted_at + 1


def test_steps_add_up() -> None:
    case = _folded(
        NewEvent("case_assigned", {"boards": ["talent", "policy"]}),
        decide.request_material(OPEN, ("执照", "章程")),
        decide.receive_material(OPEN, ("执照",)),
        NewEvent("case_flagged", {"sensitive": True}),
        NewEvent("case_linked", {"to": "x"}),
        NewEvent("case_linked", {"to": "x"}),
        NewEvent("contact_corrected", {}, {"contact": {"name": "新人", "phone": "10086"}}),
        NewEvent("file_attached", {"sha256": "a", "size": 1, "media_type": "image/png"}, {"name": "照"}),
        decide.record_print("case_slip", "a5", 1, at_centre=False),
        decide.record_print("case_slip", "a5", 2, at_centre=False),
        NewEvent("case_due_recomputed", {"due": {"at": 5, "calendar": 2}}),
    )
    assert case.boards == ("talent", "policy")
    assert (case.missing, case.material) == (("章程",), ("执照",))
    assert case.sensitive
    assert case.links == ("x",)
    assert case.contact == Contact("新人", "10086")
    assert case.files == (Attached("a", "照", 1, "image/png"),)
    assert case.prints == {"case_slip": 2}
    assert case.due == Due(5, False, 2)
    assert (len(case.timeline), case.unfit) == (12, ())


def test_order_of_arrival_does_not_matter() -> None:
    steps = [NewEvent("case_assigned", {"boards": [b]}) for b in ("talent", "law", "finance")]
    events = events_of([*steps, decide.answer(OPEN, "好")])
    told = fold_case(events)
    for seed in range(20):
        shuffled = random.Random(seed).sample(events, len(events))
        assert fold_case(shuffled) == told


def test_without_sorting_it_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold, "birth_first", list)
    events = events_of([decide.answer(OPEN, "好")])
    assert fold_case(events) != fold_case(events[::-1])


def test_the_beginning_comes_first_even_by_a_clock_that_ran_ahead() -> None:
    birth, answer = events_of([decide.answer(OPEN, "好")])
    late = replace(birth, hlc=pack(2**41, 0))
    case = fold_case([answer, late])
    assert case is not None
    assert (case.state, case.unfit) == (CaseState.RESOLVED, ())


def test_what_no_longer_fits_is_kept_and_listed() -> None:
    """Two windows, offline, closed the same case: the first stands, the second is a conflict."""
    case = _folded(decide.answer(OPEN, "好"), decide.withdraw(OPEN, "不办"))
    assert (case.state, case.answer) == (CaseState.RESOLVED, "好")
    assert [code for _, code in case.unfit] == ["case_closed"]
    assert len(case.timeline) == 3


def test_accepted_twice_and_steps_of_other_things() -> None:
    case = _folded(decide.accept(ACCEPTANCE), NewEvent("station_opened", {}))
    assert [code for _, code in case.unfit] == ["accepted_twice", "not_of_a_case"]


def test_a_stream_without_its_acceptance_is_no_case() -> None:
    assert fold_case([]) is None
    assert fold_case(events_of([decide.answer(OPEN, "好")])[1:]) is None


def test_a_kind_or_version_from_a_newer_program() -> None:
    newer = [
        event_of(NewEvent("case_sealed", {"how": 5}), 1),
        replace(event_of(decide.answer(OPEN, "好"), 2), kind_version=99),
    ]
    case = fold_case([*events_of([]), *newer])
    assert case is not None
    assert case.newer
    assert case.is_open
    assert [entry.kind for entry in case.timeline] == ["case_accepted", "case_sealed", "case_answered"]


def test_an_erased_private_part() -> None:
    birth = replace(events_of([])[0], private=None)
    case = fold_case([birth])
    assert case is not None
    assert case.erased
    assert (case.text, case.contact) == ("", Contact())
    assert case.number == ACCEPTANCE.number


def test_the_wall_clock_stands_where_the_log_s_own_ran_ahead() -> None:
    answer = decide.answer(OPEN, "好")
    late = replace(event_of(answer, 1), hlc=pack(2**41, 0), payload={**answer.payload, "at": 77})
    case = fold_case([*events_of([]), late])
    assert case is not None
    assert case.closed_at == 77
    assert case.timeline[-1].at == 77


@given(st.sampled_from(sorted(CURRENT)), JSON | _DOCUMENTS, JSON | _DOCUMENTS, st.integers(-3, 3))
@settings(deadline=None, max_examples=400)
def test_no_payload_breaks_it(kind: str, payload: object, private: object, version: int) -> None:
    poison = Event(
        id=f"{STREAM[:-1]}9",
        stream=STREAM,
        kind=kind,
        kind_version=version,
        device="d9",
        incarnation=1,
        seq=1,
        hlc=pack(OPEN.accepted_at + 1, 0),
        actor="x",
        site="y",
        payload=payload,  # type: ignore[arg-type]
        private_hash="x",
        private=private,  # type: ignore[arg-type]
    )
    case = fold_case([*events_of([decide.answer(OPEN, "好")]), poison])
    assert case is not None
    assert case.number == ACCEPTANCE.number
    assert len(case.timeline) == 3
    fold_case([replace(poison, id=STREAM)])


@given(_DOCUMENTS)
@settings(deadline=None, max_examples=300)
def test_what_folds_has_the_types_it_says(changes: dict[str, object]) -> None:
    """A value of the wrong type never gets as far as a row."""
    birth = events_of([])[0]
    case = fold_case([replace(birth, payload={**birth.payload, **changes})])
    if case is None:
        return
    texts = (case.number, case.applicant.name, case.text, case.window, *case.boards, *case.items)
    assert all(isinstance(text, str) for text in texts)
    assert all(isinstance(flag, bool) for flag in (case.in_pool, case.sensitive, case.chosen))
    assert isinstance(case.accepted_at, int)
    assert case.due is None or isinstance(case.due.at, int)


def test_without_the_typed_reading_a_number_that_is_none_would_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold, "text_in", lambda facts, name, default=None: facts.get(name, default))
    birth = events_of([])[0]
    case = fold_case([replace(birth, payload={**birth.payload, "number": 5})])
    assert case is not None
    assert case.number == 5


def test_a_conflict_that_was_decided_is_listed_no_more() -> None:
    events = events_of([decide.answer(OPEN, "好"), decide.withdraw(OPEN, "不办")])
    decided = event_of(decide_conflict(events[2].id, ConflictChoice.KEPT), 9)
    case = fold_case([decided, *events])
    assert case is not None
    assert (case.state, case.unfit, len(case.timeline)) == (CaseState.RESOLVED, (), 4)


def test_a_step_that_was_undone_counts_for_nothing_and_stays_in_sight() -> None:
    events = events_of([decide.answer(OPEN, "好"), decide.withdraw(OPEN, "不办")])
    undone = event_of(decide_review(events[1].id, ReviewDecision.UNDONE, "无权"), 9)
    case = fold_case([*events, undone])
    assert case is not None
    assert (case.state, case.unfit) == (CaseState.WITHDRAWN, ())
    assert [entry.kind for entry in case.timeline][1] == "case_answered"


def test_the_acceptance_cannot_be_undone() -> None:
    events = events_of([])
    undone = event_of(decide_review(events[0].id, ReviewDecision.UNDONE, "无权"), 9)
    assert fold_case([*events, undone]) is not None
