"""Accepting a case: what is settled, numbered, recorded once, and found again."""

import logging
from collections.abc import Callable

import pytest

from db import chain_check
from db.unit_of_work import UnitOfWork
from domain.cases.intake import read_form
from domain.cases.model import ApplicantKind, CaseKind, CaseState, LimitClass
from domain.cases.numbers import parse_number
from domain.errors import AppError
from domain.staff import Actor
from services import cases as case_services
from services.cases import accept_case, find_case, list_cases, search_cases, show_case
from services.drafts import list_drafts, new_form_id, save_draft
from services.enterprises import enterprise_card
from services.station import Station, reads
from tests.fixed import NAME, TEXT, USCC, FixedClock, form, local_ms


@reads
def _broken(uow: UnitOfWork, clock: object, actor: Actor) -> list[str]:
    return list(chain_check.broken(uow.connection))


@reads
def _find(uow: UnitOfWork, clock: FixedClock, actor: Actor, key: str) -> str:
    return find_case(uow, clock, key)


def _refused(call: Callable[[], object]) -> AppError:
    with pytest.raises(AppError) as caught:
        call()
    return caught.value


def test_text_and_name_are_enough(station: Station) -> None:
    done = station.call(accept_case, read_form({"text": "技改补贴怎么申请", "name": NAME}))
    case = station.call(show_case, done.number)
    assert case.kind is CaseKind.CONSULTATION
    assert case.limit.limit in (LimitClass.SIMPLE, LimitClass.STANDARD)
    assert case.state is CaseState.ASSIGNED
    assert case.boards == done.boards
    assert case.applicant.name == NAME
    assert case.actor.startswith("device:")
    assert set(case.versions) >= {"boards", "catalog", "packages"}
    assert station.call(_broken) == []


def test_a_code_alone_is_enough_and_the_name_is_remembered(station: Station) -> None:
    first = station.call(accept_case, form(name=None, uscc=USCC))
    assert station.call(show_case, first.number).applicant.name == ""
    station.call(accept_case, form(uscc=f" {USCC.lower()} ", text="问人才房"))
    third = station.call(accept_case, form(name=None, uscc=USCC, text="问子女入学"))
    assert station.call(show_case, third.number).applicant.name == NAME


def test_a_wrong_code_is_refused_and_nothing_is_half_done(station: Station) -> None:
    before = station.call(list_cases).total
    assert _refused(lambda: station.call(accept_case, form(uscc=USCC[:-1] + "1"))).code == "uscc.check"
    assert station.call(list_cases).total == before
    first = station.call(accept_case, form())
    second = station.call(accept_case, form(text="另一件事"))
    assert parse_number(second.number).running == parse_number(first.number).running + 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"boards": ()}, "cases.boards_missing"),
        ({"boards": ("nope",)}, "cases.unknown_board"),
        ({"item": "9999"}, "cases.unknown_item"),
        ({"package": "没有的事"}, "cases.unknown_package"),
        ({"package_items": ("x",)}, "cases.package_missing"),
        ({"kind": "package"}, "cases.package_needed"),
        ({"limit": "standard", "days": 4}, "deadlines.days_unexpected"),
        ({"id": "not-a-uuid"}, "cases.field_invalid"),
    ],
)
def test_refused(station: Station, fields: dict[str, object], code: str) -> None:
    assert _refused(lambda: station.call(accept_case, form(**fields))).code == code
    assert station.call(list_cases).total == 0


def test_the_same_form_twice_is_one_case(station: Station) -> None:
    """A double click, a repeated request."""
    form_id = station.call(new_form_id)
    first = station.submit(accept_case, form(id=form_id))
    second = station.submit(accept_case, form(id=form_id))
    assert (first.result().again, second.result().again) == (False, True)
    assert first.result().id == second.result().id == form_id
    assert second.result().number == first.result().number
    assert station.call(list_cases).total == 1


