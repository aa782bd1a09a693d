"""The clock of a case: when its promise ends, how long each board has had it, how urgent it is.

It starts at acceptance and no return or transfer resets it; an escalation begins the hard limit while the age goes on;
a case opened again has a new clock. Pauses are given back on whatever promise is in force.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from domain.cases.model import Case, Due, Limit
from domain.deadlines.clock import Alert, Pause, alert_starts, elapsed, paused_due
from domain.deadlines.due import EARLIEST_MS, LATEST_MS, DayCount, DueTime, due_time, explain
from domain.deadlines.office import Office
from domain.deadlines.rules import Rules

_LONGEST_MS = 20 * 366 * 86_400_000
"""A case that seems to last longer was dated by a clock that was wrong; its days are not counted."""


@dataclass(frozen=True, slots=True)
class BoardShare:
    """How much of the elapsed time a board had the case in hand, milliseconds of opening time."""

    board: str
    elapsed_ms: int


@dataclass(frozen=True, slots=True)
class CaseClock:
    """A case's time at one moment. Instants are UTC milliseconds, stretches milliseconds of opening time.

    ``due_ms`` is None where the case has no promise; while a pause lasts it is what it would be were it over now.
    ``elapsed_ms`` counts from ``limit_from_ms`` without pauses, ``age_ms`` from acceptance with them. ``amber_ms``
    and ``red_ms`` are when these warnings begin (yellow begins after ``due_ms``), None while a pause keeps them from
    coming. A closed case's clock stands at ``stopped_ms``.
    """

    start_ms: int
    limit_from_ms: int
    due_ms: int | None
    provisional: bool
    elapsed_ms: int
    age_ms: int
    shares: tuple[BoardShare, ...]
    alert: Alert
    amber_ms: int | None
    red_ms: int | None
    paused_since_ms: int | None
    stopped_ms: int | None
    is_overdue: bool
    days: tuple[DayCount, ...]


@dataclass(frozen=True, slots=True)
class AlertTimes:
    """What a list needs of a case's clock, kept in its row: None where it will not come by itself."""

    due_ms: int | None
    amber_ms: int | None
    red_ms: int | None


def office_of(rules: Rules) -> Office:
    """When the site of ``rules`` works."""
    return rules.office


def new_due(start_ms: int, limit: Limit, rules: Rules, calendar: int) -> Due:
    """The promise of ``limit`` that begins at ``start_ms``; ``calendar`` is the version of its document."""
    profile = rules.profile(limit.profile)
    promised = due_time(start_ms, limit.limit, limit.days, profile, rules.calendar, rules.hours)
    return Due(promised.due_ms, promised.provisional, calendar)


def clock_of(case: Case, rules: Rules, now_ms: int) -> CaseClock:
    """The clock of ``case`` at ``now_ms``, or where it stopped."""
    if not _is_countable(case):
        return _stopped(case)
    office = office_of(rules)
    until = now_ms if case.closed_at is None else min(now_ms, case.closed_at)
    due = _promise(case, rules, office, until)
    times = alert_times(case, rules)
    paused = case.suspended_since
    return CaseClock(
        start_ms=case.accepted_at,
        limit_from_ms=case.limit_from,
        due_ms=due.due_ms if due is not None else None,
        provisional=due is not None and due.provisional,
        elapsed_ms=elapsed(office, case.limit_from, until, _pauses(case, case.limit_from)),
        age_ms=office.open_between(case.accepted_at, until),
        shares=_shares(case, office, until),
        alert=_alert(times, until) if case.is_open else Alert.NONE,
        amber_ms=times.amber_ms,
        red_ms=times.red_ms,
        paused_since_ms=paused,
        stopped_ms=case.closed_at,
        is_overdue=times.due_ms is not None and until > times.due_ms,
        days=due.days if due is not None else (),
    )


def alert_times(case: Case, rules: Rules) -> AlertTimes:
    """When ``case`` is due and when its warnings begin, whatever the time is now.

    A pause that lasts keeps back what had not come when it began: it moves on with the time.
    """
    if case.due is None or not _is_countable(case):
        return promised(case)
    office = office_of(rules)
    due_ms = _moved(office, case.due.at, _ended(case, case.due_from))
    amber, red = alert_starts(office, case.limit_from, due_ms, _ended(case, case.limit_from))
    paused = case.suspended_since
    if paused is None:
        return AlertTimes(due_ms, amber, red)
    return AlertTimes(
        due_ms if due_ms < paused else None,
        amber if amber <= paused else None,
        red if red <= paused else None,
    )


