"""How long a window keeps what it can do without (保存期限), and how an older case is read again.

A station that works alone keeps everything, as does whoever serves others: nobody else has it.
"""

from collections.abc import Mapping

from db.retention import retiring
from db.rows.sync_rows import SyncRows
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.errors import AppError
from domain.staff import Actor
from services.cases import find_case
from services.station import Ground, reads

MONTHS = 24
SETTING = "retention_months"
"""In the document of the site; how many months after its end a case stays at the windows."""
MONTH_MS = 2_629_746_000
"""A twelfth of the mean Gregorian year, 365.2425 days."""
FETCHED_MS = 30 * 86_400_000
"""How long a case that was fetched stays."""
AT_ONCE = 20


def retire_old(uow: UnitOfWork, clock: Clock, actor: Actor) -> int:
    """Let some cases go whose time is over; how many. Open ones stay, and what the centre has not confirmed."""
    if uow.events.node.serves or SyncRows(uow.connection).upstream() is None:
        return 0
    now_ms = clock.now_ms()
    before = now_ms - _months(uow) * MONTH_MS
    cases = retiring.old_cases(uow.connection, before, now_ms - FETCHED_MS, AT_ONCE)
    retiring.retire(uow.connection, cases, now_ms)
    uow.refold(cases, now_ms)
    return len(cases)


def retire_all(ground: Ground) -> int:
    """``retire_old`` until nothing is left, a few cases a transaction. For ``Station.run_aside``."""
    total = count = 0
    while True:
        with ground.store.write() as uow:
            count = retire_old(uow, ground.clock, ground.actor)
        total += count
        if count < AT_ONCE:
            return total


def _months(uow: UnitOfWork) -> int:
    found = (uow.reference.get("site") or {}).get(SETTING)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 1 else MONTHS


@reads
def case_at_centre(uow: UnitOfWork, clock: Clock, actor: Actor, key: str) -> str:
    """The id of the case called ``key`` where what it says lies at the centre alone, else ""."""
    case = find_case(uow, clock, key)
    return case if retiring.is_retired(uow.connection, case) else ""


def keep_fetched(
    uow: UnitOfWork, clock: Clock, actor: Actor, case: str, parts: Mapping[str, tuple[bytes, bytes]]
) -> int:
    """Take in what the centre gave of ``case``; how many parts. ``retention.unfit`` where none is of this case."""
    kept = retiring.bring_back(uow.connection, case, parts, clock.now_ms())
    if parts and not kept:
        raise AppError("retention.unfit")
    uow.refold([case], clock.now_ms())
    return kept
