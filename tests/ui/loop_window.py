"""The whole window, passed from hand to hand: who works there signs in, and takes steps of a case on its page."""

from typing import Any

from PySide6.QtCore import Qt

from desktop.cases.case_view import CaseView
from desktop.cases.step_registry import AT_ONCE
from desktop.signin.page import SignInPage
from domain.cases.model import Case
from services.cases import show_case
from tests.ui.counter import Counter


class LoopWindow:
    """A window of a demonstration centre. Each step is taken by the buttons and keys of the case page."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    @property
    def station(self) -> Any:
        return self.counter.station

    def case(self, number: str) -> Case:
        """The case as the store has it."""
        return self.station.call(show_case, number)

    def sign_in(self, staff: str) -> None:
        """The one who worked here leaves, ``staff`` comes."""
        counter, frame = self.counter, self.counter.desk.window.frame
        counter.settle()
        counter.desk.window.sign_out_asked.emit()
        counter.until(lambda: isinstance(frame.screens.currentWidget(), SignInPage))
        page = frame.screens.currentWidget()
        page.pick(staff)
        page.press_enter()
        counter.until(lambda: frame.screens.currentWidget() is frame.pages)
        counter.settle()
        assert self.station.actor.id == staff

    def show(self, number: str, page: str = "cases") -> CaseView:
        """The case on its page, as it is now."""
        view: CaseView = self.counter.open(page, number).case
        self.counter.until(lambda: view.number.text() == number)
        return view

    def take(self, number: str, code: str, *, page: str = "cases", **fields: Any) -> Case:
        """Take a step on the case page: its button or, where it is the next one, F9; fill in; confirm by Ctrl+S."""
        view = self.show(number, page)
        button = view.steps.button(code)
        assert button.isEnabled(), button.toolTip()
        with self.counter.qtbot.waitSignal(view.steps.taken):
            if button is view.steps.next_button:
                self.counter.press(Qt.Key.Key_F9)
            else:
                button.click()
            if code not in AT_ONCE:
                self._fill_in(view, fields)
                self.counter.qtbot.keyClick(view.window(), Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        self.counter.settle()
        assert view.steps.form is None, view.steps.form.fields()
        return self.case(number)

    def _fill_in(self, view: CaseView, fields: dict[str, Any]) -> None:
        # A key presses a button a moment later than a click does.
        self.counter.until(lambda: view.steps.form is not None)
        form = view.steps.form
        assert form is not None
        assert set(fields) <= set(form.fields())
        form.set_fields(fields)

    def press(self, key: Qt.Key) -> None:
        """A key for what has the focus, and what comes of it."""
        self.counter.press(key)
        self.counter.settle()

    def why_not(self, number: str, code: str) -> str:
        """What the page says beside a step that may not be taken; empty where it may."""
        button = self.show(number).steps.button(code)
        return "" if button.isEnabled() else button.toolTip()
