"""The public address of a site, and the second code on what an enterprise takes home."""

from dataclasses import replace
from typing import Any

import pytest

from domain.errors import AppError
from domain.staff import Actor, Role
from services.case_steps import answer_case
from services.cases import accept_case
from services.printing import preview_paper, record_print
from services.ratings.links import progress_by_link
from services.site import change_site, read_site
from services.station import Station
from services.web_address import web_address
from tests.fixed import NAME, USCC, form

ADMIN, CLERK = Actor("admin", Role.ADMIN), Actor("clerk")


def publish(station: Station, address: str) -> None:
    present = station.call(read_site).form
    station.call(change_site, replace(present, web_address=address), as_actor=ADMIN)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("  ", ""),
        ("https://fw.example.gov.cn", "https://fw.example.gov.cn"),
        (" https://fw.example.gov.cn/jd/ ", "https://fw.example.gov.cn/jd"),
        ("https://fw.example.gov.cn:8443", "https://fw.example.gov.cn:8443"),
        ("https://203.0.113.7", "https://203.0.113.7"),
        ("http://127.0.0.1:8460", "http://127.0.0.1:8460"),
        ("http://[::1]:8460", "http://[::1]:8460"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_an_address_is_kept(typed: str, kept: str) -> None:
    assert web_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "http://fw.example.gov.cn",
        "http://127.0.0.1.example.org",
        "http://10.0.0.1",
        "http://localhost.example.org",
    ],
)
def test_plain_http_is_for_this_machine_alone(typed: str) -> None:
    with pytest.raises(AppError, match=r"station\.web_address_plain"):
        web_address(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "fw.example.gov.cn",
        "https://",
        "https:///p",
        "https://user:secret@fw.example.gov.cn",
        "https://fw.example.gov.cn/?a=1",
        "https://fw.example.gov.cn/#x",
        "https://fw.example.gov.cn:99999",
        "https://fw.example.gov.cn:x",
        "https://fw example.gov.cn",
        "https://fw.example.gov.cn/a/../b",
        "https://fw.example.gov.cn//evil",
        "https://企服.中国",
        "https://-x.example.org",
        "https://[::1",
        "javascript:alert(1)",
        "ftp://fw.example.gov.cn",
        'https://fw.example.gov.cn/"><script>',
        "https://fw.example.gov.cn/" + "a" * 100,
    ],
)
def test_what_is_no_address_is_told(typed: str) -> None:
    with pytest.raises(AppError, match=r"station\.web_address_invalid"):
        web_address(typed)


def test_the_site_keeps_it_and_gives_it_up_again(station: Station) -> None:
    publish(station, "https://fw.example.gov.cn/")
    assert station.call(read_site).form.web_address == "https://fw.example.gov.cn"
    publish(station, "")
    assert station.call(read_site).form.web_address == ""
    with pytest.raises(AppError, match=r"station\.web_address_plain"):
        publish(station, "http://fw.example.gov.cn")


@pytest.mark.parametrize("paper", ["case_slip", "feedback_slip"])
def test_what_the_enterprise_takes_home_leads_to_its_page(station: Station, paper: str) -> None:
    case: Any = station.call(accept_case, form(uscc=USCC), as_actor=CLERK)
    station.call(answer_case, case.id, "已答复。", as_actor=CLERK)
    assert station.call(preview_paper, case.id, paper)["web_link"] == ""
    publish(station, "https://fw.example.gov.cn/jd")
    job = station.call(record_print, case.id, paper, "a5", as_actor=CLERK)
    address, _, token = job.document["web_link"].rpartition("/p/")
    assert address == "https://fw.example.gov.cn/jd"
    assert station.call(progress_by_link, token).number == case.number
    assert not [text for text in (NAME, USCC, case.number) if text in job.document["web_link"]]


@pytest.mark.parametrize("paper", ["one_time_notice", "assignment_slip"])
def test_other_papers_have_none(station: Station, paper: str) -> None:
    from services.case_steps import request_material

    case: Any = station.call(accept_case, form(uscc=USCC), as_actor=CLERK)
    station.call(request_material, case.id, ("章程",), as_actor=CLERK)
    publish(station, "https://fw.example.gov.cn/jd")
    assert "web_link" not in station.call(preview_paper, case.id, paper)
