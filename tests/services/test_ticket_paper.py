"""A number that was given out becomes a paper: what stands on it, and what its code says when it is scanned."""

import io
from dataclasses import replace
from typing import Any

import zxingcpp
from PIL import Image

from domain.printing.papers import Ticket
from domain.printing.tickets import ticket_paper
from domain.queue.desk import HallView, IssuedTicket, TicketOrder
from domain.queue.model import Visitor
from domain.staff import Actor, Role
from services.queue import tickets, views
from services.scans import scan
from services.station import Station
from services.ticket_paper import raster_ticket
from tests.fixed import FixedClock, local_ms

CLERK = Actor("clerk", Role.CLERK, "林晓")
HALF_PAST_TEN = local_ms("2026-11-18 10:30")


def issue(station: Station, **order: Any) -> IssuedTicket:
    return station.call(tickets.issue_ticket, TicketOrder(**{"group": "A"} | order), as_actor=CLERK)


def hall(station: Station) -> HallView:
    return station.call(views.read_hall)


def test_the_paper_says_what_was_given_out(station: Station) -> None:
    issue(station)
    second = issue(station, visitor=Visitor("", "杭州蓝鲸智能装备有限公司"))
    paper = ticket_paper(second, hall(station), wait_at="一楼东侧")
    assert (paper.number, paper.group, paper.ahead) == ("A002", "综合受理", 1)
    assert paper.issued_at == "2026-11-18 10:00"
    assert paper.wait_minutes == -(-second.wait_s // 60)
    assert paper.enterprise == "杭州蓝鲸智能装备有限公司"
    assert (paper.wait_at, paper.notice) == ("一楼东侧", hall(station).ticket_note)
    assert paper.site.hours.startswith("09:00–12:00")
    assert (paper.priority, paper.appointment, paper.copy) == ("", "", 1)
    assert Ticket.from_document(paper.to_document()) == paper


def test_classes_and_appointments_are_named(station: Station) -> None:
    first = ticket_paper(issue(station, priority="priority"), hall(station))
    assert "优先" in first.priority
    booked = issue(station, priority="appointment", appointment_at=HALF_PAST_TEN)
    paper = ticket_paper(booked, hall(station))
    assert (paper.priority, paper.appointment) == ("", "10:30")


def test_a_class_that_was_taken_away_since_is_shown_by_its_code(station: Station) -> None:
    issued = issue(station)
    issued = replace(issued, ticket=replace(issued.ticket, priority="veteran"))
    assert ticket_paper(issued, hall(station)).priority == "veteran"


def test_without_an_estimate_none_is_printed(station: Station) -> None:
    assert ticket_paper(replace(issue(station), wait_s=0), hall(station)).wait_minutes is None


def test_a_reprint_says_how_things_stand_now(station: Station, clock: FixedClock) -> None:
    issue(station)
    second = issue(station)
    clock.move(hours=0.1)
    station.call(tickets.call_next, "1", as_actor=CLERK)
    again = station.call(tickets.read_issued, second.ticket.id)
    paper = ticket_paper(again, hall(station), copy=2)
    assert (paper.ahead, paper.copy, paper.issued_at) == (0, 2, "2026-11-18 10:00")


def test_the_code_on_the_dots_is_genuine_and_says_the_number(station: Station) -> None:
    paper = ticket_paper(issue(station), hall(station))
    for size in ("58mm", "80mm"):
        image = Image.open(io.BytesIO(raster_ticket(paper.to_document(), size))).convert("L")
        (code,) = zxingcpp.read_barcodes(image)
        assert code.text == paper.qr
        facts = station.call(scan, code.text, as_actor=CLERK)
        assert facts.ticket is not None
        assert facts.ticket.number == paper.number