def test_without_looking_for_an_earlier_one_it_would_not_be(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    form_id = station.call(new_form_id)
    station.call(accept_case, form(id=form_id))
    monkeypatch.setattr(case_services, "_accepted_before", lambda uow, form_id: None)
    with pytest.raises(Exception, match="UNIQUE"):
        station.call(accept_case, form(id=form_id))


def test_accepting_takes_the_draft_along(station: Station) -> None:
    form_id = station.call(new_form_id)
    station.call(save_draft, form_id, {"text": "半句"})
    station.call(accept_case, form(id=form_id))
    station.call(save_draft, form_id, {"text": "迟到的保存"})
    assert station.call(list_drafts) == ()


def test_answered_at_once(station: Station) -> None:
    done = station.call(accept_case, form(answer="可在线申请。", missing=("执照",)))
    case = station.call(show_case, done.number)
    assert (case.state, case.answer, case.missing) == (CaseState.RESOLVED, "可在线申请。", ("执照",))
    assert case.closed_at == case.accepted_at
    assert case.unfit == ()


def test_a_complaint_goes_to_the_appeal_board(station: Station) -> None:
    done = station.call(accept_case, form(text="投诉物业乱收费", boards=("legal",)))
    assert done.boards == ("appeal", "legal")


def test_an_individual_s_name_stays_in_the_erasable_part(station: Station) -> None:
    done = station.call(accept_case, form(name="张三小吃店"))

    @reads
    def bodies(uow: UnitOfWork, clock: object, actor: Actor) -> bytes:
        rows = uow.connection.exec_driver_sql("SELECT body FROM event")
        return b"\n".join(bytes(row[0]) for row in rows)

    assert station.call(show_case, done.number).applicant.kind is ApplicantKind.INDIVIDUAL
    assert "张三".encode() not in station.call(bodies)
    assert TEXT.encode() not in station.call(bodies)


def test_duplicates_are_shown(station: Station) -> None:
    first = station.call(accept_case, form())
    assert first.duplicates == ()
    again = station.call(accept_case, form(text=TEXT + "谢谢"))
    assert [d.number for d in again.duplicates] == [first.number]
    assert station.call(accept_case, form(text="员工子女入学怎么报名")).duplicates == ()
    assert station.call(accept_case, form(name="杭州别家有限公司")).duplicates == ()


def test_duplicates_end_after_thirty_days(station: Station, clock: FixedClock) -> None:
    station.call(accept_case, form())
    clock.move(days=31)
    assert station.call(accept_case, form()).duplicates == ()


@pytest.mark.parametrize(
    ("accepted", "day"),
    [("2026-11-18 17:00", "261118"), ("2026-11-18 23:59", "261118"), ("2026-11-19 00:00", "261119")],
)
def test_the_day_of_a_number_is_the_site_s(
    station: Station, clock: FixedClock, accepted: str, day: str
) -> None:
    clock.set(accepted)
    number = parse_number(station.call(accept_case, form()).number)
    assert number is not None
    assert number.day == day


@pytest.mark.parametrize(
    ("accepted", "due"),
    [
        ("2026-11-18 10:00", "2026-11-23 17:00"),
        ("2026-11-18 16:59", "2026-11-23 17:00"),
        ("2026-11-18 17:01", "2026-11-24 17:00"),
        ("2026-11-19 00:00", "2026-11-24 17:00"),
    ],
)
def test_due_at_the_edges_of_a_day(station: Station, clock: FixedClock, accepted: str, due: str) -> None:
    clock.set(accepted)
    assert station.call(accept_case, form(limit="standard")).due_at == local_ms(due)


@pytest.mark.parametrize("days", [-366, -1, 1, 366])
def test_a_clock_put_right_again(station: Station, clock: FixedClock, days: int) -> None:
    """Order, numbers and due times hold, whatever the clock did before."""
    first = station.call(accept_case, form(text="一"))
    clock.move(days=days)
    second = station.call(accept_case, form(text="二"))
    clock.move(days=-days)
    third = station.call(accept_case, form(text="三", answer="好"))
    case = station.call(show_case, third.number)
    assert case.accepted_at == clock.at_ms
    assert case.closed_at == clock.at_ms
    assert [entry.at for entry in case.timeline] == [clock.at_ms, clock.at_ms]
    assert third.due_at == station.call(accept_case, form(text="四")).due_at
    assert len({first.number, second.number, third.number}) == 3
    runs = [parse_number(one.number).running for one in (first, second, third)]  # type: ignore[union-attr]
    assert runs == [runs[0], runs[0] + 1, runs[0] + 2]
    assert station.call(_broken) == []


def test_numbers_begin_anew_after_9999_and_pass_over_what_is_taken(
    station: Station, clock: FixedClock
) -> None:
    def at(uow: UnitOfWork, clock: FixedClock, actor: Actor, value: int, day: str) -> None:
        uow.counters.set(f"case:{uow.events.node.letters}", value, day)

    first = station.call(accept_case, form(text="一"))
    station.call(at, 9_999, "261118")
    assert parse_number(station.call(accept_case, form(text="二")).number).running == 10_000  # type: ignore[union-attr]
    clock.move(days=1)
    assert parse_number(station.call(accept_case, form(text="三")).number).running == 1  # type: ignore[union-attr]
    clock.move(days=-1)
    station.call(at, 0, "261118")
    fourth = parse_number(station.call(accept_case, form(text="四")).number)
    assert fourth is not None
    assert (fourth.day, fourth.running) == ("261118", 2)
    assert fourth.text != first.number


def test_without_passing_over_a_number_would_be_there_twice(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    from db.rows.case_rows import CaseRows

    monkeypatch.setattr(CaseRows, "number_taken", lambda self, number: False)

    def back(uow: UnitOfWork, clock: FixedClock, actor: Actor) -> None:
        uow.counters.set(f"case:{uow.events.node.letters}", 0, "")

    first = station.call(accept_case, form(text="一"))
    station.call(back)
    assert station.call(accept_case, form(text="二")).number == first.number
    error = _refused(lambda: station.call(_find, first.number))
    assert error.code == "cases.ambiguous"


def test_found_by_number_short_number_and_id(station: Station, clock: FixedClock) -> None:
    done = station.call(accept_case, form())
    short = parse_number(done.number).short  # type: ignore[union-attr]
    for key in (
        done.number,
        done.number.lower(),
        f" {done.number[:4]}-{done.number[4:]} ",
        short,
        done.id.upper(),
    ):
        assert station.call(_find, key) == done.id
    clock.move(days=31)
    assert station.call(_find, done.number) == done.id
    assert _refused(lambda: station.call(_find, short)).code == "cases.not_found"
    assert [row.id for row in station.call(search_cases, short)] == [done.id]


@pytest.mark.parametrize("key", ["", "   ", "没有", "AB00017K", "x" * 5000, "' OR 1=1 --", "\x00", "a\nb"])
def test_what_is_not_found_is_told(station: Station, key: str) -> None:
    error = _refused(lambda: station.call(_find, key))
    assert error.code == "cases.not_found"
    assert len(error.params["number"]) <= 40
    assert "\n" not in error.params["number"]


def test_nobody_without_the_right_accepts(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    from services import permissions

    monkeypatch.setitem(permissions.ALLOWED, "accept", frozenset())
    assert _refused(lambda: station.call(accept_case, form())).code == "permission.denied"


def test_personal_data_stays_out_of_the_log_and_of_errors(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    secret = {"name": "赵秘密", "phone": "13987654321"}
    with caplog.at_level(logging.DEBUG):
        station.call(accept_case, form(name="张秘密小吃店", text="秘密诉求", contact=secret))
        with pytest.raises(AppError) as caught:
            station.call(accept_case, form(text="秘密诉求" * 2000, contact=secret))
    for hidden in ("秘密", "13987654321"):
        assert hidden not in caplog.text
        assert hidden not in str(caught.value) + repr(caught.value.params)


def test_enterprise_card_counts_right(station: Station) -> None:
    station.call(accept_case, form(uscc=USCC))
    station.call(accept_case, form(uscc=USCC, text="问人才房", answer="好"))
    card = station.call(enterprise_card, USCC)
    assert card is not None
    assert (card.enterprise.cases, card.open_cases, len(card.recent)) == (2, 1, 2)
    assert station.call(enterprise_card, None, "没来过") is None
