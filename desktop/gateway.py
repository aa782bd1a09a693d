"""What the frame, the wizard, sign-in and settings ask of a station. Each is one thing a person does.

The frame paints before ``services`` (and with it SQLAlchemy) is imported: imports here happen on the worker thread.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class StationPlan:
    """What the wizard wants made: the demonstration centre, a station of its own with name and letters, or a window of
    the centre that ``enrolment`` (``sync.enrolment``) asks.
    """

    demo: bool = True
    site_name: str = ""
    site_letters: str = ""
    enrolment: Any = None


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """One person who may sign in."""

    id: str
    name: str
    role: str
    board: str = ""
    board_code: str = ""
    has_password: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class StationFacts:
    """What the frame shows of a station. ``key_kind`` is a ``db.store.keys.KeyKind`` word, ``key_where`` its place."""

    site_name: str
    site_letters: str
    demo: bool
    staff: tuple[StaffEntry, ...] = ()
    address: str = ""
    phone: str = ""
    boards: tuple[tuple[str, str], ...] = ()
    key_kind: str = ""
    key_where: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class BackupEntry:
    """One copy of the store. ``size`` in bytes."""

    path: Path
    made_at: int
    size: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report; ``level`` is ``ok``, ``warn`` or ``bad``."""

    level: str
    text: str


class People(Protocol):
    """人员: who acts, and who may."""

    def sign_in(self, station: Any, staff_id: str, password: str) -> "Future[Any]":
        """The actor, or ``AppError``; from then on the station acts as this person."""
        ...

    def sign_out(self, station: Any) -> None:
        """The device itself acts again."""
        ...

    def check_password(self, station: Any, staff_id: str, password: str) -> "Future[Any]":
        """For the lock: the right password, or ``AppError``."""
        ...

    def save_member(self, station: Any, entry: StaffEntry, password: str) -> "Future[None]":
        """Add a member of staff or change one; an empty password leaves the earlier one."""
        ...

    def change_password(self, station: Any, present: str, fresh: str) -> "Future[None]":
        """The one who is signed in takes another password."""
        ...


class Safety(Protocol):
    """数据安全: key, copies, what is due once a day, the state of the data."""

    def recover(self, code: str) -> None:
        """Take the key back by the recovery code. Blocks."""
        ...

    def last_backup(self) -> BackupEntry | None:
        """The newest copy, found without opening the store. Blocks."""
        ...

    def restore_last(self) -> Path | None:
        """Open the last copy that is whole in place of a damaged store; where that was kept. Blocks."""
        ...

    def restore(self, backup: Path) -> None:
        """Put ``backup`` in place of the store, which is closed before. Blocks."""
        ...

    def wipe_demo(self) -> None:
        """Remove the demonstration centre, closed before, from the home; refuses for any other station. Blocks."""
        ...

    def recovery_code(self, station: Any) -> "Future[str]":
        """A new recovery code; an earlier one ends."""
        ...

    def backup(self, station: Any, *, progress: Progress) -> "Future[BackupEntry]":
        """Copy the store while it is in use."""
        ...

    def backups(self, station: Any) -> "Future[list[BackupEntry]]":
        """The copies there are, newest first."""
        ...

    def doctor(self, station: Any) -> "Future[list[Finding]]":
        """The report on engine, integrity, chain, sizes, disk and key."""
        ...

    def care(self, station: Any) -> "Future[Any]":
        """``services.care.DataCare``."""
        ...

    def daily(self, station: Any) -> "Future[bool]":
        """What is due once a day: backup, then the sweep of files; whether anything was."""
        ...

    def end(self) -> None:
        """The program ends: stop what may be stopped."""
        ...


class Gateway(Protocol):
    """The doors of a station; those of people and of safety stand apart.

    What gives no future blocks and is run on a thread of the desk; the others give a future at once.
    """

    home: Path

    @property
    def people(self) -> People:
        """Signing in, members of staff."""
        ...

    @property
    def safety(self) -> Safety:
        """Key, copies, doctor."""
        ...

    def exists(self) -> bool:
        """Whether a station was made in the home."""
        ...

    def make(self, plan: StationPlan) -> None:
        """Make the station; ``AppError`` when it cannot be."""
        ...

    def open(self, passphrase: str = "") -> Any:
        """Open it: a ``services.station.Station``. A passphrase that fits is kept until the program ends."""
        ...

    def fill_demo(self, station: Any) -> "Future[int]":
        """The made-up cases of a demonstration centre that has none yet; how many."""
        ...

    def warm_up(self, station: Any) -> "Future[None]":
        """Load what the main job needs, so that the first visitor does not wait for it."""
        ...

    def today(self, station: Any) -> "Future[Any]":
        """``services.today.Today``."""
        ...

    def queue_desk(self, station: Any) -> Any:
        """``domain.queue.desk.QueueDesk``: who decides over this hall's queue. Blocks."""
        ...

    def facts(self, station: Any) -> "Future[StationFacts]":
        """Name, staff, key place."""
        ...

    def site(self, station: Any) -> "Future[Any]":
        """``services.site.SiteFacts``."""
        ...

    def change_site(self, station: Any, **fields: Any) -> "Future[bool]":
        """Publish the site's document with the fields of ``services.site.SiteForm``."""
        ...
