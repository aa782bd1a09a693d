"""A desk over a station of paper: the real window, a gateway that answers at once or when told."""

import os
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel

from desktop.gateway import BackupEntry, Finding, StaffEntry, StationFacts, StationPlan
from desktop.settings import Settings
from desktop.shell.notices import Notices
from desktop.shell.page import Navigator, Page, PageContext, SettingsBox
from desktop.shell.tasks import TaskRunner
from desktop.theme.fonts import load_fonts
from desktop.theme.theme import Theme
from domain.errors import AppError
from domain.queue.desk import HallView
from domain.staff import Actor
from services.site import SiteFacts, SiteForm
from tests.patient_bot import PatientBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
CLERK = StaffEntry("clerk", "林窗口", "clerk", has_password=True)
ADMIN = StaffEntry("admin", "周管理", "admin", has_password=True)


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["qifu-desk", "-platform", "offscreen"]


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientBot:
    return PatientBot(request)


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    load_fonts()
    theme = Theme(qapp)
    theme.use(theme.tokens.scheme, theme.tokens.text_size)
    return theme


@pytest.fixture(autouse=True)
def nothing_left_behind(qapp: QApplication) -> Iterator[None]:
    """A test that leaves a top-level widget or a running timer behind fails."""
    before = set(qapp.topLevelWidgets())
    yield
    qapp.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    left = [widget for widget in set(qapp.topLevelWidgets()) - before if _counts(widget)]
    running = [t for widget in left for t in widget.findChildren(QTimer) if t.isActive()]
    for widget in left:
        widget.close()
        widget.deleteLater()
    assert not left, f"top-level widgets left behind: {left}, timers: {running}"


def _counts(widget: Any) -> bool:
    return not (isinstance(widget, QLabel) and widget.objectName() == "qtooltip_label")


def done(value: Any = None) -> "Future[Any]":
    future: Future[Any] = Future()
    future.set_result(value)
    return future


def refused(code: str, **params: Any) -> "Future[Any]":
    future: Future[Any] = Future()
    future.set_exception(AppError(code, **params))
    return future


@dataclass
class PaperStation:
    """Takes listeners and counts what is asked."""

    listeners: list[Any] = field(default_factory=list)
    closed: bool = False
    actor: Actor = field(default_factory=lambda: Actor("device:1"))

    def add_listener(self, listener: Any) -> Any:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def submit(self, service: Any, *args: Any, **kwargs: Any) -> "Future[Any]":
        """No store stands behind it, so nothing is ever answered."""
        future: Future[Any] = Future()
        future.cancel()
        return future

    def poll(self) -> "Future[None]":
        return done()

    def close(self) -> None:
        self.closed = True


class PaperQueueDesk:
    """A hall without groups and windows."""

    def view(self) -> HallView:
        return HallView("2026-11-18", 0, "Asia/Shanghai", "", (), (), ())


