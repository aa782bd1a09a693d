"""What is done with the hall: windows on duty, groups paused, emergencies, notices, the end of the day."""

from collections.abc import Callable

from db.unit_of_work import UnitOfWork
from domain.cases.wording import clean
from domain.clock import Clock
from domain.errors import AppError
from domain.events.event import NewEvent
from domain.queue import decide, hall
from domain.queue.hall import HallDay
from domain.queue.model import EndReason, Ticket
from domain.staff import Actor
from services.queue.day import begin_day, close_earlier, hall_now, today_of
from services.queue.rules import queue_rules
from services.queue.supervising import SUPERVISE, require_decision
from services.queue.tickets import find_ticket

MAX_REASON = 60
MAX_NOTICE = 120

HallDecision = Callable[[HallDay], NewEvent | None]


def open_window(uow: UnitOfWork, clock: Clock, actor: Actor, window: str) -> HallDay:
    """开窗: this window is on duty."""
    place = queue_rules(uow).window(window).code
    return _decide(uow, clock, actor, "queue", lambda day: hall.open_window(day, place, actor.id))


def pause_window(uow: UnitOfWork, clock: Clock, actor: Actor, window: str, reason: str) -> HallDay:
    """暂停服务: the window calls nobody for a while and the display says so; whom it serves it goes on serving."""
    place, told = queue_rules(uow).window(window).code, _line(reason, MAX_REASON)
    return _decide(uow, clock, actor, "queue", lambda day: hall.pause_window(day, place, told))


def pause_group(uow: UnitOfWork, clock: Clock, actor: Actor, group: str, reason: str) -> HallDay:
    """暂停取号 at the ticket machine, for one group."""
    code, told = queue_rules(uow).group(group).code, _line(reason, MAX_REASON)
    return _decide(uow, clock, actor, SUPERVISE, lambda day: hall.pause_group(day, code, told))


def resume_group(uow: UnitOfWork, clock: Clock, actor: Actor, group: str) -> HallDay:
    """恢复取号."""
    code = queue_rules(uow).group(group).code
    return _decide(uow, clock, actor, SUPERVISE, lambda day: hall.resume_group(day, code))


def close_hall(
    uow: UnitOfWork, clock: Clock, actor: Actor, reason: str, *, send_away: bool = False
) -> HallDay:
    """紧急关闭. With ``send_away`` everybody who waits is taken off the line; otherwise they wait for the reopening."""
    told = _line(reason, MAX_REASON)
    day = _decide(uow, clock, actor, SUPERVISE, lambda day: hall.close_hall(day, told))
    if send_away:
        _end_all(uow, clock, actor, EndReason.EMERGENCY)
    return day


def open_hall(uow: UnitOfWork, clock: Clock, actor: Actor) -> HallDay:
    """恢复开放."""
    return _decide(uow, clock, actor, SUPERVISE, hall.open_hall)


def set_notice(uow: UnitOfWork, clock: Clock, actor: Actor, text: str) -> HallDay:
    """通知 on the displays; empty takes it away."""
    told = _line(text, MAX_NOTICE)
    return _decide(uow, clock, actor, SUPERVISE, lambda day: hall.set_notice(day, told))


def call_to_window(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, window: str) -> Ticket:
    """叫到窗口: a supervisor sends one who waits to a window that is open and busy with nobody."""
    require_decision(uow, actor, SUPERVISE)
    ticket, place = find_ticket(uow, clock, key), queue_rules(uow).window(window).code
    day = begin_day(uow, clock, actor)
    if day.closed:
        raise AppError("queue.hall_closed", reason=day.closed)
    duty = day.windows.get(place)
    if duty is None or not duty.open:
        raise AppError("queue.window_not_open", window=place)
    event = decide.call(ticket, place, duty.staff)
    _need_free(uow, place, ticket)
    return _write(uow, clock, actor, ticket, event)


def hand_over_ticket(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, window: str) -> Ticket:
    """交接 a service that is stuck to another window, whose own open service must have ended."""
    require_decision(uow, actor, SUPERVISE)
    ticket, place = find_ticket(uow, clock, key), queue_rules(uow).window(window).code
    duty = hall_now(uow, clock.now_ms()).windows.get(place)
    event = decide.hand_over(ticket, place, duty.staff if duty else "")
    _need_free(uow, place, ticket)
    return _write(uow, clock, actor, ticket, event)


def _need_free(uow: UnitOfWork, window: str, ticket: Ticket) -> None:
    busy = uow.tickets.at_window(window)
    if busy is not None and busy != ticket.id:
        raise AppError("queue.window_busy", window=window, number=uow.ticket(busy).number)


def _write(uow: UnitOfWork, clock: Clock, actor: Actor, ticket: Ticket, event: NewEvent | None) -> Ticket:
    if event is None:
        return ticket
    uow.append(ticket.id, [event], actor=actor.id, now_ms=clock.now_ms())
    return uow.ticket(ticket.id)


def end_ticket(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> Ticket:
    """结束 what nobody at the window ends; its time is kept out of the averages."""
    require_decision(uow, actor, SUPERVISE)
    ticket = find_ticket(uow, clock, key)
    return _write(uow, clock, actor, ticket, decide.end_stuck(ticket))


def end_day(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
    """日结: everything still open ends with a reason; how many that were. The day's figures stay."""
    require_decision(uow, actor, SUPERVISE)
    count = _end_all(uow, clock, actor, EndReason.DAY_CLOSED) + close_earlier(uow, clock, actor)
    now_ms = clock.now_ms()
    day = hall_now(uow, now_ms)
    if day.stream and day.ended_at is None:
        uow.append(day.stream, [NewEvent("hall_day_ended", {"closed": count})], actor=actor.id, now_ms=now_ms)
    return count


def _end_all(uow: UnitOfWork, clock: Clock, actor: Actor, reason: EndReason) -> int:
    now_ms, count = clock.now_ms(), 0
    for line in uow.tickets.lines(day=today_of(uow, now_ms), open_only=True, active_after=0):
        if reason is EndReason.EMERGENCY and line.state.at_window:
            continue
        event = decide.close_day(uow.ticket(line.id), now_ms, reason)
        if event is not None:
            uow.append(line.id, [event], actor=actor.id, now_ms=now_ms)
            count += 1
    return count


def _decide(uow: UnitOfWork, clock: Clock, actor: Actor, action: str, decision: HallDecision) -> HallDay:
    require_decision(uow, actor, action)
    event = decision(day := begin_day(uow, clock, actor))
    if event is None:
        return day
    uow.append(day.stream, [event], actor=actor.id, now_ms=clock.now_ms())
    return hall_now(uow, clock.now_ms())


def _line(text: str, limit: int) -> str:
    told = clean(text, one_line=True).text
    if len(told) > limit:
        raise AppError("queue.text_too_long", count=len(told), limit=limit)
    return told
