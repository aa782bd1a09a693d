"""The loop of a bad rating: whatever is done in whatever order, it ends rated again, explained or annulled."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.callbacks.model import CallResult
from domain.errors import AppError
from domain.events.event import Event, NewEvent
from domain.events.kinds import CURRENT
from domain.ratings import decide, fold
from domain.ratings.fold import fold_rating
from domain.ratings.model import OPEN_RATINGS, AppealState, Rating, RatingOf, RatingSource, RatingState
from domain.ratings.references import link_message, link_text, rating_ref, read_link
from domain.ratings.rules import RatingRules
from domain.staff import Actor, Role
from tests.made_cases import STREAM, event_of

CLERK = Actor("clerk")
SUPERVISOR = Actor("supervisor", Role.SUPERVISOR)
DEVICE = Actor("device:d1")
SUBJECT = decide.Subject(RatingOf.CASE, "c1", "demo", "policy", ("clerk",))
DUE = 1_800_000_000_000


def given_at(level: int) -> NewEvent:
    return decide.give(SUBJECT, decide.opinion_of(level, RatingSource.SCREEN), DUE, at_parent=False)


def rating_after(*steps: NewEvent) -> Rating:
    rating = fold_rating([event_of(new, at) for at, new in enumerate(steps)])
    assert rating is not None
    return rating


def verify(rating: Rating, actor: Actor = SUPERVISOR, here: bool = True) -> NewEvent:
    return decide.verify(rating, actor, True, "属实", DUE, here=here)


def answer(rating: Rating) -> NewEvent:
    return decide.answer(rating, SUPERVISOR, True, "已改", DUE)


def test_only_a_bad_rating_has_a_loop() -> None:
    states = [rating_after(given_at(level)).state for level in range(1, 6)]
    assert states == [RatingState.TO_VERIFY] * 2 + [RatingState.GOOD] * 3
    assert rating_after(given_at(3)).ended_at is not None


def test_the_loop_step_by_step_to_a_second_rating() -> None:
    steps = [given_at(1)]
    for step in (verify, answer):
        steps.append(step(rating_after(*steps)))
    assert rating_after(*steps).state is RatingState.TO_CALL
    steps += decide.call_back(
        rating_after(*steps), SUPERVISOR, CallResult.REACHED, "", decide.opinion_of(4, RatingSource.CALL)
    )
    rating = rating_after(*steps)
    assert (rating.state, rating.second and rating.second.level, rating.unfit) == (
        RatingState.RATED_AGAIN,
        4,
        (),
    )


def test_a_second_rating_by_link_leaves_the_call_that_is_owed() -> None:
    steps = [given_at(1)]
    for step in (verify, answer):
        steps.append(step(rating_after(*steps)))
    again = decide.give_again(rating_after(*steps), decide.opinion_of(5, RatingSource.LINK))
    assert again is not None
    assert rating_after(*steps, again).state is RatingState.TO_CALL
    called = decide.call_back(rating_after(*steps, again), SUPERVISOR, CallResult.REFUSED, "", None)
    assert rating_after(*steps, again, *called).state is RatingState.RATED_AGAIN


def test_a_second_rating_before_anything_was_done_is_refused() -> None:
    for steps in ([given_at(1)], [given_at(5)]):
        with pytest.raises(AppError, match=r"ratings\.rated_already"):
            decide.give_again(rating_after(*steps), decide.opinion_of(5, RatingSource.LINK))


def test_the_one_concerned_decides_nothing_and_nobody_but_a_supervisor_does() -> None:
    own = Actor("clerk", Role.SUPERVISOR)
    rating = rating_after(given_at(1))
    with pytest.raises(AppError, match=r"ratings\.concerned_yourself"):
        verify(rating, own)
    with pytest.raises(AppError, match=r"permission\.denied"):
        verify(rating, Actor("other"))
    with pytest.raises(AppError, match=r"ratings\.parent_verifies"):
        verify(rating, here=False)
    with pytest.raises(AppError, match=r"ratings\.not_concerned"):
        decide.appeal(rating, Actor("other"), "x")


def test_an_appeal_upheld_ends_the_loop_and_a_rejected_one_does_not() -> None:
    asked = decide.appeal(rating_after(given_at(1)), CLERK, "不是我办的")
    waiting = rating_after(given_at(1), asked)
    assert waiting.appeal_state is AppealState.ASKED
    with pytest.raises(AppError, match=r"ratings\.appealed_already"):
        decide.appeal(waiting, CLERK, "再来")
    for upheld, state in ((True, RatingState.ANNULLED), (False, RatingState.TO_VERIFY)):
        decided = decide.decide_appeal(waiting, SUPERVISOR, upheld, "查过")
        assert rating_after(given_at(1), asked, decided).state is state


@pytest.mark.parametrize("source", RatingSource)
@pytest.mark.parametrize("role", Role)
def test_who_may_enter_a_rating(source: RatingSource, role: Role) -> None:
    """Nobody of a window or a board ever enters one; a supervisor only what came out of the box or on the line."""
    wanted = role in decide.SUPERVISORS and source in (RatingSource.PAPER, RatingSource.CALL)
    assert may(Actor("someone", role), source) is wanted
    assert may(DEVICE, source) is (source is not RatingSource.PAPER)


def may(actor: Actor, source: RatingSource) -> bool:
    try:
        decide.may_enter(actor, source)
    except AppError:
        return False
    return True


STEPS = st.lists(
    st.sampled_from(["verify", "answer", "missed", "reached", "again", "appeal", "uphold", "reject"])
)


@given(st.integers(1, 2), STEPS)
@settings(max_examples=150, deadline=None)
def test_every_order_of_steps_can_be_brought_to_an_end(level: int, wanted: list[str]) -> None:
    made = [given_at(level)]
    for name in [*wanted, "verify", "answer", "missed", "missed", "missed"]:
        made += attempt(name, rating_after(*made))
    rating = rating_after(*made)
    assert rating.unfit == ()
    assert rating.state in (RatingState.RATED_AGAIN, RatingState.EXPLAINED, RatingState.ANNULLED)
    assert (rating.ended_at is not None, rating.due_at) == (True, None)
    assert rating.state is RatingState.ANNULLED or (rating.verified and rating.answer and rating.calls)
    assert (rating.state is RatingState.RATED_AGAIN) is (
        rating.second is not None and rating.state is not RatingState.ANNULLED
    )


def attempt(name: str, rating: Rating) -> list[NewEvent]:
    """The step where it is allowed, nothing where it is refused."""
    second = decide.opinion_of(3, RatingSource.LINK)
    steps = {
        "verify": lambda: [verify(rating)],
        "answer": lambda: [answer(rating)],
        "missed": lambda: decide.call_back(rating, SUPERVISOR, CallResult.NO_ANSWER, "", None),
        "reached": lambda: decide.call_back(rating, SUPERVISOR, CallResult.REACHED, "", None),
        "again": lambda: [decide.give_again(rating, second)],
        "appeal": lambda: [decide.appeal(rating, CLERK, "x")],
        "uphold": lambda: [decide.decide_appeal(rating, SUPERVISOR, True, "x")],
        "reject": lambda: [decide.decide_appeal(rating, SUPERVISOR, False, "x")],
    }
    try:
        return [one for one in steps[name]() if one is not None]
    except AppError:
        return []


def test_a_loop_that_could_skip_the_call_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The property above goes red where an answer alone ended the loop."""
    rushed = lambda rating, event, payload: fold.replace(rating, state=RatingState.EXPLAINED)  # noqa: E731
    monkeypatch.setitem(fold._STEPS, "rating_answered", rushed)
    with pytest.raises(AssertionError):
        test_every_order_of_steps_can_be_brought_to_an_end()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(sorted(CURRENT)), st.dictionaries(st.text(max_size=9), JSON), JSON, st.integers(-2, 3))
