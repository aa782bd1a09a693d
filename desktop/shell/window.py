"""The main window: puts the parts together and passes on what happens between them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from desktop.crash_report import crash_report
from desktop.messages import sentence
from desktop.shell.crash import CrashDialog
from desktop.shell.frame import Frame
from desktop.shell.header import HeaderState
from desktop.shell.key_sheet import KeySheet
from desktop.shell.lock import LockSheet
from desktop.shell.notices import NoticeList, Notices, NoticeTray
from desktop.shell.page import Command, PageContext, PageSpec
from desktop.shell.palette import Palette, Provider, matching
from desktop.shell.popover import Popover
from desktop.shell.tasks import TaskRunner
from desktop.theme.theme import Theme
from desktop.widgets import Tone

PROGRAM = "企服前台"


class MainWindow(QMainWindow):
    """主窗口. Knows the parts of the frame, nothing of the business.

    ``sign_out_asked`` and ``lock_asked`` come from the person's menu, ``unlock_asked`` from the lock,
    ``rescue_asked`` from the notice about a damaged store.
    """

    sign_out_asked = Signal()
    lock_asked = Signal()
    unlock_asked = Signal(str)
    rescue_asked = Signal()

    def __init__(
        self,
        tasks: TaskRunner,
        notices: Notices,
        theme: Theme,
        now: Callable[[], datetime],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._notices = notices
        self._theme = theme
        self._state = HeaderState()
        self.frame = Frame(now)
        self.setCentralWidget(self.frame)
        self.setWindowTitle(PROGRAM)
        self.setMinimumSize(1024, 640)
        self.resize(1366, 768)
        self._tray = NoticeTray(self.frame, notices)
        self.palette_sheet = Palette(self.frame, tasks, [self._find_commands])
        self.lock_sheet = LockSheet(self)
        self._connect()
        self._use_theme()

    def set_pages(self, specs: Sequence[PageSpec], context: PageContext) -> None:
        """Offer these pages and show the first."""
        self.frame.pages.set_pages(specs, context)
        self.frame.rail.set_pages([spec for spec in specs if spec.in_rail])
        self.frame.show_pages()
        self.open_page(specs[0].id)

    def set_providers(self, providers: Sequence[Provider]) -> None:
        """Who answers Ctrl+K besides the commands."""
        self.palette_sheet.set_providers([self._find_commands, *providers])

    def open_page(self, page_id: str, argument: Any = None) -> None:
        """Bring a page to the front."""
        self.frame.pages.show_page(page_id, argument)

    def show_screen(self, screen: QWidget) -> None:
        """Show a full screen instead of the pages."""
        self.frame.show_screen(screen)

    def show_state(self, state: HeaderState) -> None:
        """Show who and where in header and title bar."""
        self._state = state
        self.frame.header.show_state(state)
        self.setWindowTitle(f"{state.centre} — {PROGRAM}" if state.centre else PROGRAM)

    def tell_changes(self, changes: Any) -> None:
        """Pass a commit on to the pages."""
        self.frame.pages.tell_changes(changes)

    def show_crash(self, error: BaseException) -> None:
        """Show the report; the page stays usable. One dialog at a time, the first is the cause."""
        if not self.findChildren(CrashDialog):
            CrashDialog(crash_report(error), self).show()

    def lock(self, *, with_password: bool) -> None:
        """Cover everything until somebody unlocks."""
        self.lock_sheet.lock(self.frame, self._state.person, with_password=with_password)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._tasks.stop()
        super().closeEvent(event)

    def _connect(self) -> None:
        header = self.frame.header
        header.find_clicked.connect(self._on_find_asked)
        header.notices_clicked.connect(self._on_notices_clicked)
        header.link_clicked.connect(lambda: self.open_page("sync"))
        header.key_clicked.connect(self._on_key_clicked)
        header.person_clicked.connect(self._on_person_clicked)
        self.frame.rail.picked.connect(self.open_page)
        self.frame.pages.shown.connect(self.frame.rail.show_current)
        self._notices.added.connect(lambda _: header.show_unread(self._notices.unread))
        self._notices.read.connect(lambda: header.show_unread(0))
        self._tasks.crashed.connect(self.show_crash)
        self._tasks.refused.connect(self._on_refused)
        self._theme.changed.connect(self._use_theme)
        self.lock_sheet.unlock_asked.connect(self.unlock_asked)
        # They belong to the pages: while a screen stands before them, the keys are not used up.
        for key, slot in (("Ctrl+K", self._on_find_asked), ("Ctrl+L", self.lock_asked.emit)):
            QShortcut(QKeySequence(key), self.frame.pages).activated.connect(slot)

    def _use_theme(self) -> None:
        shape = self._theme.tokens.shape
        self.frame.rail.set_width(shape["rail"])
        self.frame.header.setFixedHeight(shape["header"])

    def _find_commands(self, text: str) -> list[Command]:
        commands = [
            *self.frame.pages.commands(),
            Command("锁屏", self.lock_asked.emit, "lock", key="Ctrl+L", words="sp"),
        ]
        return matching(commands, text)

    def _on_find_asked(self) -> None:
        # Before a station is open there is nothing to find.
        if self.frame.screens.currentWidget() is self.frame.pages:
            self.palette_sheet.open()

    def _on_refused(self, error: Any) -> None:
        if error.code == "storage.damaged":
            text = "数据文件有损坏，刚才的一步没有保存。请打开最近的备份；损坏的文件会原样保留。"
            self._notices.say(text, Tone.DANGER, action="打开备份…", act=self.rescue_asked.emit)
            return
        self._notices.say(sentence(error), Tone.DANGER)

    def _on_notices_clicked(self) -> None:
        self._notices.mark_read()
        Popover(self.frame, self.frame.header.bell_anchor(), NoticeList(self._notices))

    def _on_key_clicked(self) -> None:
        Popover(self.frame, self.frame.header.key_anchor(), KeySheet(self._state.key_warning))

    def _on_person_clicked(self) -> None:
        menu = QMenu(self)
        menu.addAction("锁屏\tCtrl+L", self.lock_asked.emit)
        menu.addAction("换人登录", self.sign_out_asked.emit)
        menu.aboutToHide.connect(menu.deleteLater)
        anchor = self.frame.header.person_anchor()
        menu.popup(anchor.mapToGlobal(anchor.rect().bottomLeft()))
