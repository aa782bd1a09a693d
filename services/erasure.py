"""Erasing a person's data on a lawful request (依法删除个人信息): what will go, the decision, and the cleaning up.

Decided by a centre, or by a station that works alone. The event goes wherever the records went, and every node deletes
what it has of them (``db.log.erasing``); files, free pages and backups follow as upkeep, off the clerk's way.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from db.files.attachments import Attachments
from db.files.partial_files import INCOMING, PartialFiles
from db.log.erasing import hold
from db.retention import scrubbing
from db.retention.erasing_due import done, due
from db.retention.erasing_reach import Reach
from db.rows.sync_rows import SyncRows
from db.store import backup
from db.store.backup import ATTACHMENTS
from db.unit_of_work import UnitOfWork
from domain import erasure
from domain.cases.wording import clean
from domain.clock import Clock
from domain.enrolment import DeviceRole
from domain.enterprises.credit_code import normalize
from domain.errors import AppError
from domain.staff import Actor
from services.cases import find_case
from services.clock import SystemClock
from services.paper_files import FOLDER as PAPERS
from services.permissions import require
from services.station import Ground, reads


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose data: one case by its number, or all of an enterprise's, or those that name a telephone number."""

    case: str = ""
    uscc: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class ErasedCase:
    """A case of which text and contact will go. ``accepted_at`` is UTC milliseconds."""

    id: str
    number: str
    applicant: str
    accepted_at: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What will go. ``events`` are those with a private part; the other figures count what hangs on them."""

    cases: tuple[ErasedCase, ...]
    enterprises: tuple[str, ...]
    events: int
    ratings: int
    tickets: int
    papers: int
    files: int
    drafts: int


@reads
def plan_erasure(uow: UnitOfWork, clock: Clock, actor: Actor, wanted: Wanted) -> ErasurePlan:
    """What an erasure of ``wanted`` would delete here. ``erasure.*``, ``cases.not_found``, ``permission.denied``."""
    require(actor, "erase")
    _require_owner(uow)
    return _plan(uow, _reach(uow, clock, wanted))


def erase_person(
    uow: UnitOfWork, clock: Clock, actor: Actor, wanted: Wanted, ground: erasure.Ground
) -> ErasurePlan:
    """Delete it here, in this transaction, and have every node do so that sees the records. Raises as the plan."""
    require(actor, "erase")
    _require_owner(uow)
    hold(uow.connection)
    reach = _reach(uow, clock, wanted)
    plan = _plan(uow, reach)
    for new in erasure.erase(reach.named(), ground):
        uow.append(None, [new], actor=actor.id, now_ms=clock.now_ms())
    return plan


def _require_owner(uow: UnitOfWork) -> None:
    """A window below a centre asks the centre: only from there it reaches everyone."""
    own = uow.devices.get(uow.events.node.device)
    if SyncRows(uow.connection).upstream() is not None and (own is None or own.role != DeviceRole.CENTRE):
        raise AppError("erasure.centre_only")


def _reach(uow: UnitOfWork, clock: Clock, wanted: Wanted) -> Reach:
    reach = Reach(uow)
    uscc = normalize(wanted.uscc) if wanted.uscc.strip() else ""
    phone = clean(wanted.phone, one_line=True).text.replace(" ", "")
    if wanted.case.strip():
        if uscc or phone:
            raise AppError("erasure.one_of")
        reach.add_cases([find_case(uow, clock, wanted.case)])
    elif uscc:
        reach.add_enterprise(uscc, phone)
    elif phone:
        reach.add_phone(phone)
    else:
        raise AppError("erasure.nobody")
    if not reach.named():
        raise AppError("erasure.nothing")
    return reach


def _plan(uow: UnitOfWork, reach: Reach) -> ErasurePlan:
    rows = [row for one in reach.cases for row in uow.cases.by_key(one, short_since=0)]
    return ErasurePlan(
        cases=tuple(
            ErasedCase(row.id, row.number, row.applicant, row.accepted_at, row.closed_at is None)
            for row in rows
        ),
        enterprises=reach.enterprises,
        events=sum(len(one.events) for one in reach.named()),
        ratings=len(reach.ratings),
        tickets=len(reach.tickets),
        **reach.counts(),
    )


def finish_erasure(ground: Ground, renew: Callable[[], None] | None = None) -> bool:
    """Files, free pages and backups, wherever an erasure has been folded since the last time; whether that was done.

    False where nothing is due, or others keep the store from being written anew: it stays due.

    ``renew`` makes the node's backups anew where they are not those of a desk. Cut off anywhere it is done again as a
    whole. For ``Station.run_aside``: it opens the store's file by itself and may wait for others.
    """
    with ground.store.read() as uow:
        found = due(uow.connection)
    if found is None:
        return False
    with ground.store.write() as uow:
        Attachments(ground.home / ATTACHMENTS).sweep(uow.attachments, SystemClock().now_ms())
        scrubbing.merge_indexes(uow.connection)
    _drop_papers(ground.home, found.numbers)
    _drop_parts(ground.home, found.files)
    try:
        scrubbing.scrub(ground.store.engine)
    except AppError as error:
        if error.code != "storage.locked":
            raise
        return False
    if renew is None:
        renew_backups(ground)
    else:
        renew()
    with ground.store.write() as uow:
        done(uow.connection, found, ground.clock.now_ms())
    return True


def renew_backups(ground: Ground) -> None:
    """One backup made now in place of all earlier copies of the store in the home, those set aside with them."""
    made = backup.make_backup(ground.home, ground.key, ground.clock.now_ms())
    folder = ground.home / backup.BACKUPS
    kept = {made.path.name, made.path.with_suffix(".json").name}
    earlier = [one for one in folder.glob("store-*") if one.name not in kept]
    for one in (*earlier, *backup.set_aside(ground.home)):
        one.unlink(missing_ok=True)


def _drop_papers(home: Path, numbers: Iterable[str]) -> None:
    folder = home / PAPERS
    for file in folder.iterdir() if folder.is_dir() else ():
        if any(file.name.startswith(f"{number}-") for number in numbers):
            file.unlink(missing_ok=True)


def _drop_parts(home: Path, files: Iterable[str]) -> None:
    parts = PartialFiles(home / INCOMING, bytes(32))  # only its names are used
    for sha256 in files:
        parts.drop(sha256)
