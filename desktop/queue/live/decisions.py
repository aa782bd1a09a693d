"""What the panels ask for, done through the board: what came of it, and whether the one who works here may."""

from collections import deque
from typing import Any

from PySide6.QtCore import QObject

from desktop.messages import sentence
from desktop.queue.live.live_view import LiveView
from desktop.shell.page import PageContext
from desktop.widgets import NoticeBar, Tone

READ_ONLY = "现在只能看。要处理，请由督办或管理员登录（点右上角的姓名换人）。"
DONE = {
    "end": "已结束，用时记为不准。",
    "hand_over": "已交接。",
    "transfer": "已转，保留原来的排队时间。",
    "call_to": "已叫号。",
    "leave": "已标记离开。",
    "pause_group": "已暂停取号。",
    "resume_group": "已恢复取号。",
    "close_hall": "大厅已关闭，取号和叫号停止。",
    "open_hall": "大厅已恢复开放。",
    "set_notice": "通知已更新。",
    "end_day": "已日结。",
}


class Decisions(QObject):
    """Refusals stand in ``bar`` until something is done."""

    def __init__(self, context: PageContext, live: LiveView, bar: NoticeBar, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._live, self._bar = context, live, bar
        self._panels = (live.window_panel, live.line_panel, live.hall_panel)
        # The board answers in the order in which it was asked.
        self._asked: deque[str] = deque()
        self._may = False
        for panel in self._panels:
            panel.asked.connect(self.decide)
            panel.set_allowed(False)
        for asking in (live.window_panel, live.line_panel):
            asking.held_back.connect(lambda text: self._bar.say(text, Tone.WARN))
        live.hall_panel.open_wanted.connect(self._on_open_wanted)

    def ask_rights(self) -> None:
        """Find out whether the one who works here may decide."""
        from services.queue.supervising import may_supervise

        run, station = self._context.tasks.run, self._context.station
        run(station.submit, may_supervise, on_done=self._on_rights, receiver=self)

    def decide(self, name: str, args: Any) -> None:
        """Ask the hall's desk for the decision ``name``."""
        self._asked.append(name)
        self._context.queue.act(name, *args, on_done=self._on_done, on_error=self._on_refused)

    def _on_done(self, answer: Any) -> None:
        name = self._asked.popleft()
        self._bar.hide_bar()
        self._context.notices.say(DONE[name], Tone.OK)
        if name == "end_day":
            self._live.hall_panel.show_ended(answer)

    def _on_refused(self, error: Any) -> None:
        self._asked.popleft()
        self._bar.say(sentence(error), Tone.DANGER)

    def _on_open_wanted(self) -> None:
        self._context.queue.ask("still_open", on_done=self._live.hall_panel.show_open)

    def _on_rights(self, may: bool) -> None:
        self._may = may
        for panel in self._panels:
            panel.set_allowed(may)
        if may and self._bar.text() == READ_ONLY:
            self._bar.hide_bar()
        elif not may:
            self._bar.say(READ_ONLY, Tone.INFO)
