"""What a visitor has chosen before touching a group."""

from dataclasses import dataclass, field

from desktop import words
from domain.queue.desk import HallView, TicketOrder
from domain.queue.model import TicketSource, Visitor
from domain.queue.rules import APPOINTMENT, NORMAL

NAME_SHOWN = 18
VISITOR, APPOINTED, PRIORITY = "visitor", "appointment", "priority"


@dataclass(frozen=True, slots=True)
class Choices:
    """企业、预约、优先. ``verified``: the enterprise was proved by a good code; ``appointment_at`` in UTC ms."""

    visitor: Visitor = field(default_factory=Visitor)
    verified: bool = False
    appointment_at: int | None = None
    priority: str = NORMAL

    def order(self, group: str) -> TicketOrder:
        """The order for a number of ``group``."""
        appointed = self.appointment_at is not None and self.priority == NORMAL
        return TicketOrder(
            group=group,
            priority=APPOINTMENT if appointed else self.priority,
            source=TicketSource.KIOSK,
            visitor=self.visitor,
            appointment_at=self.appointment_at,
        )

    def told(self, view: HallView) -> list[tuple[str, str]]:
        """(what, words) of each."""
        found = []
        if self.visitor:
            name = self.visitor.name or self.visitor.uscc
            short = name if len(name) <= NAME_SHOWN else f"{name[: NAME_SHOWN - 1]}…"
            found.append((VISITOR, f"{short} {'已核验' if self.verified else '未核验'}"))
        if self.appointment_at is not None:
            found.append((APPOINTED, f"预约 {words.local(self.appointment_at, view.zone):%H:%M}"))
        if self.priority != NORMAL:
            names = {one.code: one.name for one in view.priorities}
            # Who may go first stands on the screen where it was chosen.
            found.append((PRIORITY, names.get(self.priority, self.priority).partition("（")[0]))
        return found
