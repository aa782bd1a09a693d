"""From an empty window to work: wizard or opening, then sign-in where people have passwords, then the pages."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.gateway import Gateway, StaffEntry, StationFacts
from desktop.messages import sentence
from desktop.queue.board import QueueBoard
from desktop.roles import role_word
from desktop.shell.daily import Daily
from desktop.shell.header import HeaderState
from desktop.shell.notices import Notices
from desktop.shell.opening import Opening
from desktop.shell.page import Navigator, PageContext, PageSpec, SettingsBox
from desktop.shell.palette import Provider
from desktop.shell.reminding import Reminding
from desktop.shell.tasks import TaskRunner
from desktop.shell.window import MainWindow
from desktop.signin.page import SignInPage
from desktop.sync.runner import SyncRunner
from desktop.sync.telling import Telling
from desktop.sync.wording import header_link
from desktop.theme.theme import Theme
from desktop.widgets import Tone
from desktop.window_words import window_words
from domain.errors import AppError

POLL_MS = 500
WARM_UP_MS = 300
CLERK = "clerk"
SUPERVISORS = ("supervisor", "admin")
KEY_WARNING = (
    "数据密钥和数据放在同一个目录里：拷走整个目录的人就能读数据。请限制目录权限，并把恢复码打印后锁好。"
)

Offer = Callable[[PageContext], Sequence[Provider]]


class Startup(QObject):
    """Leads the window from screen to screen and holds the open station. ``ready`` when pages are shown."""

    ready = Signal()
    closed = Signal()
    _changed = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        gateway: Gateway,
        tasks: TaskRunner,
        notices: Notices,
        settings: SettingsBox,
        theme: Theme,
        pages: Sequence[PageSpec],
        providers: Offer = lambda _: (),
    ) -> None:
        super().__init__(window)
        self._window, self._gateway, self._tasks, self._notices = window, gateway, tasks, notices
        self._settings, self._theme, self._pages, self._providers = settings, theme, pages, providers
        self.navigator = Navigator(self)
        self.navigator.requested.connect(window.open_page)
        self.navigator.restore_asked.connect(lambda path: self._close_and(gateway.safety.restore, path))
        self.navigator.wipe_asked.connect(lambda: self._close_and(gateway.safety.wipe_demo))
        self.opening = Opening(window, gateway, tasks, notices, self)
        self.opening.opened.connect(self._on_opened)
        self.daily = Daily(gateway, tasks, notices, self)
        self.reminding = Reminding(tasks, notices, self.navigator, self)
        self.sync = SyncRunner(tasks, self)
        Telling(self.sync, notices, settings, self.navigator, self)
        self.sync.state_read.connect(lambda _: self._show_link())
        self.sync.run_changed.connect(lambda _: self._show_link())
        self.station: Any = None
        self.board: QueueBoard | None = None
        self._facts: StationFacts | None = None
        self._person: StaffEntry | None = None
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self._on_poll)
        self._poll_pending = False
        self._changed.connect(self._on_changes)
        settings.changed.connect(lambda _: self._show_header())
        settings.changed.connect(lambda _: self._show_link())
        window.sign_out_asked.connect(self._on_sign_out_asked)
        window.lock_asked.connect(self.lock)
        window.unlock_asked.connect(self._on_unlock_asked)
        window.rescue_asked.connect(lambda: self._close_and(_say_damaged))

    def begin(self) -> None:
        """Open the station in the home, or lead through the wizard where there is none."""
        self.opening.begin()

    def lock(self) -> None:
        """Cover the window; the one who is signed in opens it again."""
        if self.station is not None and self._window.frame.rail.isVisibleTo(self._window):
            self._window.lock(with_password=self._person is not None)

    def close(self) -> None:
        """Let go of the station, waiting for what was submitted."""
        self._poll.stop()
        self.daily.stop()
        self.reminding.stop()
        self.sync.stop()
        self._stop_board()
        self._gateway.safety.end()
        if self.station is not None:
            self.station.close()
            self.station = None
        self.closed.emit()

    def _close_and(self, work: Callable[..., None], *args: Any) -> None:
        """Close pages and station, do ``work`` on the store's files, and begin again."""
        station, self.station = self.station, None
        if station is None:
            return
        self._poll.stop()
        self.daily.stop()
        self.reminding.stop()
        self.sync.stop()
        self._window.frame.pages.drop_pages()
        self._stop_board()

        def close_and_work() -> None:
            station.close()
            work(*args)

        self.opening.after(close_and_work)

    def _on_opened(self, station: Any) -> None:
        if station is None:
            # Needed once in a station's life; it brings the print module with it.
            from desktop.wizard.wizard import Wizard

            self.opening.typed.forget()
            wizard = Wizard(self._gateway, self._tasks, self._settings, self._theme)
            wizard.finished.connect(self._take)
            self._window.show_screen(wizard)
        else:
            self._take(station)

    def _take(self, station: Any) -> None:
        self.station = station
        station.add_listener(self._changed.emit)
        self.board = QueueBoard(lambda: self._gateway.queue_desk(station), self._tasks, self)
        self.board.start()
        self._poll.start()
        self._tasks.run(
            self._gateway.facts, station, on_done=self._on_facts, on_error=self.opening.show_failure
        )

    def _stop_board(self) -> None:
        if self.board is not None:
            self.board.stop()
            self.board = None

    def _on_facts(self, facts: StationFacts) -> None:
        self._facts = facts
        if not facts.demo and any(_may_sign_in(entry) for entry in facts.staff):
            self._ask_who()
        else:
            self._work(None)

    def _ask_who(self) -> None:
        assert self._facts is not None
        # In the demonstration centre everybody is made up, and nobody has a password.
        staff = [entry for entry in self._facts.staff if _may_sign_in(entry) or self._facts.demo]
        page = SignInPage(self._gateway, self._tasks, self.station, self._facts.site_name, staff)
        if self._facts.demo:
            page.need_no_password()
        page.signed_in.connect(self._work)
        page.went_on.connect(lambda: self._work(None))
        self._person = None
        self._show_header()
        self._window.show_screen(page)
        # Before a sign-in a password may have been typed: it goes nowhere else.
        self.opening.typed.replay(page)

    def _work(self, person: StaffEntry | None) -> None:
        self._person = person
        role = person.role if person else _role_alone(self._facts)
        context = PageContext(
            self.station,
            self._tasks,
            self._notices,
            self.navigator,
            self._theme,
            self._settings,
            self._gateway,
            self.board,
            self.sync,
        )
        self._show_header()
        self._window.set_pages([spec for spec in self._pages if spec.is_for(role)], context)
        self._window.set_providers(self._providers(context))
        self.daily.start(self.station)
        self.reminding.start(self.station)
        self.sync.start(self.station)
        self.ready.emit()
        self.opening.typed.replay(self._window.frame)
        QTimer.singleShot(WARM_UP_MS, self, self._warm_up)

    def _warm_up(self) -> None:
        if self.station is None:
            return
        self._tasks.run(self._gateway.warm_up, self.station)
        if self._facts is not None and self._facts.demo:
            # Made-up cases come in while somebody looks around; once, and in one piece.
            self._tasks.run(self._gateway.fill_demo, self.station)

    def _show_header(self) -> None:
        if self._facts is None:
            return
        number = self._settings.value.window
        person = f"{self._person.name} · {role_word(self._person.role)}" if self._person else "本机（窗口）"
        self._window.show_state(
            HeaderState(
                centre=self._facts.site_name,
                window=window_words(number),
                person=person,
                key_warning=KEY_WARNING if self._facts.key_kind == "home_file" else "",
                zone=self._facts.zone,
            )
        )

    def _show_link(self) -> None:
        warn_days = self._settings.value.sync_warn_days
        self._window.frame.header.show_link(header_link(self.sync.state, self.sync.run, warn_days))

    def _on_changes(self, changes: Any) -> None:
        self._window.tell_changes(changes)
        self.sync.on_changes(changes)
        if self.board is not None:
            self.board.on_changes(changes)
        if "reference" in changes.areas or changes.elsewhere:
            self._tasks.run(self._gateway.facts, self.station, on_done=self._on_facts_again)

    def _on_facts_again(self, facts: StationFacts) -> None:
        self._facts = facts
        here = {entry.id: entry for entry in facts.staff if entry.active}
        if self._person is None or self._person.id in here:
            self._person = here.get(self._person.id) if self._person else None
            self._show_header()
        else:
            self._notices.say(f"“{self._person.name}”已停用，请换人登录。正在录入的内容都在。", Tone.WARN)
            self._on_sign_out_asked()

    def _on_poll(self) -> None:
        if not self._poll_pending and self.station is not None:
            self._poll_pending = True
            self._tasks.run(self.station.poll, on_done=self._on_polled, on_error=self._on_polled)

    def _on_polled(self, _: Any) -> None:
        self._poll_pending = False

    def _on_sign_out_asked(self) -> None:
        if self._facts is None or not self._facts.staff:
            self._notices.say("本站还没有登记人员。请先在“设置 › 人员”里登记管理员。", Tone.WARN)
            return
        self._gateway.people.sign_out(self.station)
        self._ask_who()

    def _on_unlock_asked(self, password: str) -> None:
        assert self._person is not None
        sheet = self._window.lock_sheet
        self._tasks.run(
            self._gateway.people.check_password,
            self.station,
            self._person.id,
            password,
            on_done=lambda _: sheet.unlock(),
            on_error=lambda error: sheet.refuse(sentence(error)),
            receiver=sheet,
        )


def _role_alone(facts: StationFacts | None) -> str:
    """Who works without signing in sees the supervisor's pages where nobody else could, or where all is made up."""
    if facts is None:
        return CLERK
    supervised = any(entry.active and entry.role in SUPERVISORS for entry in facts.staff)
    return CLERK if supervised and not facts.demo else SUPERVISORS[0]


def _may_sign_in(entry: StaffEntry) -> bool:
    return entry.active and entry.has_password


def _say_damaged() -> None:
    raise AppError("storage.damaged")
