"""日终核对单 read back from what is drawn."""

from dataclasses import replace

import pytest

from domain.printing.day_end import DayEndSlip
from reports.day_end import MOST_OPEN, day_end_paper
from tests.reports.conftest import SITE
from tests.reports.test_pages import flat_text

DIGEST = "0123456789abcdef" * 4
SLIP = DayEndSlip(
    site=SITE,
    number="2026-11-18",
    printed_at="2026-11-18 17:32",
    joined=True,
    upstream="杭州市企业综合服务中心",
    heard_at="2026-11-18 17:31",
    accepted=43,
    confirmed=43,
    digest=DIGEST,
    first_number="YX261118DL0001Q",
    last_number="YX261118DL0043A",
    window="3",
    printed_by="林窗口",
)


def _text(slip: DayEndSlip) -> str:
    return flat_text(day_end_paper(slip, "a5").data)


def test_the_figures_and_the_digest_stand_on_it() -> None:
    text = _text(SLIP)
    for said in (
        "当日受理43、中心已确认43、等待0",
        "2026-11-18（周三）",
        "0123456789abcdef",
        "第1页/共1页",
        "已核对",
    ):
        assert said in text
    assert "尚未确认" not in text


def test_what_is_not_confirmed_is_named() -> None:
    open_numbers = tuple(f"YX261118DL{at:04d}" for at in range(MOST_OPEN + 5))
    text = _text(replace(SLIP, accepted=99, confirmed=34, open_numbers=open_numbers))
    assert f"尚未确认的办件（{MOST_OPEN + 5}件，只列前{MOST_OPEN}件）" in text
    assert open_numbers[MOST_OPEN - 1] in text
    assert open_numbers[MOST_OPEN] not in text
    assert "待核对" in text


def test_a_lone_station_says_so() -> None:
    text = _text(replace(SLIP, joined=False, confirmed=0, digest=""))
    assert "独立网点" in text
    assert "核对码" not in text


def test_sizes() -> None:
    strip = day_end_paper(SLIP, "80mm")
    assert (strip.media_type, strip.data[:4]) == ("image/png", b"\x89PNG")
    assert day_end_paper(SLIP, "80mm", as_pdf=True).data.startswith(b"%PDF")
    assert day_end_paper(SLIP, "80mm").data == strip.data
    with pytest.raises(ValueError, match="A5 or 80 mm"):
        day_end_paper(SLIP, "a4")
