"""督办提醒: made once for a case, a level and a limit, in opening hours, for the one concerned.

They belong to this node, as what is shown to somebody here; they follow from the cases' own events and the calendar.
"""

from dataclasses import dataclass

from db.rows.reminder_rows import ReminderRow
from db.unit_of_work import UnitOfWork
from domain.cases.states import Owner
from domain.clock import Clock
from domain.deadlines.case_clock import office_of
from domain.errors import AppError
from domain.staff import Actor
from domain.supervision.model import Level
from domain.supervision.reminders import concerned, is_for, shown_from
from services.back_office.absence import stands_for, today_of
from services.cases import find_case
from services.rulebook import rulebook
from services.station import reads


@dataclass(frozen=True, slots=True)
class Reminder:
    """What somebody is reminded of; ``whom`` it is for. Times are UTC milliseconds."""

    case_id: str
    number: str
    level: Level
    of_at: int
    made_at: int
    due_at: int | None
    applicant: str
    excerpt: str
    state: str
    owner: Owner
    whom: Owner


def run_reminders(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
    """Make what has fallen due since the last run; how many were made. Running it again makes none twice.

    Outside the site's opening hours it makes none: what falls due then waits for the next opening.
    """
    now_ms = clock.now_ms()
    if shown_from(office_of(rulebook(uow).rules), now_ms) > now_ms:
        return 0
    made = uow.reminders.make(now_ms)
    if made:
        uow.changed.note("supervision")
    return made


def look_for_reminders(uow: UnitOfWork, clock: Clock, actor: Actor) -> tuple[Reminder, ...]:
    """``run_reminders``, and then what ``actor`` has not acknowledged: what the window asks every few minutes."""
    run_reminders(uow, clock, actor)
    return _all_for(uow, clock, actor)


@reads
def reminders_for(
    uow: UnitOfWork, clock: Clock, actor: Actor, *, limit: int | None = None
) -> tuple[Reminder, ...]:
    """What ``actor`` has not acknowledged yet, the most urgent first.

    A reminder ends by itself once its case is closed, paused or has another limit.
    """
    found = _all_for(uow, clock, actor)
    return found if limit is None else found[:limit]


def acknowledge_reminder(
    uow: UnitOfWork, clock: Clock, actor: Actor, key: str, level: Level | None = None
) -> int:
    """知悉: the reminders of a case (of one level where it is named) that concern ``actor``; how many there were.

    ``supervision.no_reminder`` where there is none.
    """
    case_id = find_case(uow, clock, key)
    wanted = [
        one
        for one in _all_for(uow, clock, actor)
        if one.case_id == case_id and level in (None, one.level)
    ]  # fmt: skip
    if not wanted:
        raise AppError("supervision.no_reminder", number=key[:40])
    for one in wanted:
        uow.reminders.mark_seen(one.case_id, one.level, one.of_at, actor.id, clock.now_ms())
    uow.changed.note("supervision")
    return len(wanted)


def _all_for(uow: UnitOfWork, clock: Clock, actor: Actor) -> tuple[Reminder, ...]:
    book = rulebook(uow)
    today = today_of(book, clock)
    # Whoever is away with nobody standing in is passed over.
    there = {
        one.id: one
        for one in book.staff.values()
        if one.active and (one.substitute or not one.is_away(today))
    }
    stands_in = stands_for(uow, clock, actor) - {actor.id}
    people = (actor, *(there[one].actor for one in stands_in if one in there))
    told = ((row, concerned(row.level, row.owner, there)) for row in uow.reminders.unseen(clock.now_ms()))
    return tuple(_reminder(row, whom) for row, whom in told if any(is_for(one, whom) for one in people))


def _reminder(row: ReminderRow, whom: Owner) -> Reminder:
    return Reminder(
        case_id=row.case_id,
        number=row.number,
        level=row.level,
        of_at=row.of_at,
        made_at=row.made_at,
        due_at=row.due_at,
        applicant=row.applicant,
        excerpt=row.excerpt,
        state=row.state,
        owner=row.owner,
        whom=whom,
    )
