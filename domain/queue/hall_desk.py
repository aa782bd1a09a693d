"""What a supervisor decides over the hall, beside what every window does (``QueueDesk``)."""

from typing import Protocol

from domain.queue.desk import QueueDesk, TicketLine
from domain.queue.hall import HallDay
from domain.queue.model import Ticket
from domain.queue.statistics import QueueStatistics


class HallDesk(QueueDesk, Protocol):
    """Every decision is one transaction; ``AppError("permission.denied")`` for who may not take it."""

    def call_to(self, ticket: str, window: str) -> Ticket:
        """叫到窗口: send one who waits to a window that is open and free, out of turn."""
        ...

    def hand_over(self, ticket: str, window: str) -> Ticket:
        """交接 a service under way to another window."""
        ...

    def end(self, ticket: str) -> Ticket:
        """结束 what nobody at the window ends; its time is not right."""
        ...

    def pause_group(self, group: str, reason: str) -> HallDay:
        """暂停取号."""
        ...

    def resume_group(self, group: str) -> HallDay:
        """恢复取号."""
        ...

    def close_hall(self, reason: str, send_away: bool = False) -> HallDay:
        """紧急关闭; with ``send_away`` everybody who waits is taken off the line."""
        ...

    def open_hall(self) -> HallDay:
        """恢复开放."""
        ...

    def set_notice(self, text: str) -> HallDay:
        """通知 on the displays; empty takes it away."""
        ...

    def end_day(self) -> int:
        """日结; how many tickets it ended."""
        ...

    def still_open(self) -> tuple[TicketLine, ...]:
        """What a 日结 now would end, the oldest first."""
        ...

    def statistics(self, first_day: str = "", last_day: str = "") -> QueueStatistics:
        """The figures of these days, today's where empty."""
        ...
