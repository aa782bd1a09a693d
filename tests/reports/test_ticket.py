"""Tickets: the number is huge, nothing sticks out, the code is read at 203 dpi, and nothing names a person."""

import io
import json
from dataclasses import replace

import pypdf
import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from domain.codes.keys import Ed25519Signer
from domain.codes.slips import Slip, SlipOf, slip_text
from domain.errors import AppError
from domain.printing.papers import SitePlace, Ticket, paper_from_document
from reports import preview, render
from reports.qr import matrix
from reports.rare import SystemFonts
from reports.strip import MM58, MM80
from reports.text import Typesetter
from reports.ticket import ticket_blocks
from services.ticket_paper import render_ticket, ticket_job

WIDTHS = {"58mm": 384, "80mm": 576}
LONG_GROUP = "企业开办变更注销与“一类事”集成服务综合受理（含外商投资企业、个体工商户转企业）"
TEXT = st.text(max_size=12)
TICKETS = st.builds(
    Ticket,
    site=st.builds(SitePlace, TEXT, TEXT, TEXT, TEXT),
    number=TEXT,
    group=TEXT,
    ahead=st.integers(0, 999),
    issued_at=TEXT,
    wait_minutes=st.none() | st.integers(0, 999),
    priority=TEXT,
    appointment=TEXT,
    enterprise=TEXT,
    wait_at=TEXT,
    notice=TEXT,
    qr=st.from_regex(r"[A-Z0-9:]{0,20}", fullmatch=True),
    copy=st.integers(1, 9),
)


def signed(number: str) -> str:
    """A code as long as they get."""
    slip = Slip(
        of=SlipOf.TICKET,
        id="0193f000-0000-7000-8000-000000000032",
        number=number,
        kind="appointment",
        site="QJ" * 6,
        board="board-of-services",
        accepted_at=1_763_431_500_000,
        due_at=1_763_435_100_000,
        copy=2,
    )
    return slip_text(slip, Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(32))))


@pytest.fixture
def ticket() -> Ticket:
    return Ticket(
        site=SitePlace("钱江新城企业综合服务中心", "0571-8888 1234", "富春路 168 号", "工作日 9:00–17:00"),
        number="A032",
        group="企业开办",
        ahead=5,
        wait_minutes=12,
        issued_at="2026-11-18 10:05",
        wait_at="一楼大厅东侧等候区",
        notice="过号后请到取号机扫码，排在最前 3 位之后。",
        qr=signed("A032"),
    )


@pytest.fixture
def crowded(ticket: Ticket) -> Ticket:
    return replace(
        ticket,
        number="VIP-10321",
        group=LONG_GROUP,
        priority="老年人、残疾人等优先",
        appointment="2026-11-18 10:30",
        enterprise="杭州钱塘江蓝鲸智能装备制造与供应链管理（集团）股份有限公司" * 2,
        copy=2,
    )


def picture(ticket: Ticket, size: str, system: SystemFonts | None = None) -> Image.Image:
    return Image.open(io.BytesIO(render(ticket, size, system=system).data))


def set_lines(ticket: Ticket, size: str) -> list[tuple[str, float, float, float]]:
    """(text, left, right, type size) of every line of the ticket."""
    drawn: list[tuple[str, float, float, float]] = []

    class Recorder:
        def line_of_text(self, x, baseline, line, style):
            drawn.append(("".join(run.text for run in line.runs), x, x + line.width, style.size))

        def rule(self, *_): ...
        def frame(self, *_): ...
        def shade(self, *_): ...
        def qr(self, *_): ...

    strip = {"58mm": MM58, "80mm": MM80}[size]
    for block in ticket_blocks(ticket, strip, Typesetter(SystemFonts(()))):
        block.draw(Recorder(), 0, 0)
    return drawn


@settings(deadline=None, max_examples=30)
@given(TICKETS)
def test_a_ticket_survives_json_unchanged(ticket):
    assert paper_from_document(json.loads(json.dumps(ticket.to_document()))) == ticket


@pytest.mark.parametrize("change", [{"copy": 0}, {"ahead": -1}, {"ahead": "some"}, {"site": None}])
def test_a_damaged_ticket_is_refused(ticket, change):
    with pytest.raises(AppError, match=r"printing\.snapshot_damaged"):
        Ticket.from_document(ticket.to_document() | change)


@pytest.mark.parametrize("qr", ["王晓", "A" * 513])
def test_the_code_of_a_ticket_cannot_name_a_person(ticket, qr):
    with pytest.raises(AppError, match=r"printing\.qr_text"):
        replace(ticket, qr=qr)


@pytest.mark.parametrize("size", WIDTHS)
@pytest.mark.parametrize("kind", ["ticket", "crowded"])
def test_the_code_is_read_from_the_dots(request, kind, size):
    ticket = request.getfixturevalue(kind)
    image = picture(ticket, size)
    assert (image.mode, image.width) == ("1", WIDTHS[size])
    assert image.info["dpi"] == pytest.approx((203, 203), abs=0.1)
    assert [code.text for code in zxingcpp.read_barcodes(image.convert("L"))] == [ticket.qr]


