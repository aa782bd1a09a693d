"""The queue of a hall with a hub: ``QueueDesk`` over HTTP."""

from collections.abc import Sequence

from domain.queue.desk import HallView, IssuedTicket, TicketLine, TicketOrder
from domain.queue.model import Ticket, TicketSource, Visitor
from sync.hub_hall import HubHall


class HubQueueDesk(HubHall):
    """``domain.queue.hall_desk.HallDesk``. Every call blocks until the hub has answered; errors as ``HubCaller``."""

    def wait(self, seen: str, seconds: int) -> str:
        """The hall's mark once it is not ``seen`` any more, at the latest after ``seconds``."""
        return self._hub.wait(seen, seconds)

    def close(self) -> None:
        """Let go of the line."""
        self._hub.close()

    def issue(self, order: TicketOrder, *, command: str = "") -> IssuedTicket:
        """取号. At the ticket machine it is the device that acts, whoever is signed in beside it."""
        staff = "" if order.source is TicketSource.KIOSK else None
        answer: IssuedTicket = self._hub.ask("issue", {"order": order}, command=command, staff=staff)
        return answer

    def next(self, window: str, groups: Sequence[str] = (), *, command: str = "") -> Ticket | None:
        """叫下一个."""
        args = {"window": window, "groups": tuple(groups)}
        answer: Ticket | None = self._hub.ask("next", args, command=command)
        return answer

    def call(self, ticket: str, window: str, *, command: str = "") -> Ticket:
        """叫指定号."""
        answer: Ticket = self._hub.ask("call", {"ticket": ticket, "window": window}, command=command)
        return answer

    def recall(self, ticket: str, *, command: str = "") -> Ticket:
        """重呼."""
        answer: Ticket = self._hub.ask("recall", {"ticket": ticket}, command=command)
        return answer

    def serve(self, ticket: str) -> Ticket:
        """到达."""
        answer: Ticket = self._hub.ask("serve", {"ticket": ticket})
        return answer

    def miss(self, ticket: str) -> Ticket:
        """过号."""
        answer: Ticket = self._hub.ask("miss", {"ticket": ticket})
        return answer

    def hold(self, ticket: str) -> Ticket:
        """暂挂."""
        answer: Ticket = self._hub.ask("hold", {"ticket": ticket})
        return answer

    def resume(self, ticket: str, window: str = "") -> Ticket:
        """恢复."""
        answer: Ticket = self._hub.ask("resume", {"ticket": ticket, "window": window})
        return answer

    def transfer(self, ticket: str, group: str = "", window: str = "") -> Ticket:
        """转队列或转窗口."""
        answer: Ticket = self._hub.ask("transfer", {"ticket": ticket, "group": group, "window": window})
        return answer

    def finish(self, ticket: str) -> Ticket:
        """办结."""
        answer: Ticket = self._hub.ask("finish", {"ticket": ticket})
        return answer

    def leave(self, ticket: str) -> Ticket:
        """离开."""
        answer: Ticket = self._hub.ask("leave", {"ticket": ticket})
        return answer

    def open_window(self, window: str) -> None:
        """开窗."""
        self._hub.ask("open_window", {"window": window})

    def pause_window(self, window: str, reason: str) -> None:
        """暂停服务."""
        self._hub.ask("pause_window", {"window": window, "reason": reason})

    def mark_time(self, ticket: str, wrong: bool) -> Ticket:
        """用时不准."""
        answer: Ticket = self._hub.ask("mark_time", {"ticket": ticket, "wrong": wrong})
        return answer

    def set_visitor(self, ticket: str, visitor: Visitor) -> Ticket:
        """The enterprise of a visit."""
        answer: Ticket = self._hub.ask("set_visitor", {"ticket": ticket, "visitor": visitor})
        return answer

    def begin_case(self, ticket: str, case: str) -> Ticket:
        """A case of this visit."""
        answer: Ticket = self._hub.ask("begin_case", {"ticket": ticket, "case": case})
        return answer

    def issued(self, ticket: str) -> IssuedTicket:
        """A number given out before."""
        answer: IssuedTicket = self._hub.ask("issued", {"ticket": ticket})
        return answer

    def view(self) -> HallView:
        """The hall now."""
        answer: HallView = self._hub.ask("view", {})
        return answer

    def line(self, group: str = "") -> tuple[TicketLine, ...]:
        """Those who wait."""
        answer: tuple[TicketLine, ...] = self._hub.ask("line", {"group": group})
        return answer

    def tickets(self, day: str = "") -> tuple[TicketLine, ...]:
        """All tickets of a day."""
        answer: tuple[TicketLine, ...] = self._hub.ask("tickets", {"day": day})
        return answer
