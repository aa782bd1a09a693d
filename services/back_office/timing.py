"""What moves a case's clock: suspend, resume, extend, change the limit, escalate, pass up."""

from datetime import date

from db.unit_of_work import UnitOfWork
from domain.cases import handling, timing
from domain.cases.model import Case, Due, Limit, LimitClass
from domain.clock import Clock
from domain.deadlines.case_clock import CaseClock, clock_of, new_due, office_of
from domain.errors import AppError
from domain.staff import Actor
from services.back_office.stepping import case_called, cleaned_text, record
from services.permissions import require
from services.rulebook import rulebook
from services.station import reads


def suspend_case(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    key: str,
    reason: str,
    evidence: str = "",
    files: tuple[str, ...] = (),
) -> Case:
    """挂起 with reason and evidence (words, or hashes of files of the case): the clock stands."""
    require(actor, "suspend")
    case = case_called(uow, clock, key)
    new = timing.suspend(case, actor, cleaned_text(reason), cleaned_text(evidence), files)
    return record(uow, clock, actor, case, new)


def resume_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, reason: str = "") -> Case:
    """恢复计时."""
    require(actor, "resume")
    case = case_called(uow, clock, key)
    return record(uow, clock, actor, case, timing.resume(case, actor, cleaned_text(reason)))


def ask_extension(
    uow: UnitOfWork, clock: Clock, actor: Actor, key: str, until_ms: int | None, reason: str
) -> Case:
    """申请延期 before the limit is over; waits for the supervisor.

    Until ``until_ms``, or for one more period of the case's class, in working days after the present due time.
    """
    require(actor, "extend")
    case = case_called(uow, clock, key)
    time = _clock(uow, clock, case)
    until = one_period_more(uow, case, time.due_ms or clock.now_ms()) if until_ms is None else until_ms
    new = timing.ask_extension(
        case, actor, until, cleaned_text(reason), due_ms=time.due_ms, overdue=time.is_overdue
    )
    return record(uow, clock, actor, case, new)


def approve_extension(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, reason: str = "") -> Case:
    """批准延期 until the date that was asked for."""
    require(actor, "decide_extension")
    case = case_called(uow, clock, key)
    due = None
    if case.extension is not None:
        book = rulebook(uow)
        year = office_of(book.rules).day_of(case.extension.until).year
        provisional = not book.rules.calendar.is_published(year)
        due = Due(case.extension.until, provisional, book.versions.get("calendar", 0))
    return record(uow, clock, actor, case, timing.decide_extension(case, actor, due, cleaned_text(reason)))


def refuse_extension(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, reason: str) -> Case:
    """不予延期, with a reason."""
    require(actor, "decide_extension")
    case = case_called(uow, clock, key)
    return record(uow, clock, actor, case, timing.decide_extension(case, actor, None, cleaned_text(reason)))


def change_limit(
    uow: UnitOfWork,
    clock: Clock,
    actor: Actor,
    key: str,
    limit: LimitClass,
    reason: str,
    days: int | None = None,
) -> Case:
    """调整时限类别 by the lead's chief before expiry; ``days`` are an item's promised working days."""
    require(actor, "limit")
    case = case_called(uow, clock, key)
    wanted, due = _promise(uow, case.limit_from, Limit(limit, days, case.limit.profile))
    overdue = _clock(uow, clock, case).is_overdue
    new = timing.change_limit(case, actor, wanted, due, cleaned_text(reason), overdue=overdue)
    return record(uow, clock, actor, case, new)


def escalate_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, reason: str) -> Case:
    """升级兜底: the appeal board takes the lead and the hard limit counts from now."""
    require(actor, "escalate")
    case = case_called(uow, clock, key)
    limit, due = _promise(uow, clock.now_ms(), Limit(LimitClass.HARD, None, case.limit.profile))
    return record(uow, clock, actor, case, handling.escalate(case, actor, cleaned_text(reason), limit, due))


def pass_up_case(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, reason: str) -> Case:
    """上报 to the site above, which owns the case then; ``cases.no_parent_site`` where there is none."""
    require(actor, "pass_up")
    parent = str((uow.reference.get("site") or {}).get("parent") or "")
    if not parent:
        raise AppError("cases.no_parent_site")
    case = case_called(uow, clock, key)
    return record(uow, clock, actor, case, handling.pass_up(case, actor, parent, cleaned_text(reason)))


def begun_limit(uow: UnitOfWork, case: Case, now_ms: int) -> tuple[Limit, Due]:
    """The limit of ``case`` begun anew at ``now_ms``."""
    return _promise(uow, now_ms, case.limit)


def one_period_more(uow: UnitOfWork, case: Case, from_ms: int) -> int:
    """The end of as many working days after ``from_ms`` as the limit of ``case`` has, one for the same day; UTC ms."""
    rules = rulebook(uow).rules
    known = case.limit.profile if case.limit.profile in rules.profiles else rules.default_profile
    days = rules.profile(known).days_for(case.limit.limit, case.limit.days)
    return new_due(from_ms, Limit(LimitClass.ITEM, max(days, 1), known), rules, 0).at


def _promise(uow: UnitOfWork, start_ms: int, limit: Limit) -> tuple[Limit, Due]:
    book = rulebook(uow)
    if limit.profile not in book.rules.profiles:
        # A profile that the place has given up: today's stands for it.
        limit = Limit(limit.limit, limit.days, book.rules.default_profile)
    return limit, new_due(start_ms, limit, book.rules, book.versions.get("calendar", 0))


def _clock(uow: UnitOfWork, clock: Clock, case: Case) -> CaseClock:
    return clock_of(case, rulebook(uow).rules, clock.now_ms())


@reads
def end_of_day(uow: UnitOfWork, clock: Clock, actor: Actor, day: str) -> int:
    """Closing time of ``day`` (``2026-11-30``) at this site, its last minute where it does not work then; UTC ms.

    ``cases.until_invalid``.
    """
    try:
        wanted = date.fromisoformat(day.strip())
    except ValueError:
        raise AppError("cases.until_invalid", until=day[:40]) from None
    office = office_of(rulebook(uow).rules)
    return office.closing(wanted) if office.works(wanted) else office.hours.instant(wanted, 24 * 60) - 60_000
