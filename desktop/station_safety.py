"""The safety of a station over the real services: key, copies, doctor. Imports: see ``gateway``."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

from desktop.gateway import BackupEntry, Finding, Progress
from desktop.messages import sentence
from domain.errors import AppError

Background = Callable[..., "Future[Any]"]


class StationSafety:
    """``passphrase`` gives the one that opened the station, if any was needed."""

    def __init__(self, home: Path, background: Background, passphrase: Callable[[], str | None]) -> None:
        self.home = home
        self._background = background
        self._passphrase = passphrase
        self._ending = Event()
        self._daily: ThreadPoolExecutor | None = None

    def recover(self, code: str) -> None:
        """Take the key back by the recovery code."""
        from services.upkeep import recover_key

        recover_key(self.home, code)

    def last_backup(self) -> BackupEntry | None:
        """The newest copy."""
        return next(iter(_backups(self.home)), None)

    def restore_last(self) -> Path | None:
        """Open the last copy that is whole in place of a damaged store."""
        from services.upkeep import restore_backup

        return restore_backup(self.home, passphrase=self._passphrase())[1]

    def restore(self, backup: Path) -> None:
        """Put ``backup`` in place of the store."""
        from services.upkeep import restore_backup

        restore_backup(self.home, backup, passphrase=self._passphrase())

    def wipe_demo(self) -> None:
        """Remove the demonstration centre."""
        from services.upkeep import wipe_demo

        wipe_demo(self.home, passphrase=self._passphrase())

    def recovery_code(self, station: Any) -> "Future[str]":
        """A new recovery code; an earlier one ends."""
        from services.upkeep import new_recovery_code

        future: Future[str] = station.submit_upkeep(new_recovery_code)
        return future

    def backup(self, station: Any, *, progress: Progress) -> "Future[BackupEntry]":
        """Copy the store while it is in use."""
        future: Future[BackupEntry] = station.submit_upkeep(_backup, progress)
        return future

    def backups(self, station: Any) -> "Future[list[BackupEntry]]":
        """The copies there are, newest first."""
        return self._background(_backups, self.home)

    def doctor(self, station: Any) -> "Future[list[Finding]]":
        """The doctor's report, in sentences."""
        return self._background(_examine, self.home, self._passphrase())

    def care(self, station: Any) -> "Future[Any]":
        """How the data stand."""
        future: Future[Any] = station.submit_upkeep(_care)
        return future

    def daily(self, station: Any) -> "Future[bool]":
        """The sample of callbacks; backup and sweep, if they are due."""
        # A thread of its own: a copy of a large store must hold up neither a visitor nor a print.
        if self._daily is None:
            self._daily = ThreadPoolExecutor(max_workers=1, thread_name_prefix="daily")
        return self._daily.submit(self._keep_up, station)

    def end(self) -> None:
        """A copy under way stops at its next step; nothing is left of it."""
        self._ending.set()
        if self._daily is not None:
            self._daily.shutdown(wait=True, cancel_futures=True)

    def _keep_up(self, station: Any) -> bool:
        from services.callbacks.sample import draw_sample
        from services.care import CopyCancelled, daily_backup, finish_erasure, retire_all, sweep_files

        station.submit(draw_sample).result()
        station.run_aside(finish_erasure)
        station.run_aside(retire_all)
        try:
            made = station.run_aside(daily_backup, lambda done, total: not self._ending.is_set())
        except CopyCancelled:
            return False
        if made is None:
            return False
        # Once a day is often enough for the sweep too, and the backup knows when a day has passed.
        station.submit_upkeep(sweep_files).result()
        return True


def _backup(ground: Any, progress: Progress) -> BackupEntry:
    from services.upkeep import make_backup

    def go_on(done: int, total: int) -> bool:
        progress(done, total)
        return True

    return _copy(make_backup(ground, progress=go_on))


def _backups(home: Path) -> list[BackupEntry]:
    from services.upkeep import list_backups

    return [_copy(one) for one in list_backups(home)]


def _copy(made: Any) -> BackupEntry:
    return BackupEntry(made.path, made.made_at, made.size)


def _examine(home: Path, passphrase: str | None) -> list[Finding]:
    from services.upkeep import examine

    return [
        Finding(str(one.level), sentence(AppError(one.code, **one.params)))
        for one in examine(home, passphrase=passphrase).findings
    ]


def _care(ground: Any) -> Any:
    from services.care import look_after

    return look_after(ground)
