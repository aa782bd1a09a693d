"""The site's own document: who may change it, what is refused, and what new hours do to promises."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.errors import AppError
from domain.staff import Actor, Role
from services import documents
from services.cases import accept_case, show_case
from services.setup import init_station
from services.site import SiteForm, change_site, read_hours, read_site
from services.staff import save_member
from services.station import Station, open_station
from tests.fixed import FixedClock, form

ADMIN = Actor("zhou", Role.ADMIN, "周管理")
DAYS = ("mon", "tue", "wed", "thu", "fri")


@pytest.fixture
def alone_home(tmp_path: Path, clock: FixedClock) -> Path:
    init_station(tmp_path / "alone", site_name="高新站", site_letters="GX", clock=clock)
    return tmp_path / "alone"


@pytest.fixture
def alone(alone_home: Path, clock: FixedClock) -> Iterator[Station]:
    opened = open_station(alone_home, clock=clock)
    yield opened
    opened.close()


def refused(code: str, station: Station, wanted: SiteForm, **kwargs: Any) -> AppError:
    with pytest.raises(AppError) as caught:
        station.call(change_site, wanted, **kwargs)
    assert caught.value.code == code
    return caught.value


def test_lone_station_without_administrator_changes_its_own_document(alone: Station) -> None:
    facts = alone.call(read_site)
    assert facts.may_change
    wanted = replace(facts.form, name="  高新园区\u200b企业服务站 ", phone="0571-86000000 转 3", windows=4)
    assert alone.call(change_site, wanted)
    after = alone.call(read_site)
    assert (after.form.name, after.form.phone, after.form.windows) == (
        "高新园区企业服务站",
        "0571-86000000 转 3",
        4,
    )
    assert after.letters == "GX"


def test_with_an_administrator_the_device_may_not(alone: Station) -> None:
    alone.call(save_member, "zhou", "周管理", Role.ADMIN, None, "open sesame")
    wanted = replace(alone.call(read_site).form, name="乙站")
    assert not alone.call(read_site).may_change
    refused("permission.denied", alone, wanted)
    assert alone.call(change_site, wanted, as_actor=ADMIN)


def test_nothing_changed_makes_no_version(alone: Station) -> None:
    facts = alone.call(read_site)
    assert alone.call(change_site, replace(facts.form, phone="12345"))
    assert not alone.call(change_site, replace(facts.form, phone="12345"))


def test_hours_nobody_changed_still_follow_the_shipped_document(
    alone: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[dict[str, Any]] = []
    real = documents.publish_own
    monkeypatch.setattr(
        "services.site.publish_own",
        lambda uow, kind, body, now: published.append(body) or real(uow, kind, body, now),
    )
    facts = alone.call(read_site)
    alone.call(change_site, replace(facts.form, name="甲站"))
    assert "hours" not in published[0]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": " \u200b"}, "station.name_missing"),
        ({"name": "站" * 61}, "station.name_too_long"),
        ({"phone": "请打电话"}, "station.phone_invalid"),
        ({"address": "路" * 101}, "station.address_too_long"),
        ({"windows": 0}, "station.windows_invalid"),
        ({"zone": "Asia/Nowhere"}, "deadlines.zone_unknown"),
        ({"weekly": {}}, "deadlines.hours_closed"),
        ({"weekly": {"sat": "09:00-12:00"}}, "deadlines.hours_closed"),
        ({"weekly": {"mon": "9-12"}}, "station.hours_invalid"),
        ({"weekly": {"mon": "09:00-12:00 11:00-13:00"}}, "station.hours_overlap"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    alone: Station, fields: dict[str, Any], code: str
) -> None:
    before = alone.call(read_site)
    refused(code, alone, replace(before.form, **fields))
    assert alone.call(read_site) == before


@pytest.mark.parametrize(
    "typed", ["09:00-12:00 13:30-17:00", "9：00—12：00，13:30至17:00", "09:00~12:00、13:30 - 17:00"]
)
def test_hours_are_read_as_people_write_them(typed: str) -> None:
    assert read_hours("mon", typed) == [["09:00", "12:00"], ["13:30", "17:00"]]


@pytest.mark.parametrize("typed", ["", "休息", " "])
def test_closed_day(typed: str) -> None:
    assert read_hours("sun", typed) == []


@pytest.mark.parametrize(
    "typed", ["09:00", "12:00-09:00", "09:00-24:30", "09:60-10:00", "上午", "09:00-12:00x"]
)
def test_hours_that_make_no_sense_name_the_day(typed: str) -> None:
    with pytest.raises(AppError) as caught:
        read_hours("tue", typed)
    assert caught.value.params["day"] == "tue"


def test_new_hours_hold_for_new_promises_only(alone: Station) -> None:
    old = alone.call(accept_case, form())
    facts = alone.call(read_site)
    shorter = dict.fromkeys(DAYS, "09:00-11:30 13:00-16:00")
    alone.call(change_site, replace(facts.form, weekly=shorter))
    new = alone.call(accept_case, form(name="另一家公司"))
    assert alone.call(show_case, old.id).due.at == old.due_at
    assert old.due_at - new.due_at == 3_600_000


def test_another_process_sees_new_hours_at_once(alone: Station, alone_home: Path, clock: FixedClock) -> None:
    other = open_station(alone_home, clock=clock)
    try:
        before = other.call(accept_case, form())
        facts = alone.call(read_site)
        alone.call(change_site, replace(facts.form, weekly=dict.fromkeys(DAYS, "09:00-12:00 13:30-16:00")))
        after = other.call(accept_case, form(name="另一家公司"))
        assert before.due_at - after.due_at == 3_600_000
        assert other.call(read_site) == alone.call(read_site)
    finally:
        other.close()


def test_a_cache_that_ignored_versions_would_be_caught(
    alone: Station, alone_home: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services import rulebook

    other = open_station(alone_home, clock=clock)
    try:
        book = other.call(rulebook.current)
        monkeypatch.setattr("services.site.rulebook", lambda uow: book)
        alone.call(change_site, replace(alone.call(read_site).form, name="乙站"))
        assert other.call(read_site).form.name == "高新站"
    finally:
        other.close()
