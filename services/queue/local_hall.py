"""The supervisor's side of ``LocalQueueDesk``: ``domain.queue.hall_desk.HallDesk`` over the station's own store."""

from domain.queue.desk import TicketLine
from domain.queue.hall import HallDay
from domain.queue.model import Ticket
from domain.queue.statistics import QueueStatistics
from services.queue import hall, views
from services.station import Station


class LocalHall:
    """Every call blocks until the store has answered."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def call_to(self, ticket: str, window: str) -> Ticket:
        """叫到窗口."""
        return self._station.call(hall.call_to_window, ticket, window)

    def hand_over(self, ticket: str, window: str) -> Ticket:
        """交接."""
        return self._station.call(hall.hand_over_ticket, ticket, window)

    def end(self, ticket: str) -> Ticket:
        """结束."""
        return self._station.call(hall.end_ticket, ticket)

    def pause_group(self, group: str, reason: str) -> HallDay:
        """暂停取号."""
        return self._station.call(hall.pause_group, group, reason)

    def resume_group(self, group: str) -> HallDay:
        """恢复取号."""
        return self._station.call(hall.resume_group, group)

    def close_hall(self, reason: str, send_away: bool = False) -> HallDay:
        """紧急关闭."""
        return self._station.call(hall.close_hall, reason, send_away=send_away)

    def open_hall(self) -> HallDay:
        """恢复开放."""
        return self._station.call(hall.open_hall)

    def set_notice(self, text: str) -> HallDay:
        """通知."""
        return self._station.call(hall.set_notice, text)

    def end_day(self) -> int:
        """日结."""
        return self._station.call(hall.end_day)

    def still_open(self) -> tuple[TicketLine, ...]:
        """What a 日结 would end."""
        return self._station.call(views.read_open_tickets)

    def statistics(self, first_day: str = "", last_day: str = "") -> QueueStatistics:
        """The figures of these days."""
        return self._station.call(views.read_statistics, first_day, last_day)
