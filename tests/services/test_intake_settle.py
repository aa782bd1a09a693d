"""What is settled while a clerk types; promises that wait for a calendar."""

from typing import Any

import pytest

from db.unit_of_work import UnitOfWork
from domain.cases.model import LimitClass
from domain.errors import AppError
from domain.staff import Actor, Role
from services import calendars
from services.calendars import publish_calendar
from services.cases import accept_case, show_case
from services.documents import shipped
from services.intake import duplicates, preview
from services.routing import route
from services.rulebook import current
from services.station import Station, open_station
from tests.fixed import NAME, FixedClock, form, local_ms

ADMIN = Actor("admin", Role.ADMIN)


def _with_2027() -> dict[str, Any]:
    document = shipped("calendar")
    holiday = {"name": "元旦", "from": "2027-01-01", "to": "2027-01-03"}
    year = {"notice": "国办发明电〔2026〕9号", "title": "x", "date": "2026-11-30",
            "holidays": [holiday], "workdays": []}  # fmt: skip
    return {**document, "years": {**document["years"], "2027": year}}


def test_preview_and_acceptance_agree(station: Station) -> None:
    one = form(boards=None, text="技改补贴怎么申请")
    before = station.call(preview, one)
    done = station.call(accept_case, one)
    assert (done.boards, done.due_at) == (before.boards, before.due.due_ms)


def test_package_brings_its_boards_and_basic_items(station: Station) -> None:
    package = next(iter(station.call(current).packages.values()))
    settled = station.call(preview, form(boards=None, package=package.name))
    assert settled.package_items == tuple(entry.name for entry in package.basic)
    assert settled.boards[0] == package.boards[0]
    ticked = package.value_added[0].name
    assert station.call(preview, form(package=package.name, items=(ticked,))).package_items == (ticked,)


def test_item_with_its_promised_days(station: Station) -> None:
    settled = station.call(preview, form(boards=None, item="0101", days=5))
    assert settled.limit.limit is LimitClass.ITEM
    assert settled.boards == (station.call(current).items["0101"].board,)


def test_nobody_has_no_duplicates(station: Station) -> None:
    station.call(accept_case, form())
    assert station.call(duplicates, None, "", form().text) == ()
    assert len(station.call(duplicates, None, NAME, form().text)) == 1


def test_route_learns_from_the_clerk(station: Station) -> None:
    text = "蓝莓大棚滴灌带坏了找哪家补"
    for n in range(3):
        station.call(accept_case, form(text=f"{text}{n}", boards=("finance",)))
    assert "finance" in [board.code for board in station.call(route, text).boards][:3]


def test_a_promise_into_an_unpublished_year_is_provisional_and_settled_later(
    station: Station, clock: FixedClock
) -> None:
    clock.set("2026-12-31 10:00")
    done = station.call(accept_case, form(limit="standard"))
    closed = station.call(accept_case, form(text="已答", limit="standard", answer="好"))
    assert done.provisional
    clock.move(hours=1)
    assert station.call(publish_calendar, _with_2027(), as_actor=ADMIN) == 1
    case = station.call(show_case, done.number)
    assert case.due is not None
    assert (case.due.provisional, case.due.at) == (False, local_ms("2027-01-06 17:00"))
    assert case.due.calendar == 2
    assert station.call(show_case, closed.number).due.provisional  # type: ignore[union-attr]
    assert station.call(publish_calendar, _with_2027(), as_actor=ADMIN) == 0


def test_a_newer_program_brings_its_calendar_and_settles_them(
    station: Station, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.set("2026-12-31 10:00")
    number = station.call(accept_case, form(limit="standard")).number
    station.close()
    from services import documents

    newer = {**_with_2027(), "version": 2}
    monkeypatch.setattr(documents, "shipped", lambda kind: newer if kind == "calendar" else shipped(kind))
    again = open_station(station.home, clock=clock)
    assert not again.call(show_case, number).due.provisional  # type: ignore[union-attr]
    again.close()


def test_without_recomputing_it_stays_provisional(
    station: Station, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.set("2026-12-31 10:00")
    number = station.call(accept_case, form(limit="standard")).number
    monkeypatch.setattr(calendars, "recompute_due_times", lambda uow, clock, actor: 0)
    station.call(publish_calendar, _with_2027(), as_actor=ADMIN)
    assert station.call(show_case, number).due.provisional  # type: ignore[union-attr]


def test_a_bad_calendar_or_a_clerk_changes_nothing(station: Station) -> None:
    for actor, document, code in (
        (None, _with_2027(), "permission.denied"),
        (
            ADMIN,
            {"years": {"2027": {"notice": "x", "holidays": [{"from": "?"}]}}},
            "deadlines.calendar_invalid",
        ),
        (ADMIN, {}, "deadlines.calendar_invalid"),
    ):
        with pytest.raises(AppError) as caught:
            station.call(publish_calendar, document, as_actor=actor)
        assert caught.value.code == code

    def version(uow: UnitOfWork, clock: object, actor: Actor) -> int:
        return uow.reference.version("calendar")

    assert station.call(version) == 1
