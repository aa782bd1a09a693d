"""What the program may be on one screen."""

from enum import StrEnum


class Mode(StrEnum):
    """运行方式."""

    WINDOW = "window"
    KIOSK = "kiosk"
    DISPLAY = "display"
    CUSTOMER = "customer"


NAMES = {Mode.WINDOW: "窗口", Mode.KIOSK: "取号机", Mode.DISPLAY: "大厅屏", Mode.CUSTOMER: "顾客屏"}
SCREEN_MODES = (Mode.KIOSK, Mode.DISPLAY, Mode.CUSTOMER)
