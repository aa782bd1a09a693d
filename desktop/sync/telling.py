"""What of sync comes to people by itself: a clock that is off, a long silence, an end of service, decisions.

And, soon after it was joined, that a site has others below it.
"""

from typing import Any

from PySide6.QtCore import QObject

from desktop.shell.notices import Notices
from desktop.shell.page import Navigator, SettingsBox
from desktop.sync.runner import SyncRunner
from desktop.sync.sections import CONFLICTS, QUARANTINE, REVIEWS
from desktop.sync.wording import below_words, is_silent, remarks
from desktop.widgets import Tone

FRESH_MS = 86_400_000
"""So long after joining somebody is still about who can take another code."""


class Telling(QObject):
    """Each thing is told once while it lasts; a line that is down is in the header and nobody's surprise."""

    def __init__(
        self,
        runner: SyncRunner,
        notices: Notices,
        settings: SettingsBox,
        navigator: Navigator,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._notices, self._settings, self._navigator = notices, settings, navigator
        self._lasting: frozenset[str] = frozenset()
        self._to_decide = 0
        self._runner = runner
        self._heard_at: int | None = None
        self._below: tuple[str, ...] = ()
        runner.state_read.connect(self.tell)

    def tell(self, state: Any) -> None:
        """Say what is new in ``state``."""
        warn_days = self._settings.value.sync_warn_days
        lasting = frozenset(
            name
            for name, is_so in (
                ("clock", state.clock_is_off),
                ("silent", is_silent(state, warn_days)),
                ("revoked", state.phase == "revoked"),
            )
            if is_so
        )
        if lasting - self._lasting:
            for text, tone in remarks(state, warn_days):
                self._say(text, tone, "")
        self._lasting = lasting
        if state.to_decide > self._to_decide:
            text = f"同步有 {state.to_decide} 处要人裁定（冲突、复核或隔离）。"
            self._say(text, Tone.INFO, _first_tab(state))
        self._to_decide = state.to_decide
        self._ask_below(state)

    def _ask_below(self, state: Any) -> None:
        """The tree of sites comes with a sync; before that nobody here knows what lies below."""
        fresh = state.joined and state.now_ms - (state.joined_at or 0) < FRESH_MS
        if not fresh or self._below or state.heard_at in (None, self._heard_at):
            return
        from services.enrolling import membership

        self._heard_at = state.heard_at
        self._runner.ask(membership, self._on_membership, self)

    def _on_membership(self, found: Any) -> None:
        if found is not None and found.below and not self._below:
            self._below = found.below
            self._notices.say(below_words(found), Tone.WARN)

    def _say(self, text: str, tone: Tone, tab: str) -> None:
        self._notices.say(
            text, tone, action="打开同步页", act=lambda: self._navigator.open("sync", tab or None)
        )


def _first_tab(state: Any) -> str:
    if state.conflicts:
        return CONFLICTS
    return REVIEWS if state.reviews else QUARANTINE
