"""The supervisor's side of ``HubQueueDesk``: ``domain.queue.hall_desk.HallDesk`` asked of the hall's hub."""

from domain.queue.desk import TicketLine
from domain.queue.hall import HallDay
from domain.queue.model import Ticket
from domain.queue.statistics import QueueStatistics
from sync.hub_call import HubCaller


class HubHall:
    """Every call blocks until the hub has answered; errors as ``HubCaller``."""

    def __init__(self, hub: HubCaller) -> None:
        self._hub = hub

    def call_to(self, ticket: str, window: str) -> Ticket:
        """叫到窗口."""
        answer: Ticket = self._hub.ask("call_to", {"ticket": ticket, "window": window})
        return answer

    def hand_over(self, ticket: str, window: str) -> Ticket:
        """交接."""
        answer: Ticket = self._hub.ask("hand_over", {"ticket": ticket, "window": window})
        return answer

    def end(self, ticket: str) -> Ticket:
        """结束."""
        answer: Ticket = self._hub.ask("end", {"ticket": ticket})
        return answer

    def pause_group(self, group: str, reason: str) -> HallDay:
        """暂停取号."""
        answer: HallDay = self._hub.ask("pause_group", {"group": group, "reason": reason})
        return answer

    def resume_group(self, group: str) -> HallDay:
        """恢复取号."""
        answer: HallDay = self._hub.ask("resume_group", {"group": group})
        return answer

    def close_hall(self, reason: str, send_away: bool = False) -> HallDay:
        """紧急关闭."""
        answer: HallDay = self._hub.ask("close_hall", {"reason": reason, "send_away": send_away})
        return answer

    def open_hall(self) -> HallDay:
        """恢复开放."""
        answer: HallDay = self._hub.ask("open_hall", {})
        return answer

    def set_notice(self, text: str) -> HallDay:
        """通知."""
        answer: HallDay = self._hub.ask("set_notice", {"text": text})
        return answer

    def end_day(self) -> int:
        """日结."""
        answer: int = self._hub.ask("end_day", {})
        return answer

    def still_open(self) -> tuple[TicketLine, ...]:
        """What a 日结 would end."""
        answer: tuple[TicketLine, ...] = self._hub.ask("still_open", {})
        return answer

    def statistics(self, first_day: str = "", last_day: str = "") -> QueueStatistics:
        """The figures of these days."""
        answer: QueueStatistics = self._hub.ask("statistics", {"first_day": first_day, "last_day": last_day})
        return answer