def promised(case: Case) -> AlertTimes:
    """What is known without a calendar."""
    return AlertTimes(case.due.at if case.due is not None else None, None, None)


def _is_countable(case: Case) -> bool:
    """Whether its instants lie where a calendar reaches: an event from elsewhere may say anything."""
    spans = [(pause.start, pause.end or pause.start) for pause in case.suspensions]
    spans += [(stay.start, stay.end or stay.start) for share in case.assignments for stay in share.stays]
    instants = [case.accepted_at, case.limit_from, case.due_from, case.closed_at or case.accepted_at]
    instants += [case.due.at] if case.due is not None else []
    instants += [instant for span in spans for instant in span]
    first, last = min(instants), max(instants)
    return first >= EARLIEST_MS and last < LATEST_MS and last - first < _LONGEST_MS


def _stopped(case: Case) -> CaseClock:
    return CaseClock(
        start_ms=case.accepted_at,
        limit_from_ms=case.limit_from,
        due_ms=case.due.at if case.due is not None else None,
        provisional=False,
        elapsed_ms=0,
        age_ms=0,
        shares=(),
        alert=Alert.NONE,
        amber_ms=None,
        red_ms=None,
        paused_since_ms=case.suspended_since,
        stopped_ms=case.closed_at,
        is_overdue=False,
        days=(),
    )


def _moved(office: Office, due_ms: int, pauses: tuple[Pause, ...]) -> int:
    if not pauses:
        return due_ms
    bare = DueTime(due_ms, False, (explain(office, office.day_of(due_ms)),))
    return paused_due(office, bare, pauses, due_ms).due_ms


def _ended(case: Case, since_ms: int) -> tuple[Pause, ...]:
    return tuple(pause for pause in _pauses(case, since_ms) if pause.end_ms is not None)


def _alert(times: AlertTimes, now_ms: int) -> Alert:
    """What ``alert_level`` says at ``now_ms``, by the instants at which it changes."""
    if times.red_ms is not None and now_ms >= times.red_ms:
        return Alert.RED
    if times.due_ms is not None and now_ms > times.due_ms:
        return Alert.YELLOW
    return Alert.AMBER if times.amber_ms is not None and now_ms >= times.amber_ms else Alert.NONE


def _promise(case: Case, rules: Rules, office: Office, now_ms: int) -> DueTime | None:
    """The promise in force with the count of days, moved by the pauses since it was made."""
    if case.due is None:
        return None
    limit = case.limit
    profile = rules.profiles.get(limit.profile) or rules.profile()
    counted = due_time(case.limit_from, limit.limit, limit.days, profile, rules.calendar, rules.hours)
    if counted.due_ms != case.due.at:
        counted = DueTime(case.due.at, case.due.provisional, _days_to(office, counted.days, case.due.at))
    promised = replace(counted, provisional=case.due.provisional)
    return paused_due(office, promised, _pauses(case, case.due_from), now_ms)


def _days_to(office: Office, days: tuple[DayCount, ...], at_ms: int) -> tuple[DayCount, ...]:
    """The count cut, or carried on, to the day of ``at_ms``: an extension, a plan, a promise by an older calendar."""
    last = office.day_of(at_ms)
    shown = [day for day in days if day.date <= last] or list(days[:1])
    while shown[-1].date < last:
        shown.append(explain(office, shown[-1].date + timedelta(days=1)))
    return tuple(shown)


def _shares(case: Case, office: Office, until_ms: int) -> tuple[BoardShare, ...]:
    pauses = _pauses(case, case.accepted_at)
    shares = []
    for share in case.assignments:
        spans = (
            (stay.start, until_ms if stay.end is None else min(stay.end, until_ms)) for stay in share.stays
        )
        had = sum(elapsed(office, start, max(start, end), _within(pauses, until_ms)) for start, end in spans)
        shares.append(BoardShare(share.board, had))
    return tuple(shares)


def _pauses(case: Case, since_ms: int) -> tuple[Pause, ...]:
    """The case's pauses as far as they lie after ``since_ms``."""
    return tuple(
        Pause(max(one.start, since_ms), one.end)
        for one in case.suspensions
        if one.end is None or one.end > since_ms
    )


def _within(pauses: tuple[Pause, ...], until_ms: int) -> tuple[Pause, ...]:
    return tuple(replace(pause, end_ms=until_ms) if pause.end_ms is None else pause for pause in pauses)
