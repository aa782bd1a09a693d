"""Care for a station's data: what a person should see to, and what the program sees to once a day."""

import shutil
from dataclasses import dataclass

from db.doctor import LOW_DISK_BYTES, STALE_BACKUP_DAYS
from db.files.attachments import Attachments
from db.store.backup import ATTACHMENTS, Backup
from db.store.keys import has_recovery_code
from db.store.store_copy import CopyCancelled, Progress
from services.clock import SystemClock
from services.erasure import finish_erasure
from services.paper_files import sweep_papers
from services.retention import retire_all
from services.station import Ground
from services.upkeep import backup_if_due, list_backups

__all__ = [
    "CopyCancelled",
    "DataCare",
    "daily_backup",
    "finish_erasure",
    "look_after",
    "retire_all",
    "sweep_files",
]
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class DataCare:
    """How the data stand. ``backup_at`` is None where there is none; ``free_bytes`` of the disk of the home."""

    key_beside: bool
    recovery_code: bool
    backup_at: int | None
    backup_is_old: bool
    free_bytes: int
    disk_is_low: bool


def look_after(ground: Ground) -> DataCare:
    """What deserves attention, without opening anything large. For ``Station.submit_upkeep``."""
    newest = next(iter(list_backups(ground.home)), None)
    free = shutil.disk_usage(ground.home).free
    return DataCare(
        key_beside=ground.key_place.is_weak,
        recovery_code=has_recovery_code(ground.home),
        backup_at=newest.made_at if newest else None,
        backup_is_old=newest is None or ground.clock.now_ms() - newest.made_at >= STALE_BACKUP_DAYS * DAY_MS,
        free_bytes=free,
        disk_is_low=free < LOW_DISK_BYTES,
    )


def daily_backup(ground: Ground, progress: Progress | None = None) -> Backup | None:
    """The day's backup if it is due. Opens the store by itself: for ``Station.run_aside``."""
    return backup_if_due(ground, progress)


def sweep_files(ground: Ground) -> int:
    """Remove files that no record names, left by a kill in the middle of attaching, and yesterday's papers; how many.

    For ``Station.submit_upkeep``: the lock keeps new files out meanwhile.
    """
    # Files bear the machine's time, whatever clock the station goes by.
    now_ms = SystemClock().now_ms()
    with ground.store.write() as uow:
        removed = Attachments(ground.home / ATTACHMENTS).sweep(uow.attachments, now_ms)
    return removed + sweep_papers(ground.home, now_ms)
