"""The golden chain of the queue: two tickets that between them go through every step, and a hall's day.

New steps go to the end.
"""

from domain.events.event import NewEvent
from domain.queue import decide, hall
from domain.queue.model import TicketSource, Visitor
from domain.queue.rules import Group, Priority, QueueRules
from tests.fixed import NAME, USCC, WEDNESDAY

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
