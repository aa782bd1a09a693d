"""Ratings: who may give one, the loop of a bad one, and that nobody concerned learns whose it is."""

import json
from dataclasses import asdict
from typing import Any

import pytest
import sqlalchemy as sa

from db.schema import conflict
from domain.callbacks.model import CallResult
from domain.cases.intake import ContactForm
from domain.cases.model import Case, CaseState
from domain.errors import AppError
from domain.ratings import decide
from domain.ratings.model import RatingOf, RatingSource
from domain.staff import Actor, Role
from services.case_steps import answer_case
from services.cases import accept_case, show_case
from services.documents import publish_own
from services.ratings import views
from services.ratings.figures import figures_of_days, rating_figures
from services.ratings.giving import rate, rate_case
from services.ratings.links import link_token, progress_by_link, rate_by_link
from services.ratings.loop import answer_rating, appeal_rating, call_rating, decide_appeal, verify_rating
from services.ratings.rules import change_rating_rules, read_rating_rules
from services.ratings.views import count_ratings, list_ratings, open_rating
from services.station import Station
from tests.fixed import NAME, FixedClock, form, local_ms

CLERK, OTHER = Actor("clerk"), Actor("clerk2")
SUPERVISOR = Actor("supervisor", Role.SUPERVISOR)
ADMIN = Actor("admin", Role.ADMIN)
POLICY = Actor("policy", Role.SPECIALIST, board="policy")
PHONE = "13812345678"
CONTACT = ContactForm(name="王晓岚", phone=PHONE)
WORDS = "等了一上午没人理我"


def closed(station: Station, **fields: Any) -> Case:
    accepted = station.call(accept_case, form(contact=CONTACT, **fields), as_actor=CLERK)
    case: Case = station.call(answer_case, accepted.id, "已答复。", as_actor=CLERK)
    return case


def bad(station: Station, level: int = 1) -> tuple[Case, str]:
    """A case with a bad rating from the box, and the rating's ref."""
    case = closed(station)
    given = station.call(
        rate_case, case.number, level, paper=True, tags=("slow",), text=WORDS, as_actor=SUPERVISOR
    )
    return case, given.ref


def test_the_screen_of_the_device_rates_a_case_once(station: Station) -> None:
    case = closed(station)
    given = station.call(rate, case.number, 5)
    assert (given.level, given.source, given.second) == (5, "screen", False)
    assert station.call(show_case, case.id).state is CaseState.RATED
    with pytest.raises(AppError, match=r"ratings\.rated_already"):
        station.call(rate, case.number, 4)


@pytest.mark.parametrize("actor", [CLERK, POLICY, Actor("policy-chief", Role.CHIEF, board="policy")])
@pytest.mark.parametrize("paper", [False, True])
def test_who_works_here_cannot_enter_one_for_the_visitor(station: Station, actor: Actor, paper: bool) -> None:
    case = closed(station)
    with pytest.raises(AppError, match=r"ratings\.not_yours"):
        station.call(rate, case.number, 5, paper=paper, as_actor=actor)
    assert station.call(list_ratings, "all", as_actor=SUPERVISOR).total == 0


