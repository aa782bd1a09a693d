"""Drawing the sample (抽样): at once for groups that are asked about in whole, day by day for the others."""

import secrets
from collections import defaultdict

from db.rows.callback_rows import Closing
from db.unit_of_work import UnitOfWork
from domain.callbacks import decide
from domain.callbacks.model import SampleGroup
from domain.callbacks.sampling import KEY_BYTES, drawn_now, group_of, keyed_hash, month_of, month_span, wanted
from domain.cases.model import Case, Limit, LimitClass
from domain.clock import Clock
from domain.deadlines.case_clock import new_due
from domain.staff import Actor
from services.callbacks.rules import callback_rules
from services.rulebook import rulebook

LOOK_BACK_MS = 92 * 86_400_000
"""What came later than that, from a station long without a line, is history and no longer called about."""


def draw_sample(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
    """Draw what is lacking of every site and month that has closings not drawn yet; how many were.

    For the daily upkeep: afterwards each share holds of all that is closed by now. Nothing where the centre above
    draws, but for the groups that are asked about in whole.
    """
    count = 0
    zone = rulebook(uow).site.zone
    for site, first, last in uow.callbacks.pools(clock.now_ms() - LOOK_BACK_MS):
        for month in _months(first, last, zone):
            count += _draw_month(uow, clock, site, month, month_span(month, zone))
    return count


def draw_for_sure(uow: UnitOfWork, clock: Clock, case: Case) -> bool:
    """Make the task of a case that is asked about for sure, once it is closed and told; whether one was made."""
    group = group_of(case)
    if not decide.is_told(case) or not callback_rules(uow).is_sure(group):
        return False
    return _draw(uow, clock, case, group)


def callback_key(uow: UnitOfWork, now_ms: int) -> bytes:
    """The key of this store's lot and form codes, made when it is first needed."""
    key = uow.callbacks.secret()
    if key is None:
        key = secrets.token_bytes(KEY_BYTES)
        uow.callbacks.keep_secret(key, now_ms)
    return key


def _months(first_ms: int, last_ms: int, zone: str) -> list[str]:
    months = [month_of(first_ms, zone)]
    while months[-1] != month_of(last_ms, zone):
        months.append(month_of(month_span(months[-1], zone)[1], zone))
    return months


def _draw_month(uow: UnitOfWork, clock: Clock, site: str, month: str, span: tuple[int, int]) -> int:
    rules = callback_rules(uow)
    groups: dict[SampleGroup, list[Closing]] = defaultdict(list)
    for closing in uow.callbacks.closings(site, *span):
        groups[SampleGroup(closing.group)].append(closing)
    count = 0
    for group, closings in groups.items():
        if not rules.drawn_here and not rules.is_sure(group):
            continue
        for case_id in _lot(uow, clock, site, month, closings, rules.percent[group]):
            count += _draw(uow, clock, uow.case(case_id), group)
    return count


def _lot(
    uow: UnitOfWork, clock: Clock, site: str, month: str, closings: list[Closing], percent: int
) -> list[str]:
    drawn = {f"{one.case_id} {one.round}" for one in closings if one.drawn}
    if len(drawn) >= wanted(len(closings), percent):
        return []
    key = callback_key(uow, clock.now_ms())
    hashes = {
        f"{one.case_id} {one.round}": keyed_hash(key, site, month, one.case_id, one.round) for one in closings
    }
    return [one.split()[0] for one in drawn_now(hashes, drawn, percent)]


def _draw(uow: UnitOfWork, clock: Clock, case: Case, group: SampleGroup) -> bool:
    new = decide.draw(case, group, _due(uow, clock, case))
    if new is None:
        return False
    # The lot is nobody's choice: the device draws, whoever has it open.
    uow.append(case.id, [new], actor=f"device:{uow.events.node.device}", now_ms=clock.now_ms())
    return True


def _due(uow: UnitOfWork, clock: Clock, case: Case) -> int:
    """Working days after closing; after the drawing where a later top-up found the case past that."""
    book, days = rulebook(uow), callback_rules(uow).due_days
    limit = Limit(LimitClass.ITEM, days, book.rules.default_profile)
    version = book.versions.get("calendar", 0)
    assert case.closed_at is not None
    due = new_due(case.closed_at, limit, book.rules, version).at
    return due if due > clock.now_ms() else new_due(clock.now_ms(), limit, book.rules, version).at
