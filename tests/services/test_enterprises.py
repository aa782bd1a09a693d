"""Enterprises in a real store: cases and streams tell one row; a clerk writes down and corrects."""

from typing import Any

import pytest

from db.rows import enterprise_rows
from domain.cases.intake import ContactForm
from domain.enterprises.decide import CheckedCode, Told, record_code
from domain.enterprises.profile import EnterpriseContact, read_tags
from domain.errors import AppError
from domain.events.event import NewEvent
from services.case_steps import answer_case
from services.cases import accept_case
from services.enterprises import (
    enterprise_card,
    find_enterprises,
    list_enterprises,
    save_enterprise,
    view_enterprise,
)
from services.station import Station
from tests.fixed import NAME, FixedClock, form

USCC = "91330100MA2H0KCB5W"

TOLD = Told(
    name="杭州云溪智能有限公司",
    address="云溪路 1 号",
    legal_representative="张三",
    contacts=(EnterpriseContact("李四", "138 0000 0000"),),
    tags=read_tags("专精特新、初创"),
)


def refused(call: Any, *args: Any, **named: Any) -> AppError:
    with pytest.raises(AppError) as caught:
        call(*args, **named)
    return caught.value


def names(station: Station, text: str) -> list[str]:
    return [row.name for row in station.call(find_enterprises, text)]


def test_a_new_enterprise_is_found_offline_by_name_initials_code_and_tag(station: Station) -> None:
    station.call(save_enterprise, USCC, TOLD)
    for text in ("云溪智能", "yxzn", USCC[:8], USCC.lower(), "专精特新"):
        assert names(station, text) == [TOLD.name], text
    assert names(station, "别家") == []


def test_a_new_name_is_found_and_the_old_one_not(station: Station) -> None:
    station.call(save_enterprise, USCC, TOLD)
    station.call(save_enterprise, USCC, Told(name="宁波海纳光电有限公司"))
    assert names(station, "海纳光电") == ["宁波海纳光电有限公司"]
    assert names(station, "云溪智能") == []


