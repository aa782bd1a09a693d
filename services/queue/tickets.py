"""What is done with a ticket: each one decision, in one transaction that holds the store's only write lock.

``key`` is a number of today or a ticket's id. ``command`` is the caller's own key for one press: asked again it has no
second effect and gets the same answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from unicodedata import normalize

from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.enterprises import credit_code
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.queue import decide, hall
from domain.queue.desk import IssuedTicket, TicketOrder
from domain.queue.line import Waiting, ahead_of, estimated_wait_s, next_for, place_after
from domain.queue.model import Ticket, TicketSource, Visitor
from domain.queue.rules import Group, QueueRules
from domain.staff import Actor
from services.permissions import require
from services.queue.day import begin_day, days_of, hall_now, is_open_now, issuing_day, line_now, today_of
from services.queue.rules import queue_rules
from services.slips import ticket_qr
from services.station import reads

Decision = Callable[[Ticket, QueueRules], NewEvent | None]
Numbering = Callable[[UnitOfWork, Group, str], tuple[int, str]]
"""The next serial of a group on a day, and the number that it makes."""
LineNow = Callable[[UnitOfWork, int], list[Waiting]]
"""Who may be called at a moment."""


def next_number(uow: UnitOfWork, group: Group, day: str) -> tuple[int, str]:
    """The hall's own running number."""
    serial = _serial(uow, group, day)
    return serial, decide.number_of(group, serial)


def issue_ticket(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    order: TicketOrder,
    *,
    command: str = "",
    numbering: Numbering = next_number,
) -> IssuedTicket:
    """取号. Opening hours, pause and quota stop the ticket machine, not a clerk; an emergency stops both."""
    require(actor, "queue_ticket")
    repeated = _answered(uow, command)
    if repeated is not None and repeated[0] is not None:
        return issued(uow, clock, uow.ticket(repeated[0]))
    rules, now_ms = queue_rules(uow), clock.now_ms()
    group = rules.group(order.group)
    rules.priority(order.priority)
    day = begin_day(uow, clock, actor)
    if day.closed:
        raise AppError("queue.hall_closed", reason=day.closed)
    if order.source is TicketSource.KIOSK:
        _check_machine(uow, group, day, now_ms)
    ticket = _issue(uow, actor, rules, group, order, now_ms, numbering)
    _remember(uow, command, ticket.id, now_ms)
    return issued(uow, clock, ticket)


def _check_machine(uow: UnitOfWork, group: Group, day: hall.HallDay, now_ms: int) -> None:
    if not is_open_now(uow, now_ms):
        raise AppError("queue.outside_hours")
    if group.code in day.paused:
        raise AppError("queue.group_paused", group=group.name, reason=day.paused[group.code])
    given = uow.tickets.issued_of(issuing_day(uow, now_ms)).get(group.code, 0)
    if group.quota and given >= group.quota:
        raise AppError("queue.quota_reached", group=group.name, quota=group.quota)


def _issue(
    uow: UnitOfWork,
    actor: Actor,
    rules: QueueRules,
    group: Group,
    order: TicketOrder,
    now_ms: int,
    numbering: Numbering,
) -> Ticket:
    day = issuing_day(uow, now_ms)
    serial, number = numbering(uow, group, day)
    event = decide.issue(
        rules,
        group,
        day=day,
        serial=serial,
        number=number,
        now_ms=now_ms,
        source=order.source,
        priority=order.priority,
        visitor=checked_visitor(order.visitor),
        appointment_at=order.appointment_at,
    )
    return uow.ticket(uow.append(None, [event], actor=actor.id, now_ms=now_ms)[0].stream)


def _serial(uow: UnitOfWork, group: Group, day: str) -> int:
    """The next number of the day that was not given out on it, and that nobody of an earlier day still holds."""
    incarnation, began_on = uow.events.node.incarnation, _began_on(uow)
    while True:
        serial = uow.tickets.count_up(day, group.code, incarnation, began_on=began_on)
        number = decide.number_of(group, serial)
        if not uow.tickets.is_held(number) and not uow.tickets.is_given(number, day):
            return serial


def _began_on(uow: UnitOfWork) -> str:
    """The day on which this store began to number after another one; "" where it never did.

    It was restored or copied and took a later incarnation, or is a hub that took over from an earlier one.
    """
    moments = [uow.events.incarnation_began()]
    hub = uow.hubs.get(uow.events.node.site)
    if hub is not None and hub.term > 1 and hub.device == uow.events.node.device:
        moments.append(hub.since)
    return max((today_of(uow, at) for at in moments if at is not None), default="")


