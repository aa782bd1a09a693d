"""工作台: asks for the day, shows it, and leads on."""

from typing import Any

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop import words
from desktop.shell.header import WEEKDAYS
from desktop.shell.page import Command, PageContext
from desktop.today.lines import care_lines, material_lines, waiting_lines
from desktop.today.view import TodayView
from desktop.widgets import Tone

AREAS = frozenset({"cases", "drafts", "printing", "reference", "supervision", "upkeep"})
MINUTE_MS = 60_000
SOON_MS = 150


class TodayPage(TodayView):
    """工作台. What is shown follows every commit, and the clock once a minute."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        self._printing: Any = None
        self._minute = QTimer(self, interval=MINUTE_MS)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        for timer in (self._minute, self._soon):
            timer.timeout.connect(self.refresh)
        for button in (self.begin.clicked, self.nothing.acted):
            button.connect(lambda *_: context.navigator.open("intake"))
        self.figures.picked.connect(lambda name: context.navigator.open("cases", f"list:{name}"))
        self.recent.picked.connect(lambda case: context.navigator.open("cases", case))
        context.theme.changed.connect(self.recent.fit)

    def on_shown(self) -> None:
        self.refresh()
        self.begin.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_changes(self, changes: Any) -> None:
        if self.isVisible() and (changes.elsewhere or changes.areas & AREAS):
            self._soon.start()

    def commands(self) -> list[Command]:
        return [
            Command("受理新诉求", lambda: self._context.navigator.open("intake"), "note-pencil", words="sl")
        ]

    def refresh(self) -> None:
        """Ask for the day and the care of the data anew."""
        run, gateway, station = self._context.tasks.run, self._context.gateway, self._context.station
        run(gateway.today, station, on_done=self._on_today)
        run(gateway.safety.care, station, on_done=self._on_care)

    def showEvent(self, event: QShowEvent) -> None:
        self._minute.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._minute.stop()
        self._soon.stop()
        super().hideEvent(event)

    def _on_today(self, today: Any) -> None:
        now = words.local(today.now_ms, today.zone)
        self.day.setText(f"{now.month} 月 {now.day} 日  周{WEEKDAYS[now.weekday()]}")
        self.figures.show_counts(today.counts)
        self.recent.show_cases(today.recent, today.now_ms, today.zone)
        self.cases.setCurrentWidget(self.recent if today.recent else self.nothing)
        self.waiting.show_lines(waiting_lines(today, self))
        self.material.show_lines(material_lines(today, self))
        self.material.setVisible(bool(today.material))

    def _on_care(self, care: Any) -> None:
        self.care.show_lines(care_lines(care, self))

    def open_case(self, key: str) -> None:
        """Show the case that a line is about."""
        self._context.navigator.open("cases", key)

    def note_reminder(self, reminder: Any) -> None:
        """知悉: it is not told again."""
        from services.supervision.reminders import acknowledge_reminder

        run, submit = self._context.tasks.run, self._context.station.submit
        wanted = (acknowledge_reminder, reminder.case_id, reminder.level)
        run(submit, *wanted, on_done=lambda _: self.refresh(), receiver=self)

    def continue_draft(self, draft: Any) -> None:
        """Go on with a draft at intake."""
        self._context.navigator.open("intake", draft)

    def print_again(self, paper: Any) -> None:
        """Bring the same copy out once more; it does not count as another."""
        self._print(paper.key, paper.paper, paper.size, request=paper.id)

    def print_notice(self, key: str) -> None:
        """Print the one-time notice of a case."""
        self._print(key, "one_time_notice")

    def _print(self, key: str, paper: str, size: str | None = None, *, request: str | None = None) -> None:
        if self._printing is None:
            # Needed seldom, and large: the page is the first one that is shown.
            from desktop.printing.run import Printing

            self._printing = Printing(self._context, self)
            self._printing.finished.connect(lambda _: self.refresh())
        self._printing.print_paper(key, paper, size, request=request)

    def mark_out(self, paper: Any) -> None:
        """The paper had come out."""
        from services.printing import mark_printed

        run, station = self._context.tasks.run, self._context.station
        run(station.submit, mark_printed, paper.id, on_done=lambda _: self.refresh(), receiver=self)

    def show_open_cases(self) -> None:
        """The cases whose due times wait for a calendar are among these."""
        self._context.navigator.open("cases", "list:open")

    def make_backup(self) -> None:
        """A backup now."""
        self._context.tasks.run(
            self._context.gateway.safety.backup,
            self._context.station,
            on_done=self._on_backup,
            on_progress=lambda done, total: None,
            receiver=self,
        )

    def open_safety(self) -> None:
        """To the settings that keep the data safe."""
        self._context.navigator.open("settings", "safety")

    def open_folder(self) -> None:
        """Show the folder of the data."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._context.gateway.home)))

    def _on_backup(self, copy: Any) -> None:
        self._context.notices.say(f"备份完成：{copy.path.name}", Tone.OK)
        self.refresh()