def test_without_fresh_tokens_the_new_name_is_not_found(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.call(save_enterprise, USCC, TOLD)
    monkeypatch.setattr(enterprise_rows, "_FOUND_BY", ())
    station.call(save_enterprise, USCC, Told(name="宁波海纳光电有限公司"))
    assert names(station, "海纳光电") == []


def test_what_was_written_is_shown(station: Station) -> None:
    view = station.call(save_enterprise, USCC, TOLD)
    assert view == station.call(view_enterprise, f" {USCC.lower()} ")
    assert (view.name, view.profile.text("address"), view.may_edit) == (TOLD.name, TOLD.address, True)
    assert view.profile.contacts[0].value == EnterpriseContact("李四", "13800000000")
    assert view.row
    assert (view.row.contact_name, view.row.tags) == ("李四", ("初创", "专精特新"))


def test_saying_nothing_new_records_nothing(station: Station) -> None:
    station.call(save_enterprise, USCC, TOLD)
    with station._store.read() as uow:
        before = uow.events.count()
    station.call(save_enterprise, USCC, TOLD)
    with station._store.read() as uow:
        assert uow.events.count() == before


def test_a_case_adds_its_number_and_representative_but_not_its_name(station: Station) -> None:
    station.call(save_enterprise, USCC, TOLD)
    contact = ContactForm(name="王五", phone="13911112222")
    station.call(accept_case, form(uscc=USCC, name="云溪智能", contact=contact))
    card = station.call(enterprise_card, USCC)
    assert card
    assert (card.enterprise.name, card.enterprise.cases, card.open_cases) == (TOLD.name, 1, 1)
    assert (card.enterprise.contact_name, card.enterprise.contact_phone) == ("王五", "13911112222")
    station.call(save_enterprise, USCC, Told(contacts=(EnterpriseContact("赵六", "13700000000"),)))
    card = station.call(enterprise_card, USCC)
    assert card
    assert card.enterprise.contact_name == "王五"


def test_a_profile_after_cases_keeps_what_cases_know(station: Station) -> None:
    station.call(accept_case, form(uscc=USCC))
    station.call(save_enterprise, USCC, Told(address="云溪路 1 号"))
    view = station.call(view_enterprise, USCC)
    assert (view.name, view.open_cases, view.profile.text("address")) == (NAME, 1, "云溪路 1 号")
    assert view.row
    assert view.row.cases == 1


def test_open_cases_come_first(station: Station, clock: FixedClock) -> None:
    first = station.call(accept_case, form(uscc=USCC))
    for _ in range(3):
        clock.move(hours=1)
        done = station.call(accept_case, form(uscc=USCC, text="另一件事，请看看。"))
        station.call(answer_case, done.number, "已答复")
    view = station.call(view_enterprise, USCC)
    assert view.cases[0].number == first.number
    assert (len(view.cases), view.open_cases) == (4, 1)


def test_one_without_a_code_is_shown_by_its_name(station: Station) -> None:
    station.call(accept_case, form(name="筹建中的茶馆", uscc=None))
    view = station.call(view_enterprise, "筹建中的茶馆")
    assert (view.uscc, view.name, view.open_cases, view.may_edit) == (None, "筹建中的茶馆", 1, False)


def test_the_list_is_newest_first_and_in_stretches(station: Station, clock: FixedClock) -> None:
    station.call(save_enterprise, USCC, TOLD)
    clock.move(hours=1)
    station.call(accept_case, form(name="后来的茶馆", uscc=None))
    page = station.call(list_enterprises, limit=1)
    assert ([row.name for row in page.rows], page.total) == (["后来的茶馆"], 2)
    assert [row.name for row in station.call(list_enterprises, offset=1, limit=9).rows] == [TOLD.name]
    assert station.call(list_enterprises, "云溪").total == 1


@pytest.mark.parametrize(
    ("code", "told", "error"),
    [
        (USCC, Told(address="无名"), "enterprises.name_missing"),
        (USCC[:-1] + "X", TOLD, "uscc.check"),
        (USCC, Told(name="长" * 121), "enterprises.field_too_long"),
        (USCC, Told(name="甲", contacts=(EnterpriseContact("乙", "不是电话"),)), "cases.phone_invalid"),
    ],
)
def test_what_is_refused_leaves_nothing(station: Station, code: str, told: Told, error: str) -> None:
    assert refused(station.call, save_enterprise, code, told).code == error
    assert station.call(list_enterprises).total == 0


def test_the_unknown_is_refused(station: Station) -> None:
    assert refused(station.call, view_enterprise, USCC).code == "enterprises.not_found"
    assert refused(station.call, view_enterprise, "没听说过").code == "enterprises.not_found"
    assert refused(station.call, view_enterprise, USCC[:-1] + "X").code == "uscc.check"


def test_two_streams_for_one_code_are_one_enterprise(station: Station, clock: FixedClock) -> None:
    """As after two stations met the same enterprise offline."""

    def begin(uow: Any, clock: Any, actor: Any, name: str) -> None:
        event = NewEvent("enterprise_registered", {"uscc": USCC, "set": {"name": name}})
        uow.append(None, [event], actor="a", now_ms=clock.now_ms())

    station.call(begin, "先登记的名字")
    clock.move(hours=1)
    station.call(begin, "后登记的名字")
    view = station.call(view_enterprise, USCC)
    assert view.name == "后登记的名字"
    assert station.call(list_enterprises).total == 1
    station.call(save_enterprise, USCC, Told(name="改过的名字"))
    assert names(station, "改过") == ["改过的名字"]


def test_conflicts_are_listed_and_leave_when_they_fit(station: Station) -> None:
    def add(uow: Any, clock: Any, actor: Any, event: NewEvent) -> None:
        record = uow.enterprise_records.get(USCC)
        uow.append(record.id, [event], actor="a", now_ms=clock.now_ms())

    station.call(save_enterprise, USCC, TOLD)
    station.call(add, NewEvent("enterprise_changed", {"set": {"address": 7}}))
    view = station.call(view_enterprise, USCC)
    assert [code for _, code in view.conflicts] == ["malformed"]
    assert view.profile.text("address") == TOLD.address


def test_changes_tell_open_pages(station: Station) -> None:
    heard: list[Any] = []
    station.add_listener(heard.append)
    station.call(save_enterprise, USCC, TOLD)
    assert heard[-1].areas == {"enterprises"}


def test_a_proof_of_the_name_ends_in_the_list_too(station: Station, clock: FixedClock) -> None:
    until = clock.at_ms + 1_000
    checked = CheckedCode("valid", profile="QYM1", issuer="i", proved=Told(name="证明的名字"), until=until)

    def add(uow: Any, clock: Any, actor: Any) -> None:
        uow.append(None, [record_code(USCC, checked)], actor="a", now_ms=clock.now_ms())

    station.call(add)
    for later, proved in ((0, True), (1_000, False)):
        clock.move(ms=later)
        page = station.call(list_enterprises)
        assert [row.proved_at(page.now_ms) for row in page.rows] == [proved]