def test_the_check_of_who_enters_is_what_holds_it(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    case = closed(station)
    monkeypatch.setattr(decide, "may_enter", lambda *_: None)
    station.call(rate, case.number, 5, as_actor=CLERK)
    assert station.call(list_ratings, "all", as_actor=SUPERVISOR).total == 1


def test_paper_is_a_supervisors_and_not_the_devices(station: Station) -> None:
    case = closed(station)
    with pytest.raises(AppError, match=r"ratings\.not_yours"):
        station.call(rate, case.number, 5, paper=True)
    assert station.call(rate, case.number, 5, paper=True, as_actor=SUPERVISOR).source == "paper"


def test_an_open_case_is_not_rated(station: Station) -> None:
    accepted = station.call(accept_case, form(), as_actor=CLERK)
    with pytest.raises(AppError, match=r"ratings\.not_closed"):
        station.call(rate, accepted.number, 5)


@pytest.mark.parametrize(
    ("level", "tags", "text", "code"),
    [(0, (), "", "level_invalid"), (6, (), "", "level_invalid"), (5, ("x",), "", "tag_unknown"),
     (5, (), "长" * 1001, "words_too_long")],
)  # fmt: skip
def test_what_cannot_be_given(
    station: Station, level: int, tags: tuple[str, ...], text: str, code: str
) -> None:
    case = closed(station)
    with pytest.raises(AppError, match=rf"ratings\.{code}"):
        station.call(rate, case.number, level, tags=tags, text=text)


def test_the_loop_with_its_limits(station: Station, clock: FixedClock) -> None:
    _, ref = bad(station)
    (item,) = station.call(list_ratings, as_actor=SUPERVISOR).rows
    assert (item.state, item.due_at, item.steps) == ("to_verify", local_ms("2026-11-19 17:00"), ("verify",))
    clock.set("2026-11-19 09:00")
    done = station.call(verify_rating, ref, True, "属实", as_actor=SUPERVISOR)
    assert (done.item.state, done.item.due_at) == ("to_answer", local_ms("2026-11-26 17:00"))
    clock.set("2026-11-27 09:00")
    assert station.call(count_ratings, as_actor=SUPERVISOR)["overdue"] == 1
    done = station.call(answer_rating, ref, True, "已增开窗口", as_actor=SUPERVISOR)
    assert (done.item.state, done.phone) == ("to_call", PHONE)
    done = station.call(call_rating, ref, CallResult.REACHED, "", 4, as_actor=SUPERVISOR)
    assert (done.item.state, done.item.second_level, done.item.steps) == ("rated_again", 4, ())
    assert station.call(count_ratings, as_actor=SUPERVISOR)["open"] == 0


def test_steps_out_of_turn_and_by_others_are_refused(station: Station) -> None:
    _, ref = bad(station)
    with pytest.raises(AppError, match=r"ratings\.other_step"):
        station.call(answer_rating, ref, True, "x", as_actor=SUPERVISOR)
    for actor in (CLERK, OTHER, POLICY, station.device_actor):
        with pytest.raises(AppError, match=r"permission\.denied"):
            station.call(verify_rating, ref, True, "x", as_actor=actor)
    with pytest.raises(AppError, match=r"ratings\.words_missing"):
        station.call(verify_rating, ref, True, " ", as_actor=SUPERVISOR)
    with pytest.raises(AppError, match=r"ratings\.not_found"):
        station.call(verify_rating, "NOSUCH00", True, "x", as_actor=SUPERVISOR)


def seen_by(station: Station, actor: Actor, ref: str) -> str:
    """All that the lists and pages of ratings hand to ``actor``, as one text."""
    page = station.call(list_ratings, as_actor=actor)
    detail = station.call(open_rating, ref, as_actor=actor)
    counts = station.call(count_ratings, as_actor=actor)
    return json.dumps([[asdict(row) for row in page.rows], asdict(detail), counts], ensure_ascii=False)


def secrets_of(station: Station, case: Case, ref: str) -> dict[str, str]:
    """What would tell whose rating it is."""
    rating = station.call(lambda uow, *_: uow.ratings.id_of(ref))
    return {
        "id": case.id,
        "number": case.number,
        "name": NAME,
        "phone": PHONE,
        "masked": "138****5678",
        "person": "王晓岚",
        "words": WORDS,
        "rating": str(rating),
        "moment": str(case.closed_at),
    }


def test_the_clerk_concerned_learns_nothing_of_whose_it_is_at_any_step(station: Station) -> None:
    case, ref = bad(station)
    hidden = secrets_of(station, case, ref)
    steps = [
        lambda: None,
        lambda: station.call(appeal_rating, ref, "系统停机", as_actor=CLERK),
        lambda: station.call(verify_rating, ref, True, f"{NAME} {PHONE} 反映属实", as_actor=SUPERVISOR),
        lambda: station.call(decide_appeal, ref, False, "停机未告知", as_actor=SUPERVISOR),
        lambda: station.call(answer_rating, ref, True, f"向{NAME}致歉", as_actor=SUPERVISOR),
        lambda: station.call(call_rating, ref, CallResult.REACHED, "王晓岚接听", 4, as_actor=SUPERVISOR),
    ]
    for step in steps:
        step()
        seen = seen_by(station, CLERK, ref)
        assert {name: text for name, text in hidden.items() if text in seen} == {}
        assert "系统停机" in seen or step is steps[0]
    assert all(text in seen_by(station, SUPERVISOR, ref) for text in (case.number, NAME, WORDS))


def test_a_leak_would_be_seen(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    case, ref = bad(station)
    monkeypatch.setattr(views, "sees_identity", lambda *_: True)
    assert case.number in seen_by(station, CLERK, ref)


def test_a_supervisor_who_served_is_a_clerk_concerned(station: Station) -> None:
    accepted = station.call(accept_case, form(contact=CONTACT), as_actor=SUPERVISOR)
    case = station.call(answer_case, accepted.id, "好", as_actor=SUPERVISOR)
    ref = station.call(rate, case.number, 1).ref
    seen = seen_by(station, SUPERVISOR, ref)
    assert case.number not in seen
    assert NAME not in seen
    with pytest.raises(AppError, match=r"ratings\.concerned_yourself"):
        station.call(verify_rating, ref, True, "x", as_actor=SUPERVISOR)
    assert station.call(verify_rating, ref, True, "x", as_actor=ADMIN).item.state == "to_answer"


def test_the_case_of_a_rating_tells_no_level(station: Station) -> None:
    case, _ = bad(station)
    entry = station.call(show_case, case.id).timeline[-1]
    assert (entry.kind, entry.detail, entry.actor.startswith("device:")) == ("case_rated", {}, True)


def test_others_see_no_ratings_at_all(station: Station) -> None:
    _, ref = bad(station)
    assert station.call(list_ratings, as_actor=OTHER).total == 0
    with pytest.raises(AppError, match=r"ratings\.not_found"):
        station.call(open_rating, ref, as_actor=OTHER)
    for name in ("all", "bad", "open"):
        with pytest.raises(AppError, match=r"permission\.denied"):
            station.call(list_ratings, name, as_actor=CLERK)
    with pytest.raises(AppError, match=r"permission\.denied"):
        station.call(rating_figures, 0, 1, as_actor=CLERK)


def test_the_clerk_concerned_does_not_see_good_ones(station: Station) -> None:
    case = closed(station)
    station.call(rate, case.number, 5)
    assert station.call(list_ratings, as_actor=CLERK).total == 0


def test_an_appeal_upheld_counts_for_nothing(station: Station) -> None:
    _, ref = bad(station)
    station.call(appeal_rating, ref, "不是我办的", as_actor=CLERK)
    assert station.call(count_ratings, as_actor=SUPERVISOR)["appeals"] == 1
    done = station.call(decide_appeal, ref, True, "查实误评", as_actor=SUPERVISOR)
    assert done.item.state == "annulled"
    figures = station.call(figures_of_days, "2026-11-01", "2026-11-30", as_actor=SUPERVISOR)
    assert (figures.rated, figures.annulled, figures.satisfaction_permille) == (0, 1, None)


def test_a_one_clerk_station_waits_for_the_site_above(station: Station) -> None:
    def become_small(uow: Any, clock: Any, actor: Any) -> None:
        site = uow.reference.get("site")
        publish_own(uow, "site", {**site, "parent": "city"}, clock.now_ms())
        only = [one for one in uow.reference.get("staff")["entries"] if one["id"] == "clerk"]
        publish_own(uow, "staff", {"entries": only}, clock.now_ms())

    station.call(become_small)
    case = closed(station)
    ref = station.call(rate, case.number, 1).ref
    with pytest.raises(AppError, match=r"ratings\.parent_verifies"):
        station.call(verify_rating, ref, True, "x", as_actor=SUPERVISOR)
    item = station.call(open_rating, ref, as_actor=SUPERVISOR).item
    assert (item.at_parent, item.steps) == (True, ())


def test_of_two_ratings_made_apart_the_first_counts_and_the_other_is_shown(station: Station) -> None:
    case = closed(station)
    station.call(rate, case.number, 5)

    def another(uow: Any, clock: Any, actor: Any) -> None:
        subject = decide.Subject(RatingOf.CASE, case.id, "demo")
        born = decide.give(subject, decide.opinion_of(1, RatingSource.LINK), 1, at_parent=False)
        uow.append(None, [born], actor="device:x", now_ms=clock.now_ms())

    station.call(another)
    assert [row.level for row in station.call(list_ratings, "all", as_actor=SUPERVISOR).rows] == [5]
    found = station.call(lambda uow, *_: uow.connection.execute(sa.select(conflict.c.code)).scalars().all())
    assert found == ["rated_twice"]


def test_the_link_shows_progress_without_personal_data_and_rates_once(station: Station) -> None:
    case = closed(station)
    token = station.call(lambda uow, *_: link_token(uow, case.id))
    progress = station.call(progress_by_link, token)
    assert (progress.state, progress.may_rate, progress.rated) == ("resolved", True, False)
    shown = json.dumps(asdict(progress), ensure_ascii=False)
    assert not [text for text in (NAME, PHONE, "王晓岚", case.text, case.answer) if text in shown]
    assert station.call(rate_by_link, token, 2, ("slow",), "慢").source == "link"
    after = station.call(progress_by_link, token)
    assert (after.may_rate, after.rated) == (False, True)
    with pytest.raises(AppError, match=r"ratings\.rated_already"):
        station.call(rate_by_link, token, 5)


def test_after_the_loop_has_answered_the_link_takes_a_second_rating(station: Station) -> None:
    case, ref = bad(station)
    token = station.call(lambda uow, *_: link_token(uow, case.id))
    station.call(verify_rating, ref, True, "x", as_actor=SUPERVISOR)
    station.call(answer_rating, ref, False, "y", as_actor=SUPERVISOR)
    assert station.call(progress_by_link, token).may_rate
    assert station.call(rate_by_link, token, 4).second
    assert not station.call(progress_by_link, token).may_rate


def test_a_link_for_another_case_or_by_another_key_is_none(station: Station) -> None:
    case = closed(station)
    token = station.call(lambda uow, *_: link_token(uow, case.id))
    changed = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
    unknown = station.call(lambda uow, *_: link_token(uow, "019a95a0-0000-7000-8000-000000000001"))
    for text in (changed, unknown, token[:20], "x"):
        with pytest.raises(AppError, match=r"ratings\.link_invalid"):
            station.call(progress_by_link, text)


def test_a_link_is_not_the_clerks_to_use(station: Station) -> None:
    case = closed(station)
    token = station.call(lambda uow, *_: link_token(uow, case.id))
    with pytest.raises(AppError, match=r"ratings\.not_yours"):
        station.call(rate_by_link, token, 5, as_actor=CLERK)


def test_satisfaction_is_three_and_better_of_those_who_rated(station: Station) -> None:
    for level in (5, 3, 2, 1):
        station.call(rate, closed(station).number, level)
    closed(station)
    figures = station.call(figures_of_days, "2026-11-18", "2026-11-18", as_actor=SUPERVISOR)
    assert (figures.rated, figures.satisfied, figures.bad) == (4, 2, 2)
    assert figures.satisfaction_permille == 500
    assert (figures.closed, figures.closure_permille) == (0, 0)
    assert figures.by_board == {"policy": (4, 2)}
    none = station.call(figures_of_days, "2026-11-19", "2026-11-19", as_actor=SUPERVISOR)
    assert (none.rated, none.satisfaction_permille, none.closure_permille) == (0, None, None)


def test_limits_are_the_sites_to_set(station: Station, clock: FixedClock) -> None:
    rules = station.call(read_rating_rules).document()
    with pytest.raises(AppError, match=r"permission\.denied"):
        station.call(change_rating_rules, rules, as_actor=CLERK)
    station.call(change_rating_rules, {**rules, "verify_days": 2}, as_actor=SUPERVISOR)
    bad(station)
    (item,) = station.call(list_ratings, as_actor=SUPERVISOR).rows
    assert item.due_at == local_ms("2026-11-20 17:00")
