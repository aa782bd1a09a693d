"""What the intake page lets the visitor see: a few plain values, read while somebody looks, and nothing after that."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.widgets import Tone

LOOK_MS = 250


@dataclass(frozen=True, slots=True)
class MirrorState:
    """核对: what is being entered. ``number`` of the case once it was accepted. Holds no contact and no phone."""

    enterprise: str = ""
    uscc: str = ""
    matter: str = ""
    boards: tuple[str, ...] = ()
    due: str = ""
    number: str = ""

    def __bool__(self) -> bool:
        return bool(self.enterprise or self.uscc or self.matter)

    @property
    def told(self) -> tuple[str, str, str]:
        """What the visitor said; the rest is what the desk makes of it, and may come later."""
        return self.enterprise, self.uscc, self.matter


EMPTY = MirrorState()


class Mirror(QObject):
    """``changed`` carries the ``MirrorState``. Looks at the page only while ``watch``ed.

    While the desk is locked or somebody signs in, there is nothing to see.
    """

    changed = Signal(object)

    def __init__(self, page: Any) -> None:
        super().__init__(page)
        self._page = page
        self._confirmed = False
        self.state = EMPTY
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self.refresh)

    def watch(self, watching: bool) -> None:
        """Somebody looks, or nobody does any more."""
        if watching:
            self._look.start()
            self.refresh()
        else:
            self._look.stop()
            self._show(EMPTY)

    def refresh(self) -> None:
        """Look at the page."""
        stack = self._page.parentWidget()
        seen = self._page.isEnabled() and (stack is None or stack.isVisible())
        self._show(self._read() if seen else EMPTY)

    def confirm(self, clock: str) -> None:
        """The visitor says at ``clock`` (``10:32``) that it is right; the clerk sees so until something changes."""
        if self.state:
            self._confirmed = True
            self._page.confirmed.show_state(f"来访者已确认 {clock}", Tone.OK)
            self._page.confirmed.show()

    def _show(self, state: MirrorState) -> None:
        if state == self.state:
            return
        if self._confirmed and not (state.number and not self.state.number):
            self._confirmed = False
            self._page.confirmed.hide()
        self.state = state
        self.changed.emit(state)

    def _read(self) -> MirrorState:
        page = self._page
        who, what = page.who.fields(), page.what.fields()
        return MirrorState(
            enterprise=who["name"] or "",
            uscc=who["uscc"] or "",
            matter=what["text"].strip(),
            boards=page.promise.boards.names(),
            due=page.promise.promised,
            number=page.result.number.text() if page.is_accepted else "",
        )