@pytest.mark.parametrize("size", WIDTHS)
def test_a_module_of_the_code_is_half_a_millimetre(ticket, size):
    """Four dots, also of the longest code; thinner ones run together on worn heads."""
    (found,) = zxingcpp.read_barcodes(picture(ticket, size).convert("L"))
    corners = found.position
    side = corners.top_right.x - corners.top_left.x
    assert side / len(matrix(ticket.qr)) >= 3.9


@pytest.mark.parametrize("size", WIDTHS)
def test_the_number_is_by_far_the_largest(ticket, size):
    lines = sorted(set_lines(ticket, size), key=lambda line: -line[3])
    text, left, right, type_size = lines[0]
    assert text == "A032"
    assert right - left >= 0.75 * WIDTHS[size]
    assert type_size >= 3 * lines[1][3]


@pytest.mark.parametrize("size", WIDTHS)
def test_long_texts_wrap_and_nothing_sticks_out(crowded, size):
    lines = set_lines(crowded, size)
    assert all(left >= 0 and right <= WIDTHS[size] for _, left, right, _ in lines)
    assert LONG_GROUP in "".join(text for text, *_ in lines)
    assert lines[1][0] == "VIP-10321"


def test_a_number_without_end_still_fits(ticket):
    lines = set_lines(replace(ticket, number="A" * 40), "58mm")
    assert all(right <= 384 for _, _, right, _ in lines)


@pytest.mark.parametrize(
    ("change", "wanted", "unwanted"),
    [
        ({}, ["前面还有 5 人", "预计等候约 12 分钟"], ["优先", "预约", "补打", "企业 "]),
        ({"wait_minutes": None}, ["前面还有 5 人"], ["预计"]),
        ({"wait_minutes": 75}, ["预计等候约 1 小时 15 分钟"], []),
        ({"wait_minutes": 120}, ["预计等候约 2 小时"], ["0 分钟"]),
        ({"wait_minutes": 0}, ["预计等候约 1 分钟"], []),
        ({"ahead": 0}, ["前面没有人，请留意叫号"], ["预计", "0 人"]),
        ({"priority": "军人", "appointment": "10:30"}, ["优先 · 军人", "预约 10:30"], []),
        ({"priority": "优先（老年人）"}, ["优先（老年人）"], ["优先 ·"]),
        ({"copy": 3}, ["补打，第 3 张"], []),
    ],
)
def test_it_says_what_somebody_who_waits_asks(ticket, change, wanted, unwanted):
    said = "\n".join(text for text, *_ in set_lines(replace(ticket, **change), "80mm"))
    assert [text for text in wanted if text not in said] == []
    assert [text for text in unwanted if text in said] == []


def test_rare_characters_are_drawn_or_named(ticket, rare_fonts, no_fonts):
    rare = replace(ticket, enterprise="𠮷祥")
    assert render(rare, "58mm", system=rare_fonts).undrawable == ()
    assert render(rare, "58mm", system=no_fonts).undrawable == (0x20BB7,)
    assert picture(rare, "58mm", rare_fonts).tobytes() != picture(rare, "58mm", no_fonts).tobytes()


@pytest.mark.parametrize(("size", "roll_mm"), [("58mm", 58), ("80mm", 80)])
def test_for_a_system_printer_it_is_a_page_as_wide_as_the_roll(ticket, size, roll_mm):
    data = render_ticket(ticket.to_document(), size)
    (page,) = pypdf.PdfReader(io.BytesIO(data)).pages
    assert float(page.mediabox.width) / 72 * 25.4 == pytest.approx(roll_mm, abs=0.1)
    (shown,) = preview.pages(data, width_px=round(roll_mm / 25.4 * 300))
    image = Image.frombytes("RGB", (shown.width, shown.height), shown.rgb)
    assert [code.text for code in zxingcpp.read_barcodes(image)] == [ticket.qr]


def test_a_ticket_has_no_page(ticket):
    with pytest.raises(AppError, match=r"printing\.unknown_size"):
        render_ticket(ticket.to_document(), "a4")
    with pytest.raises(ValueError, match="strip"):
        render(ticket, "a4")


def test_only_tickets_are_tickets(slip):
    with pytest.raises(AppError, match=r"printing\.snapshot_unknown"):
        render_ticket(slip.to_document(), "80mm")


def test_the_copy_is_counted(ticket):
    again = ticket.again()
    assert (again.copy, again.again().copy) == (2, 3)
    assert render(ticket, "80mm", copy=2).data == render(again, "80mm").data
    assert render(ticket, "80mm").data != render(again, "80mm").data


def test_the_same_number_on_another_day_is_another_paper(ticket):
    tomorrow = replace(ticket, issued_at="2026-11-19 10:05", number="A/032")
    jobs = [ticket_job(one.to_document(), "80mm") for one in (ticket, tomorrow)]
    assert [job.number for job in jobs] == ["A032-202611181005", "A032-202611191005"]
