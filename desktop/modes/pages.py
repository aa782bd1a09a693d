"""The page of each mode; imported when it is first shown."""

from desktop.modes.kiosk.pin_gate import PinGate
from desktop.modes.mode import Mode
from desktop.modes.mode_page import ModeContext, ModePage


def make_page(mode: Mode, context: ModeContext, gate: PinGate) -> ModePage:
    """The page of ``mode``. ``gate`` counts the tries to leave the ticket machine, over all its pages."""
    if mode is Mode.KIOSK:
        from desktop.modes.kiosk.page import KioskPage

        return KioskPage(context, gate)
    if mode is Mode.DISPLAY:
        from desktop.modes.display.page import DisplayPage

        return DisplayPage(context)
    from desktop.modes.customer.page import CustomerPage

    return CustomerPage(context)


def display_groups(text: str) -> tuple[str, ...]:
    """Codes of groups from a line such as ``A,B``; none means all."""
    for mark in "，、;；":
        text = text.replace(mark, ",")
    return tuple(dict.fromkeys(part.upper() for part in text.replace(",", " ").split()))