@dataclass
class PaperGateway:
    """A gateway whose answers stand here."""

    home: Path
    there: bool = True
    facts_now: StationFacts = field(
        default_factory=lambda: StationFacts("高新园区企业服务站", "GX", demo=False, key_kind="key_store")
    )
    made: list[StationPlan] = field(default_factory=list)
    passwords: dict[str, str] = field(default_factory=lambda: {"clerk": "open sesame"})
    make_error: AppError | None = None
    station: PaperStation = field(default_factory=PaperStation)
    wiped: int = 0
    saved: list[tuple[StaffEntry, str]] = field(default_factory=list)
    restored: list[Path] = field(default_factory=list)
    recovered: list[str] = field(default_factory=list)
    fresh_passwords: list[tuple[str, str]] = field(default_factory=list)
    sites: list[dict[str, Any]] = field(default_factory=list)
    filled: int = 0
    looked: int = 0

    @property
    def people(self) -> "PaperGateway":
        """A gateway of paper is its own door to everything."""
        return self

    safety = people

    def exists(self) -> bool:
        return self.there

    def make(self, plan: StationPlan) -> None:
        if self.make_error:
            raise self.make_error
        self.made.append(plan)
        self.there = True

    def open(self, passphrase: str = "") -> PaperStation:
        self.station = PaperStation()
        return self.station

    def facts(self, station: Any) -> "Future[Any]":
        return done(self.facts_now)

    def sign_in(self, station: Any, staff_id: str, password: str) -> "Future[Any]":
        if self.passwords.get(staff_id) == password:
            return done(staff_id)
        return refused("storage.wrong_key")

    check_password = sign_in

    def sign_out(self, station: Any) -> None:
        pass

    def save_member(self, station: Any, entry: StaffEntry, password: str) -> "Future[Any]":
        self.saved.append((entry, password))
        return done()

    def recovery_code(self, station: Any) -> "Future[str]":
        return done("7K3M-9QRT-2WXY-4ABC")

    def backup(self, station: Any, *, progress: Any) -> "Future[BackupEntry]":
        progress(1, 2)
        return done(BackupEntry(self.home / "a.db", 0, 1_048_576))

    def backups(self, station: Any) -> "Future[list[BackupEntry]]":
        return done([BackupEntry(self.home / "a.db", 0, 1_048_576)])

    def restore(self, backup: Path) -> None:
        self.restored.append(backup)

    def doctor(self, station: Any) -> "Future[list[Finding]]":
        return done([Finding("ok", "完整"), Finding("warn", "三天没有备份")])

    def last_backup(self) -> "BackupEntry | None":
        return BackupEntry(self.home / "a.db", 0, 1_048_576)

    def restore_last(self) -> "Path | None":
        return self.home / "store.damaged-1.db"

    def recover(self, code: str) -> None:
        self.recovered.append(code)

    def fill_demo(self, station: Any) -> "Future[int]":
        self.filled += 1
        return done(12)

    def warm_up(self, station: Any) -> "Future[None]":
        return done()

    def daily(self, station: Any) -> "Future[bool]":
        self.looked += 1
        return done(self.looked == 1)

    def queue_desk(self, station: Any) -> Any:
        return PaperQueueDesk()

    def end(self) -> None:
        pass

    def site(self, station: Any) -> "Future[Any]":
        return done(SiteFacts(SiteForm(self.facts_now.site_name), self.facts_now.site_letters, True))

    def change_site(self, station: Any, **fields: Any) -> "Future[bool]":
        self.sites.append(fields)
        return done(True)

    def change_password(self, station: Any, present: str, fresh: str) -> "Future[Any]":
        self.fresh_passwords.append((present, fresh))
        return done()

    def wipe_demo(self) -> None:
        self.wiped += 1
        self.there = False


class PlainPage(Page):
    """A page that remembers what the frame told it."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self.told: list[Any] = []
        self.items: list[Any] = []
        self.shown = 0

    def on_shown(self) -> None:
        self.shown += 1

    def on_changes(self, changes: Any) -> None:
        self.told.append(changes)

    def open_item(self, argument: Any) -> None:
        self.items.append(argument)


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[TaskRunner]:
    runner = TaskRunner()
    yield runner
    runner.stop()


@pytest.fixture
def gateway(tmp_path: Path) -> PaperGateway:
    return PaperGateway(tmp_path / "home")


@pytest.fixture
def settings(tmp_path: Path) -> SettingsBox:
    return SettingsBox(tmp_path / "home", Settings())


@pytest.fixture
def notices(qapp: QApplication) -> Notices:
    return Notices(lambda: NOW)


@pytest.fixture
def context(
    tasks: TaskRunner, notices: Notices, theme: Theme, settings: SettingsBox, gateway: PaperGateway
) -> PageContext:
    return PageContext(gateway.station, tasks, notices, Navigator(), theme, settings, gateway)
