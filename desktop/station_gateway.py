"""The gateway over the real services. Every import of ``services`` stands inside a function: see ``gateway``."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

from desktop.gateway import BackupEntry, Finding, Progress, StaffEntry, StationFacts, StationPlan
from desktop.messages import sentence
from domain.errors import AppError

Background = Callable[..., "Future[Any]"]


class StationGateway:
    """``background`` runs a blocking function on a thread of the desk (``TaskRunner.in_background``)."""

    def __init__(self, home: Path, background: Background) -> None:
        self.home = home
        self._background = background
        self._passphrase: str | None = None
        self._ending = Event()
        self._daily: ThreadPoolExecutor | None = None

    def exists(self) -> bool:
        """Whether a station was made in the home."""
        from services.station import station_exists

        return station_exists(self.home)

    def make(self, plan: StationPlan) -> None:
        """Make the station."""
        from services.setup import init_station

        name, letters = plan.site_name or None, plan.site_letters or None
        init_station(self.home, demo=plan.demo, site_name=name, site_letters=letters)

    def open(self, passphrase: str = "") -> Any:
        """Open it."""
        from services.station import open_station

        typed = passphrase or self._passphrase
        station = open_station(self.home, passphrase=typed)
        self._passphrase = typed
        return station

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

        return restore_backup(self.home, passphrase=self._passphrase)[1]

    def fill_demo(self, station: Any) -> "Future[int]":
        """The made-up cases of a demonstration centre that has none yet."""
        station.submit(_fill_demo_codes, self.home)
        future: Future[int] = station.submit(_fill_demo)
        return future

    def warm_up(self, station: Any) -> "Future[None]":
        """Load what the main job needs."""
        future: Future[None] = station.submit(_warm_up)
        return future

    def today(self, station: Any) -> "Future[Any]":
        """The day."""
        future: Future[Any] = station.submit(_today)
        return future

    def care(self, station: Any) -> "Future[Any]":
        """How the data stand."""
        future: Future[Any] = station.submit_upkeep(_care)
        return future

    def daily(self, station: Any) -> "Future[bool]":
        """Backup and sweep, if they are due."""
        # A thread of its own: a copy of a large store must hold up neither a visitor nor a print.
        if self._daily is None:
            self._daily = ThreadPoolExecutor(max_workers=1, thread_name_prefix="daily")
        return self._daily.submit(self._keep_up, station)

    def queue_desk(self, station: Any) -> Any:
        """The station's own store decides."""
        from services.queue.local_desk import LocalQueueDesk

        return LocalQueueDesk(station)

    def end(self) -> None:
        """A copy under way stops at its next step; nothing is left of it."""
        self._ending.set()
        if self._daily is not None:
            self._daily.shutdown(wait=True, cancel_futures=True)

    def facts(self, station: Any) -> "Future[StationFacts]":
        """Name, staff, key place."""
        future: Future[StationFacts] = station.submit(_facts, station.key_place)
        return future

    def sign_in(self, station: Any, staff_id: str, password: str) -> "Future[Any]":
        """The actor; from then on the station acts as this person."""
        from services.staff import sign_in

        return self._background(sign_in, station, staff_id, password)

    def sign_out(self, station: Any) -> None:
        """The device itself acts again."""
        from services.staff import sign_out

        sign_out(station)

    def check_password(self, station: Any, staff_id: str, password: str) -> "Future[Any]":
        """For the lock: signing in once more as the same person."""
        return self.sign_in(station, staff_id, password)

    def save_member(self, station: Any, entry: StaffEntry, password: str) -> "Future[None]":
        """Add a member of staff or change one."""
        from domain.staff import Role
        from services.staff import save_member

        role, board = Role(entry.role), entry.board_code or None
        future: Future[None] = station.submit(
            save_member, entry.id, entry.name, role, board, password or None, active=entry.active
        )
        return future

    def change_password(self, station: Any, present: str, fresh: str) -> "Future[None]":
        """The one who is signed in takes another password."""
        from services.staff import change_password

        return self._background(change_password, station, present, fresh)

    def site(self, station: Any) -> "Future[Any]":
        """The site's own document."""
        from services.site import read_site

        future: Future[Any] = station.submit(read_site)
        return future

    def change_site(self, station: Any, **fields: Any) -> "Future[bool]":
        """Publish the site's document."""
        from services.site import SiteForm, change_site

        future: Future[bool] = station.submit(change_site, SiteForm(**fields))
        return future

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

    def restore(self, backup: Path) -> None:
        """Put ``backup`` in place of the store."""
        from services.upkeep import restore_backup

        restore_backup(self.home, backup, passphrase=self._passphrase)

    def doctor(self, station: Any) -> "Future[list[Finding]]":
        """The doctor's report, in sentences."""
        return self._background(_examine, self.home, self._passphrase)

    def wipe_demo(self) -> None:
        """Remove the demonstration centre."""
        from services.upkeep import wipe_demo

        wipe_demo(self.home, passphrase=self._passphrase)

    def _keep_up(self, station: Any) -> bool:
        from services.care import CopyCancelled, daily_backup, sweep_files

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


def _facts(uow: Any, clock: Any, actor: Any, key_place: Any) -> StationFacts:
    from services.rulebook import rulebook

    book = rulebook(uow)
    return StationFacts(
        site_name=book.site.name,
        site_letters=book.site.letters,
        demo=book.site.demo,
        staff=tuple(_entry(member, book.boards) for member in book.staff.values()),
        address=book.site.address,
        phone=book.site.phone,
        boards=tuple((board.code, board.name) for board in book.boards.values()),
        key_kind=str(key_place.kind),
        key_where=key_place.where,
        zone=book.site.zone,
    )


def _entry(member: Any, boards: Any) -> StaffEntry:
    board = boards[member.board].name if member.board in boards else ""
    code, secret = member.board or "", member.password is not None
    return StaffEntry(member.id, member.name, str(member.role), board, code, secret, member.active)


def _warm_up(uow: Any, clock: Any, actor: Any) -> None:
    from services import cases, desk, drafts, intake  # noqa: F401 - imported on this thread, ahead of the page
    from services.routing import route

    route(uow, clock, actor, "办理")


def _fill_demo(uow: Any, clock: Any, actor: Any) -> int:
    from services.demo import fill_demo_once

    return fill_demo_once(uow, clock, actor)


def _fill_demo_codes(uow: Any, clock: Any, actor: Any, home: Path) -> None:
    from services.demo_codes import fill_demo_codes_once

    fill_demo_codes_once(uow, clock, actor, home)


def _today(uow: Any, clock: Any, actor: Any) -> Any:
    from services.today import read_today

    return read_today(uow, clock, actor)


def _care(ground: Any) -> Any:
    from services.care import look_after

    return look_after(ground)


_READING: tuple[Any, ...] = (_facts, _warm_up, _today)
for _service in _READING:
    _service.reads = True
