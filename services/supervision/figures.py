"""时效指标 of this centre over days: 高效闭环率, closings within 1/3/5 working days, time by board."""

from datetime import date, datetime, timedelta

from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor
from domain.supervision.figures import CentreFigures, figures
from services.rulebook import rulebook
from services.station import reads

LONGEST = timedelta(days=732)


@reads
def centre_figures(uow: UnitOfWork, clock: Clock, actor: Actor, first: str, last: str) -> CentreFigures:
    """The figures of what was accepted from ``first`` to ``last`` (``2026-11-01``, both included), as of now.

    ``supervision.period_invalid``.
    """
    book = rulebook(uow)
    zone = book.rules.hours.zone
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise AppError("supervision.period_invalid") from None
    if not begin <= end <= begin + LONGEST:
        raise AppError("supervision.period_invalid")
    from_ms, to_ms = (
        int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)
        for day in (begin, end + timedelta(days=1))
    )
    cases, shares = uow.figures.cases(from_ms, to_ms), uow.figures.shares(from_ms, to_ms)
    return figures(cases, shares, book.rules, clock.now_ms())
