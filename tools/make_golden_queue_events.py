"""Writes the golden files of the queue's events: ``python tools/make_golden_queue_events.py``.

Two tickets that between them go through every step, and a hall's day. As with cases, a file that is there is never
touched. Run by hand after a kind or a version has been added.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from make_golden_events import SALT, _keep  # noqa: E402

from domain.events.canonical import canonical_bytes  # noqa: E402
from domain.events.clock import pack  # noqa: E402
from domain.events.event import Event, NewEvent, body_of, genesis, next_hash, private_hash  # noqa: E402
from domain.events.kinds import CURRENT  # noqa: E402
from domain.queue import decide, hall  # noqa: E402
from domain.queue.model import TicketSource, Visitor  # noqa: E402
from domain.queue.rules import Group, Priority, QueueRules  # noqa: E402
from tests.fixed import NAME, USCC, WEDNESDAY  # noqa: E402

GROUP = Group("A", "综合受理", "A")
CLASSES = {"normal": Priority("normal", "普通"), "priority": Priority("priority", "优先", 15)}
RULES = QueueRules({"A": GROUP}, {}, CLASSES)


def steps() -> list[tuple[int, NewEvent]]:
    """(stream, event)."""
    at = {"day": "2026-11-18", "now_ms": WEDNESDAY}
    machine = decide.issue(
        RULES,
        GROUP,
        serial=1,
        source=TicketSource.KIOSK,
        visitor=Visitor(USCC, NAME),
        appointment_at=WEDNESDAY,
        **at,
    )
    person = decide.issue(RULES, GROUP, serial=2, priority="priority", visitor=Visitor("", "王晓"), **at)
    day = hall.HallDay("", "2026-11-18")
    told = [
        (1, machine),
        (1, NewEvent("ticket_called", {"window": "1"})),
        (1, NewEvent("ticket_recalled", {})),
        (1, NewEvent("ticket_missed", {})),
        (1, NewEvent("ticket_rejoined", {"line_at": WEDNESDAY + 5})),
        (1, NewEvent("ticket_called", {"window": "2"})),
        (1, NewEvent("ticket_serving", {})),
        (1, NewEvent("ticket_case_begun", {"case": "019a95a0-0000-7000-8000-00000000ffff"})),
        (1, NewEvent("ticket_held", {})),
        (1, NewEvent("ticket_resumed", {"window": "2"})),
        (1, NewEvent("ticket_transferred", {"group": "B", "line_at": WEDNESDAY, "window": "3"})),
        (1, NewEvent("ticket_called", {"window": "3"})),
        (1, NewEvent("ticket_handed_over", {"window": "4"})),
        (1, NewEvent("ticket_ended", {"outcome": "finished", "reason": "served", "time_wrong": True})),
        (1, NewEvent("ticket_timed", {"wrong": False})),
        (2, person),
        (2, decide._told("ticket_visitor_set", {}, Visitor("92330106MA2CFLDG4R", "王晓理发店"))),
        (
            2,
            NewEvent(
                "ticket_ended", {"outcome": "left", "reason": "day_closed", "ended_at": WEDNESDAY + 999}
            ),
        ),
        (3, NewEvent(hall.BIRTH, {"day": "2026-11-18"})),
        (3, hall.open_window(day, "1", "clerk")),
        (3, hall.pause_window(day, "1", "午休")),
        (3, hall.pause_group(day, "A", "系统维护")),
        (3, NewEvent("group_resumed", {"group": "A"})),
        (3, hall.close_hall(day, "停电")),
        (3, NewEvent("hall_opened", {})),
        (3, hall.set_notice(day, "二楼有宣讲会")),
        (3, NewEvent("hall_day_ended", {"closed": 1})),
    ]
    return [(stream, new) for stream, new in told if new is not None]


def main() -> None:
    """Compose the chain and keep what is new."""
    head = genesis("golden-queue", 1)
    streams: dict[int, str] = {}
    seen: set[str] = set()
    for seq, (stream, new) in enumerate(steps(), start=1):
        own = f"019a95a0-0000-7000-8001-{seq:012d}"
        private = None if new.private is None else canonical_bytes(new.private)
        body = body_of(
            Event(
                id=own,
                stream=streams.setdefault(stream, own),
                kind=new.kind,
                kind_version=CURRENT[new.kind],
                device="golden-queue",
                incarnation=1,
                seq=seq,
                hlc=pack(WEDNESDAY + seq, 0),
                actor="clerk",
                site="demo",
                payload=new.payload,
                private_hash=None if private is None else private_hash(SALT, private),
            )
        )
        prev, head = head, next_hash(head, body)
        name = f"{new.kind}-{CURRENT[new.kind]}"
        name = f"{name}-{seq}" if name in seen else name
        seen.add(name)
        _keep(name, prev, body, head, private)


if __name__ == "__main__":
    main()