def checked_visitor(visitor: Visitor) -> Visitor:
    """The visitor with a credit code that holds; ``uscc.*`` for one that cannot be."""
    if not visitor.uscc:
        return visitor
    return replace(visitor, uscc=credit_code.parse(visitor.uscc).code)


def issued(uow: UnitOfWork, clock: Clock, ticket: Ticket) -> IssuedTicket:
    """``ticket`` with how many stand before it and how long that will take."""
    now_ms, rules = clock.now_ms(), queue_rules(uow)
    line = line_now(uow, now_ms)
    own = next((one for one in line if one.id == ticket.id), None)
    ahead = ahead_of(own, line) if own else 0
    group = rules.group(ticket.group)
    estimate = wait_s(uow, rules, group, ahead, hall_now(uow, now_ms))
    return IssuedTicket(ticket, group.name, ahead, estimate, ticket_qr(uow, ticket))


@reads
def read_issued(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> IssuedTicket:
    """A number that was given out before, as it stands now."""
    return issued(uow, clock, find_ticket(uow, clock, key))


def wait_s(uow: UnitOfWork, rules: QueueRules, group: Group, ahead: int, day: hall.HallDay) -> int:
    """The estimated wait of ``ahead`` people in ``group``, seconds."""
    recent = uow.tickets.recent_services(group.code, rules.median_of) if ahead else []
    return estimated_wait_s(ahead, recent, group, day.open_windows(rules.windows_of(group.code)))


def call_next(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    window: str,
    groups: Sequence[str] = (),
    *,
    command: str = "",
    line: LineNow = line_now,
) -> Ticket | None:
    """叫下一个. What is still open at the window is finished first; None where nobody waits for it."""
    require(actor, "queue")
    repeated = _answered(uow, command)
    if repeated is not None:
        return None if repeated[0] is None else uow.ticket(repeated[0])
    rules, now_ms = queue_rules(uow), clock.now_ms()
    place = rules.window(window)
    wanted = [rules.group(code).code for code in groups]
    _on_duty(uow, clock, actor, place.code)
    _finish_open(uow, actor, rules, place.code, now_ms)
    chosen = next_for(place, line(uow, now_ms), wanted)
    called = None if chosen is None else _call(uow, actor, uow.ticket(chosen.id), place.code, now_ms)
    _remember(uow, command, called.id if called else None, now_ms)
    return called


def _on_duty(uow: UnitOfWork, clock: Clock, actor: Actor, window: str) -> None:
    day = begin_day(uow, clock, actor)
    if day.closed:
        raise AppError("queue.hall_closed", reason=day.closed)
    event = hall.open_window(day, window, actor.id)
    if event is not None:
        uow.append(day.stream, [event], actor=actor.id, now_ms=clock.now_ms())


def _finish_open(uow: UnitOfWork, actor: Actor, rules: QueueRules, window: str, now_ms: int) -> None:
    busy = uow.tickets.at_window(window)
    if busy is not None:
        _apply(uow, actor, uow.ticket(busy), decide.finish(uow.ticket(busy), rules, now_ms), now_ms)


def _call(uow: UnitOfWork, actor: Actor, ticket: Ticket, window: str, now_ms: int) -> Ticket:
    return _apply(uow, actor, ticket, decide.call(ticket, window), now_ms)


def _apply(uow: UnitOfWork, actor: Actor, ticket: Ticket, event: NewEvent | None, now_ms: int) -> Ticket:
    if event is None:
        return ticket
    uow.append(ticket.id, [event], actor=actor.id, now_ms=now_ms)
    return uow.ticket(ticket.id)


def find_ticket(uow: UnitOfWork, clock: Clock, key: str) -> Ticket:
    """The ticket called ``key``; ``AppError("queue.not_found")``."""
    typed = "".join(normalize("NFKC", key).split())
    found = uow.tickets.id_of(typed, days_of(uow, clock.now_ms()))
    if found is None:
        raise AppError("queue.not_found", number=typed[:40])
    return uow.ticket(found)


def _decide(
    uow: UnitOfWork, clock: Clock, actor: Actor, key: str, decision: Decision, command: str = ""
) -> Ticket:
    require(actor, "queue")
    repeated = _answered(uow, command)
    ticket = find_ticket(uow, clock, key)
    if repeated is not None:
        return ticket
    done = _apply(uow, actor, ticket, decision(ticket, queue_rules(uow)), clock.now_ms())
    _remember(uow, command, done.id, clock.now_ms())
    return done


def call_ticket(
    uow: UnitOfWork, clock: Clock, actor: Actor, key: str, window: str, *, command: str = ""
) -> Ticket:
    """叫指定号, out of turn; what is still open at the window is finished first."""
    require(actor, "queue")
    rules, now_ms = queue_rules(uow), clock.now_ms()
    place, ticket = rules.window(window), find_ticket(uow, clock, key)
    if _answered(uow, command) is not None:
        return ticket
    event = decide.call(ticket, place.code)
    if event is None:
        return ticket
    _on_duty(uow, clock, actor, place.code)
    _finish_open(uow, actor, rules, place.code, now_ms)
    _remember(uow, command, ticket.id, now_ms)
    return _apply(uow, actor, ticket, event, now_ms)


def recall_ticket(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, *, command: str = "") -> Ticket:
    """重呼."""
    return _decide(uow, clock, actor, key, decide.recall, command)


def serve_ticket(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> Ticket:
    """到达."""
    return _decide(uow, clock, actor, key, lambda ticket, rules: decide.serve(ticket))


def miss_ticket(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> Ticket:
    """过号."""
    return _decide(uow, clock, actor, key, lambda ticket, rules: decide.miss(ticket))


def hold_ticket(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> Ticket:
    """暂挂."""
    return _decide(uow, clock, actor, key, lambda ticket, rules: decide.hold(ticket))


def resume_ticket(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, window: str = "") -> Ticket:
    """恢复: a held visitor goes on at their window or ``window``; a missed one, or one who left, is in the line again.

    With ``window`` a missed visitor who stands there is called to it at once.
    """
    require(actor, "queue")
    rules, now_ms = queue_rules(uow), clock.now_ms()
    ticket = find_ticket(uow, clock, key)
    if ticket.state.value in ("missed", "left"):
        line_at = place_after(line_now(uow, now_ms), ticket.group, rules.back_after, now_ms)
        ticket = _apply(uow, actor, ticket, decide.rejoin(ticket, line_at), now_ms)
        return call_ticket(uow, clock, actor, ticket.id, window) if window else ticket
    place = rules.window(window or ticket.window).code if window or ticket.window else ""
    event = decide.resume(ticket, place)
    if event is None:
        return ticket
    _on_duty(uow, clock, actor, place)
    _finish_open(uow, actor, rules, place, now_ms)
    return _apply(uow, actor, ticket, event, now_ms)


def transfer_ticket(
    uow: UnitOfWork, clock: Clock, actor: Actor, key: str, group: str = "", window: str = ""
) -> Ticket:
    """转队列或转窗口: the visitor keeps the place that the time of the first number gives."""
    if not group and not window:
        raise AppError("queue.transfer_where")

    def decision(ticket: Ticket, rules: QueueRules) -> NewEvent | None:
        target = rules.window(window).code if window else ""
        to = rules.group(group).code if group else ticket.group
        return decide.transfer(ticket, to, target, ticket.line_at)

    return _decide(uow, clock, actor, key, decision)


def finish_ticket(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> Ticket:
    """办结."""
    return _decide(uow, clock, actor, key, lambda ticket, rules: decide.finish(ticket, rules, clock.now_ms()))


def leave_ticket(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> Ticket:
    """离开."""
    return _decide(uow, clock, actor, key, lambda ticket, rules: decide.leave(ticket))


def mark_ticket_time(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, *, wrong: bool) -> Ticket:
    """用时不准."""
    return _decide(uow, clock, actor, key, lambda ticket, rules: decide.mark_time(ticket, wrong=wrong))


def set_ticket_visitor(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, visitor: Visitor) -> Ticket:
    """The enterprise of a visit became known at the window."""
    fresh = checked_visitor(visitor)
    return _decide(uow, clock, actor, key, lambda ticket, rules: decide.set_visitor(ticket, fresh))


def begin_ticket_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, case: str) -> Ticket:
    """A case was accepted in this visit; the visitor is at the window at the latest now."""
    require(actor, "queue")
    now_ms = clock.now_ms()
    ticket = find_ticket(uow, clock, key)
    if ticket.state.value == "called":
        ticket = _apply(uow, actor, ticket, decide.serve(ticket), now_ms)
    return _apply(uow, actor, ticket, decide.begin_case(ticket, case), now_ms)


def _answered(uow: UnitOfWork, command: str) -> tuple[str | None] | None:
    return uow.tickets.answered(command) if command else None


def _remember(uow: UnitOfWork, command: str, answer: str | None, now_ms: int) -> None:
    if command:
        uow.tickets.remember(command, answer, now_ms)