@settings(max_examples=150, deadline=None)
def test_folding_never_fails(kind: str, payload: dict[str, object], private: object, version: int) -> None:
    first = event_of(given_at(1), 0)
    odd = event_of(NewEvent(kind, payload, private), 1, kind_version=version)  # type: ignore[arg-type]
    rating = fold_rating([first, odd])
    assert rating is not None
    assert rating.unfit or rating.newer or rating.state in OPEN_RATINGS | {RatingState.ANNULLED}
    assert fold_rating([odd]) is None


def test_two_who_verify_apart_converge() -> None:
    first = rating_after(given_at(1))
    rating = rating_after(given_at(1), verify(first), verify(first))
    assert (rating.state, [code for _, code in rating.unfit]) == (RatingState.TO_ANSWER, ["rating_step_past"])


def test_order_of_arrival_does_not_matter() -> None:
    steps = [given_at(1)]
    for step in (verify, answer):
        steps.append(step(rating_after(*steps)))
    events: list[Event] = [event_of(new, at) for at, new in enumerate(steps)]
    assert fold_rating(events) == fold_rating(events[::-1])


def test_a_reference_tells_no_moment() -> None:
    near = [f"019a95a0-0000-7000-8000-{n:012d}" for n in range(50)]
    refs = [rating_ref(one) for one in near]
    assert len(set(refs)) == 50
    assert sorted(refs) != refs
    assert {len(ref) for ref in refs} == {8}


def test_a_link_names_its_case_and_nothing_else_is_one() -> None:
    token = link_text(STREAM, bytes(8), bytes(64))
    assert (read_link(token).case_id, read_link(token).message) == (STREAM, link_message(STREAM))
    for text in ("", token[:-1], token + "A", "B" + token[1:], "行" * 50, json.dumps({})):
        with pytest.raises(AppError, match=r"ratings\.link_invalid"):
            read_link(text)


@pytest.mark.parametrize("days", [0, 61, True, "1", None])
def test_rules_name_what_is_wrong(days: object) -> None:
    assert RatingRules.from_document(RatingRules().document()) == RatingRules()
    with pytest.raises(AppError, match=r"ratings\.rules_invalid"):
        RatingRules.from_document({**RatingRules().document(), "call_days": days})


def test_a_links_days_have_their_own_bound_and_older_documents_none() -> None:
    older = {"verify_days": 1, "answer_days": 5, "call_days": 3}
    assert RatingRules.from_document(older).link_days == 90
    assert RatingRules.from_document({**older, "link_days": 366}).link_days == 366
    for days in (0, 367, True, "90", None):
        with pytest.raises(AppError, match=r"ratings\.rules_invalid"):
            RatingRules.from_document({**older, "link_days": days})
