"""What the queue shows: the hall at this moment, the line, a day's tickets, its figures."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.errors import AppError
from domain.queue.desk import GroupLine, HallView, TicketLine, WindowLine
from domain.queue.hall import HallDay
from domain.queue.line import Waiting
from domain.queue.model import TicketState
from domain.queue.rules import Group, QueueRules, Window
from domain.queue.statistics import Figures, QueueStatistics, figures
from domain.staff import Actor
from services.queue.day import OVERNIGHT_MS, hall_now, is_open_now, line_now, today_of, visiting_on
from services.queue.rules import queue_rules
from services.queue.tickets import LineNow, wait_s
from services.rulebook import Rulebook, rulebook
from services.station import reads

CALLS_SHOWN = 30


@reads
def read_hall(uow: UnitOfWork, clock: Clock, actor: Actor, who: LineNow = line_now) -> HallView:
    """The hall at this moment; ``who`` says who waits."""
    now_ms, rules, book = clock.now_ms(), queue_rules(uow), rulebook(uow)
    day, line = hall_now(uow, now_ms), who(uow, now_ms)
    today = today_of(uow, now_ms)
    opened = uow.tickets.with_windows(today, now_ms - OVERNIGHT_MS)
    issued = uow.tickets.issued_of(today)
    return HallView(
        day=today,
        now_ms=now_ms,
        zone=book.site.zone,
        site_name=book.site.name,
        groups=tuple(
            _group(uow, rules, group, day, line, issued.get(group.code, 0)) for group in rules.groups.values()
        ),
        windows=tuple(_window(window, day, opened, book) for window in rules.windows.values()),
        calls=tuple(uow.tickets.calls(CALLS_SHOWN, now_ms - OVERNIGHT_MS)),
        closed=day.closed,
        notice=day.notice or rules.notice,
        outside_hours=not is_open_now(uow, now_ms),
        recall_limit=rules.recall_limit,
        alarm_wait_s=rules.alarm_wait_s,
        long_service_s=rules.long_service_s,
        alarm_pause_s=rules.alarm_pause_s,
        priorities=tuple(rules.priorities.values()),
        visiting=visiting_on(uow, today),
        ticket_note=rules.ticket_note,
    )


def _group(
    uow: UnitOfWork, rules: QueueRules, group: Group, day: HallDay, line: list[Waiting], issued: int
) -> GroupLine:
    own = [one for one in line if one.group == group.code]
    return GroupLine(
        code=group.code,
        name=group.name,
        waiting=len(own),
        oldest_since=min((one.since for one in own), default=None),
        wait_s=wait_s(uow, rules, group, len(own), day),
        open_windows=day.open_windows(rules.windows_of(group.code)),
        issued=issued,
        paused=day.paused.get(group.code, ""),
        quota_left=max(0, group.quota - issued) if group.quota else None,
        note=group.note,
    )


def _window(window: Window, day: HallDay, opened: list[TicketLine], book: Rulebook) -> WindowLine:
    duty = day.windows.get(window.code)
    member = book.staff.get(duty.staff) if duty else None
    own = [one for one in opened if one.window == window.code]
    return WindowLine(
        code=window.code,
        name=window.name,
        groups=(*window.groups, *window.helps),
        staff=duty.staff if duty else "",
        since=duty.since if duty else None,
        open=bool(duty and duty.open),
        reason=duty.reason if duty else "",
        ticket=next((one for one in own if one.state.at_window), None),
        held=tuple(one for one in own if one.state is TicketState.HELD),
        staff_name=member.name if member else "",
    )


@reads
def read_line(uow: UnitOfWork, clock: Clock, actor: Actor, group: str = "") -> tuple[TicketLine, ...]:
    """Those who wait, in the order they will be called; of one group, or of all."""
    now_ms = clock.now_ms()
    code = queue_rules(uow).group(group).code if group else None
    day = today_of(uow, now_ms)
    lines = uow.tickets.lines(day=day, group=code, by_line=True, active_after=now_ms - OVERNIGHT_MS)
    return tuple(lines)


@reads
def read_tickets(uow: UnitOfWork, clock: Clock, actor: Actor, day: str = "") -> tuple[TicketLine, ...]:
    """All tickets of ``day`` (``2026-11-18``), today's where empty, in the order they were given out."""
    return tuple(uow.tickets.lines(day=checked_day(uow, clock, day)))


@reads
def read_statistics(
    uow: UnitOfWork, clock: Clock, actor: Actor, first_day: str = "", last_day: str = ""
) -> QueueStatistics:
    """The figures of these days, today's where empty, with the names that are known of what they are about."""
    first = checked_day(uow, clock, first_day)
    last = checked_day(uow, clock, last_day or first)
    if last < first:
        raise AppError("queue.days_reversed", first=first, last=last)
    found = figures(uow.tickets.periods(first, last), first, last)
    rules, staff = queue_rules(uow), rulebook(uow).staff
    return replace(
        found,
        by_group=_named(found.by_group, {group.code: group.name for group in rules.groups.values()}),
        by_window=_named(found.by_window, {window.code: window.name for window in rules.windows.values()}),
        by_staff=_named(found.by_staff, {member.id: member.name for member in staff.values()}),
    )


def _named(lines: tuple[Figures, ...], names: Mapping[str, str]) -> tuple[Figures, ...]:
    """``lines`` with their names, in the order of ``names``; what has none any more comes last."""
    places = {key: place for place, key in enumerate(names)}
    ordered = sorted(lines, key=lambda line: places.get(line.key, len(places)))
    return tuple(replace(line, name=names.get(line.key, "")) for line in ordered)


@reads
def read_open_tickets(uow: UnitOfWork, clock: Clock, actor: Actor) -> tuple[TicketLine, ...]:
    """What a 日结 now would end: all that is still open, of whatever day."""
    return tuple(uow.tickets.lines(open_only=True))


def checked_day(uow: UnitOfWork, clock: Clock, day: str) -> str:
    """``day`` as it was typed, today where empty; ``AppError("queue.day_invalid")``."""
    try:
        return date.fromisoformat(day).isoformat() if day else today_of(uow, clock.now_ms())
    except ValueError as error:
        raise AppError("queue.day_invalid", day=day[:20]) from error
