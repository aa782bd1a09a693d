"""The queue's events: each kind has its golden file and its step, and old files make what they made."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from domain.events.event import Event, read_body
from domain.events.kinds import CURRENT, UPCASTERS
from domain.queue.fold import TICKET_KINDS, fold_ticket
from domain.queue.hall import HALL_KINDS, fold_hall
from domain.queue.model import EndReason, TicketState, Visitor
from tests.fixed import NAME, USCC, WEDNESDAY

GOLDEN = Path(__file__).parents[1] / "data" / "events"
OF_QUEUE = TICKET_KINDS | HALL_KINDS


def golden() -> dict[str, list[Event]]:
    """Stream → its golden events."""
    streams: dict[str, list[Event]] = {}
    for file in sorted(GOLDEN.glob("*.json")):
        kept = json.loads(file.read_text("utf-8"))
        one = read_body(kept["body"].encode(), kept["private"] and kept["private"].encode())
        if one.kind in OF_QUEUE:
            streams.setdefault(one.stream, []).append(one)
    return streams


def test_every_version_of_every_kind_has_its_golden_file() -> None:
    wanted = {f"{kind}-{version}" for kind in OF_QUEUE for version in range(1, CURRENT[kind] + 1)}
    assert {file.stem for file in GOLDEN.glob("*.json")} >= wanted


def test_every_kind_of_the_queue_has_its_step() -> None:
    assert {
        kind for kind in CURRENT if kind.startswith(("ticket_", "window_", "group_", "hall_"))
    } == OF_QUEUE


def test_golden_tickets_are_what_they_were() -> None:
    tickets = [one for one in map(fold_ticket, golden().values()) if one is not None]
    first, second = sorted(tickets, key=lambda one: one.number)
    assert (first.number, first.state, first.group, first.window) == ("A001", TicketState.FINISHED, "B", "4")
    assert (first.visitor, first.appointment_at, first.time_wrong) == (Visitor(USCC, NAME), WEDNESDAY, False)
    assert [(one.window, one.group) for one in first.announced] == [
        ("1", "A"),
        ("1", "A"),
        ("2", "A"),
        ("3", "B"),
    ]
    assert [period.state.value for period in first.periods] == [
        *("waiting", "called", "missed", "waiting", "called", "serving"),
        *("held", "serving", "transferred", "called", "serving"),
    ]
    assert (second.number, second.end_reason, second.ended_at) == (
        "A002",
        EndReason.DAY_CLOSED,
        WEDNESDAY + 999,
    )
    assert (second.visitor, second.line_at) == (
        Visitor("92330106MA2CFLDG4R", "王晓理发店"),
        WEDNESDAY - 15 * 60_000,
    )
    for one in tickets:
        assert (one.unfit, one.newer) == ((), False)
        assert all(a.to_at == b.from_at for a, b in pairwise(one.periods))


def test_a_golden_day_is_what_it_was() -> None:
    (day,) = [one for one in map(fold_hall, golden().values()) if one is not None]
    assert (day.day, day.paused, day.closed, day.notice) == ("2026-11-18", {}, "", "二楼有宣讲会")
    assert day.windows["1"].reason == "午休"
    assert day.ended_at is not None


def test_a_persons_name_is_in_the_private_part_alone() -> None:
    """王晓 has no credit code and 王晓理发店 is an individual business: either may be a person's name."""
    for events in golden().values():
        for one in events:
            assert "王晓" not in json.dumps(one.payload, ensure_ascii=False)


def test_an_older_payload_is_read_by_its_upcast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CURRENT, "ticket_called", 2)
    monkeypatch.setitem(
        UPCASTERS, ("ticket_called", 1), lambda payload: {**payload, "window": payload["window"] + "0"}
    )
    tickets = [one for one in map(fold_ticket, golden().values()) if one is not None]
    assert [call.window for call in min(tickets, key=lambda one: one.number).announced][-1] == "30"
