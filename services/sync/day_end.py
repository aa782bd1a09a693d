"""日终核对: what this window accepted on a day, how much of it the node above has confirmed, and a digest over both."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from db.rows.sync_rows import AcceptedCase, OpenChain, SyncRows
from db.unit_of_work import UnitOfWork
from domain.clock import Clock
from domain.errors import AppError
from domain.printing.day_end import DayEndSlip
from domain.printing.snapshots import SitePlace, local_minute
from domain.staff import Actor
from services.permissions import require
from services.rulebook import rulebook
from services.station import reads
from services.sync.state import site_name

OLDEST_DAYS = 3_660
SLIP_SIZES = ("a5", "80mm")


@dataclass(frozen=True, slots=True)
class DayEnd:
    """One local day of this device. ``digest`` covers what is confirmed, so that the centre comes to the same.

    SHA-256 over the SHA-256 of each confirmed acceptance's canonical body, in the order of the chain; hex. It stands
    for ``confirmed`` acceptances, and ``open_numbers`` are the case numbers of the others.
    """

    day: date
    now_ms: int
    joined: bool
    upstream_name: str
    heard_at: int | None
    accepted: int
    confirmed: int
    digest: str
    open_numbers: tuple[str, ...]
    first_number: str = ""
    last_number: str = ""

    @property
    def waiting(self) -> int:
        """Accepted and not confirmed from above."""
        return self.accepted - self.confirmed


@reads
def day_end(uow: UnitOfWork, clock: Clock, actor: Actor, day: date | None = None) -> DayEnd:
    """The reconciliation of ``day`` (today at the site). ``sync.day_invalid`` for one to come, or far back."""
    zone, now_ms = rulebook(uow).site.zone, clock.now_ms()
    today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(zone)).date()
    wanted = day or today
    if not today - timedelta(days=OLDEST_DAYS) <= wanted <= today:
        raise AppError("sync.day_invalid", day=wanted.isoformat())
    rows, above = SyncRows(uow.connection), SyncRows(uow.connection).upstream()
    begin, end = (_midnight(one, zone) for one in (wanted, wanted + timedelta(days=1)))
    accepted = rows.accepted_between(begin, end, uow.events.node.device)
    missing = rows.open_chains() if above is not None else ()
    is_above = [above is not None and _is_confirmed(one, missing) for one in accepted]
    confirmed = [one for one, is_there in zip(accepted, is_above, strict=True) if is_there]
    numbers = [one.number for one in accepted]
    return DayEnd(
        day=wanted,
        now_ms=now_ms,
        joined=above is not None,
        upstream_name="" if above is None else site_name(uow, above.site) or above.url,
        heard_at=None if above is None else above.heard_at,
        accepted=len(accepted),
        confirmed=len(confirmed),
        digest=digest_of(confirmed),
        open_numbers=tuple(
            one.number for one, is_there in zip(accepted, is_above, strict=True) if not is_there
        ),
        first_number=numbers[0] if numbers else "",
        last_number=numbers[-1] if numbers else "",
    )


def digest_of(accepted: Iterable[AcceptedCase]) -> str:
    """See ``DayEnd``."""
    whole = hashlib.sha256()
    for one in accepted:
        whole.update(hashlib.sha256(one.body).digest())
    return whole.hexdigest()


def _is_confirmed(one: AcceptedCase, missing: Iterable[OpenChain]) -> bool:
    return not any(
        (chain.incarnation, chain.branch) == (one.incarnation, one.branch) and one.seq > chain.after
        for chain in missing
    )


def _midnight(day: date, zone: str) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@reads
def day_end_slip(
    uow: UnitOfWork, clock: Clock, actor: Actor, day: date | None = None, *, window: str = ""
) -> DayEndSlip:
    """The reconciliation as paper; as ``day_end``."""
    require(actor, "print")
    book, told = rulebook(uow), day_end(uow, clock, actor, day)
    site, zone = book.site, book.site.zone
    return DayEndSlip(
        site=SitePlace(site.name, site.phone, site.address),
        number=told.day.isoformat(),
        window=window,
        printed_by=book.staff[actor.id].name if actor.id in book.staff else "",
        printed_at=local_minute(told.now_ms, zone),
        joined=told.joined,
        upstream=told.upstream_name,
        heard_at="" if told.heard_at is None else local_minute(told.heard_at, zone),
        accepted=told.accepted,
        confirmed=told.confirmed,
        digest=told.digest if told.confirmed else "",
        first_number=told.first_number,
        last_number=told.last_number,
        open_numbers=told.open_numbers,
    )


def slip_pages(slip: DayEndSlip, size: str, width_px: int) -> list[Any]:
    """The slip as pictures ``width_px`` wide (``reports.preview.PageImage``), for a printer."""
    from reports.day_end import day_end_paper
    from reports.preview import pages

    return list(pages(day_end_paper(slip, size, as_pdf=True).data, width_px=width_px))


def keep_slip(slip: DayEndSlip, size: str, file: Path) -> Path:
    """Write the slip as PDF to ``file``. ``sync.slip_type``, ``printing.cannot_write``."""
    from reports.day_end import day_end_paper

    if file.suffix.lower() != ".pdf":
        raise AppError("sync.slip_type", file=file.name)
    if size not in SLIP_SIZES:
        raise AppError("printing.unknown_size", size=size[:40], known=" ".join(SLIP_SIZES))
    try:
        file.write_bytes(day_end_paper(slip, size, as_pdf=True).data)
    except OSError as error:
        raise AppError("printing.cannot_write", file=str(file)) from error
    return file
