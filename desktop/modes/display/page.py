"""大厅屏: shows the calls of its groups, lets a new one stand out for a while, and turns over what does not fit."""

from PySide6.QtCore import QElapsedTimer, QTimer
from PySide6.QtWidgets import QWidget

from desktop.modes.calls import NewCalls
from desktop.modes.display.view import FEW, LAST_SHOWN, DisplayView, Shown
from desktop.modes.mode_page import ModeContext
from desktop.window_words import window_words
from domain.queue.desk import CallLine, HallView

FLASH_MS = 10_000
BLINK_MS = 600
STALE_MS = 90_000
NO_NEWS = "暂时读不到排队信息，请留意现场叫号。"


class DisplayPage(DisplayView):
    """Follows the hall by the board. ``flashing`` are the keys of the calls that stand out now."""

    def __init__(self, context: ModeContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._new = NewCalls(context.groups)
        self.flashing: set[str] = set()
        self._bright = self._unknown = False
        self._read = QElapsedTimer()
        self._read.start()
        self._blink = QTimer(self, interval=BLINK_MS)
        self._blink.timeout.connect(self._on_blink)
        self.begin()

    def on_view(self, view: HallView) -> None:
        self._read.restart()
        for call in self._new.take(view):
            self._stand_out(call)
        self.body.setCurrentIndex(1 if view.closed else 0)
        self.closed_reason.setText(view.closed)
        wanted = self._context.groups
        groups = [one for one in view.groups if not wanted or one.code in wanted]
        self._unknown = bool(wanted) and not groups
        self.groups.show_items(groups)
        for row in self.groups.rows:
            row.grow(len(groups) <= FEW)
        self.paused.show_items(self._paused(view))
        self._show_notice()
        self._show_calls()

    def on_tick(self) -> None:
        super().on_tick()
        self._show_notice()

    def _paused(self, view: HallView) -> list[str]:
        wanted = set(self._context.groups)
        pausing = [
            one
            for one in view.windows
            if not one.open and one.since is not None and (not wanted or wanted & set(one.groups))
        ]
        return [
            f"{window_words(one.code, one.name)} 暂停服务" + (f"：{one.reason}" if one.reason else "")
            for one in pausing
        ]

    def _show_notice(self) -> None:
        view = self.view
        told = view.notice if view else ""
        if self._unknown:
            told = f"没有“{'、'.join(self._context.groups)}”这些队列，请在“设置 › 取号机和大厅屏”里核对。"
        if self._read.elapsed() > STALE_MS:
            told = NO_NEWS
        self.notice_strip.setVisible(bool(told))
        self.notice.tell(told)

    def _stand_out(self, call: CallLine) -> None:
        self.flashing.add(call.key)
        QTimer.singleShot(FLASH_MS, self, lambda: self._calm(call.key))
        if not self._blink.isActive():
            self._bright = True
            self._blink.start()

    def _calm(self, key: str) -> None:
        self.flashing.discard(key)
        if not self.flashing:
            self._blink.stop()
            self._bright = False
        self._show_calls()

    def _on_blink(self) -> None:
        self._bright = not self._bright
        self._show_calls()

    def _show_calls(self) -> None:
        if self.view is None:
            return
        calls = self._shown(self.view)
        now, last = (calls[0] if calls else None), calls[1:]
        nothing = "现在不在服务时间" if self.view.outside_hours else "请取号等候叫号"
        self.now_called.show_call(now, nothing)
        self.now_called.flash(self._bright and now is not None and now.key in self.flashing)
        for place in range(LAST_SHOWN):
            call = last[place] if place < len(last) else None
            self.last[place].show_call(
                call, new=self._bright and call is not None and call.key in self.flashing
            )

    def _shown(self, view: HallView) -> list[Shown]:
        """The latest call of each number, the newest first."""
        latest: dict[str, CallLine] = {}
        for call in view.calls:
            if not self._context.groups or call.group in self._context.groups:
                latest.setdefault(call.number, call)
        names = {window.code: window.name for window in view.windows}
        return [
            Shown(call.key, call.number, window_words(call.window, names.get(call.window, "")))
            for call in latest.values()
        ][: LAST_SHOWN + 1]
