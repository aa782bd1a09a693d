"""Who may close the ticket machine, and how that is asked."""

from typing import Any

from PySide6.QtCore import QObject

from desktop.gateway import StaffEntry, StationFacts
from desktop.messages import sentence
from desktop.modes.kiosk.pin_gate import PinGate
from desktop.modes.kiosk.view import KioskView
from desktop.modes.mode_page import ModeContext
from domain.errors import AppError
from services.staff import check_password, verify_password


class Leaving(QObject):
    """Asks for the PIN of the settings, or where there is none for the password of a member of staff.

    ``gate`` outlives the page: a page made anew after a crash gives nobody five tries more.
    """

    def __init__(self, view: KioskView, context: ModeContext, gate: PinGate) -> None:
        super().__init__(view)
        self._view, self._context, self._gate = view, context, gate
        self._staff: tuple[StaffEntry, ...] = ()
        view.pin.given.connect(self._on_pin)
        view.sign_in.given.connect(self._on_password)
        view.no_way_out.back_asked.connect(context.leave)

    @property
    def is_possible(self) -> bool:
        """Whether there is a way to leave at all."""
        return bool(self._context.settings.value.kiosk_pin or self._staff)

    def take_facts(self, facts: StationFacts) -> None:
        """The staff that there is."""
        self._staff = tuple(one for one in facts.staff if one.active and one.has_password)

    def ask(self) -> None:
        """Show the pad, or the sign-in."""
        view = self._view
        if self._context.settings.value.kiosk_pin:
            view.pin.ask()
            self._show_lock()
            view.show_screen(view.pin)
        elif self._staff:
            view.sign_in.ask(self._staff)
            view.show_screen(view.sign_in)

    def on_tick(self) -> None:
        """A second has passed: a lock may have ended."""
        if self._view.front is self._view.pin and not self._view.pin.keys["0"].isEnabled():
            self._show_lock()

    def _on_pin(self, pin: str) -> None:
        if self._gate.locked_s:
            return
        self._view.pin.wait(True)
        self._context.tasks.run(
            self._context.tasks.in_background,
            verify_password,
            self._context.settings.value.kiosk_pin,
            pin,
            on_done=self._on_pin_checked,
        )

    def _on_pin_checked(self, right: bool) -> None:
        if right:
            self._gate.tell_right()
            self._context.leave()
            return
        left = self._gate.tell_wrong()
        self._view.pin.wait(False)
        self._view.pin.refuse(f"口令不对，还可以试 {left} 次。")
        self._show_lock()

    def _show_lock(self) -> None:
        seconds = self._gate.locked_s
        self._view.pin.wait(seconds > 0)
        if seconds:
            self._view.pin.refuse(f"错的次数太多，{seconds} 秒后再试。")
        elif not self._view.pin.answer.text().startswith("口令不对"):
            self._view.pin.answer.setText("")

    def _on_password(self, staff: str, password: str) -> None:
        self._view.sign_in.wait(True)
        self._context.tasks.run(
            self._context.tasks.in_background,
            check_password,
            self._context.station,
            staff,
            password,
            on_done=self._on_signed_in,
            on_error=self._on_refused,
        )

    def _on_signed_in(self, _: Any) -> None:
        self._context.leave()

    def _on_refused(self, error: AppError) -> None:
        self._view.sign_in.wait(False)
        self._view.sign_in.refuse(sentence(error))
