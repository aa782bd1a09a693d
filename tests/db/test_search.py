"""Search: what was typed a second ago, in all the ways people look for it, newest first."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.rows import tokens
from services.cases import accept_case, search_cases
from services.enterprises import find_enterprises
from services.station import Station
from tests.fixed import NAME, USCC, FixedClock, form


@pytest.fixture
def number(station: Station) -> str:
    contact = {"name": "王晓", "phone": "13812345678"}
    return station.call(accept_case, form(uscc=USCC, contact=contact)).number


@pytest.mark.parametrize(
    "text",
    ["技改", "技改补贴", "蓝鲸", "杭州蓝鲸", "ljzn", "hzlj", "王晓", "wx", "13812345678", "5678", USCC, USCC[:8],
     USCC.lower(), "补贴 蓝鲸", "蓝鲸，技改", "ＬＪＺＮ", "技"],
)  # fmt: skip
def test_found(station: Station, number: str, text: str) -> None:
    assert [row.number for row in station.call(search_cases, text)] == [number]


def test_found_by_number(station: Station, number: str) -> None:
    for text in (number, number.lower(), number[-7:], number[:8]):
        assert [row.number for row in station.call(search_cases, text)] == [number]


@pytest.mark.parametrize(
    "text", ["", " ", "，。", '"', "蓝鲨", "技贴", "zzzz", "NOT", "* OR *", "a AND", "-", "x" * 10**5]
)
def test_not_found_and_no_error(station: Station, number: str, text: str) -> None:
    assert station.call(search_cases, text) == ()


def test_all_readings_of_a_character(station: Station) -> None:
    """行 is háng and xíng, 重 is chóng and zhòng."""
    number = station.call(accept_case, form(name="重庆银行")).number
    for text in ("cqyh", "zqyx"):
        assert [row.number for row in station.call(search_cases, text)] == [number]


@pytest.mark.parametrize("name", ["𬭎", "𠮷野", "䶮", "\u9fce", "\U000323b0"])
def test_rare_characters(station: Station, name: str) -> None:
    number = station.call(accept_case, form(name=f"杭州{name}公司")).number
    station.call(accept_case, form(name="杭州公司"))
    assert [row.number for row in station.call(search_cases, name)] == [number]
    assert [row.name for row in station.call(find_enterprises, name)] == [f"杭州{name}公司"]


def test_by_python_s_tables_alone_the_newest_are_not_found(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "_RUNS", re.compile(r"([0-9a-z]+)|([^\W0-9a-z_]+)"))
    station.call(accept_case, form(name="杭州\U000323b0公司"))
    assert station.call(search_cases, "\U000323b0") == ()


def test_newest_first_and_only_so_many(station: Station, clock: FixedClock) -> None:
    numbers = []
    for n in range(6):
        clock.move(hours=1)
        numbers.append(station.call(accept_case, form(text=f"补贴第 {n} 件")).number)
    found = [row.number for row in station.call(search_cases, "补贴", limit=4)]
    assert found == numbers[::-1][:4]


def test_enterprises_are_found_while_typing(station: Station, number: str) -> None:
    for text in ("蓝鲸", "hzlj", USCC[:10]):
        assert [row.name for row in station.call(find_enterprises, text)] == [NAME]
    assert station.call(find_enterprises, "") == ()


def test_a_renamed_enterprise_is_found_by_its_new_name(station: Station, number: str) -> None:
    station.call(accept_case, form(uscc=USCC, name="杭州白鲨有限公司"))
    assert [row.name for row in station.call(find_enterprises, "白鲨")] == ["杭州白鲨有限公司"]
    assert station.call(find_enterprises, "蓝鲸") == ()


@settings(
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(text=st.text(max_size=30))
def test_nothing_typed_breaks_the_query(station: Station, text: str) -> None:
    station.call(search_cases, text)
    station.call(find_enterprises, text)
