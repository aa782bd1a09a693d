"""The bundled typeface. Noto Sans SC has digits of one width : figures line up."""

from PySide6.QtGui import QFont, QFontDatabase

import resources

FAMILY = "Noto Sans SC"
FILES = ("fonts/NotoSansSC-Regular.ttf", "fonts/NotoSansSC-Bold.ttf")


def load_fonts() -> None:
    """Make the bundled fonts known to Qt. A missing file leaves the system's fonts."""
    for name in FILES:
        file = resources.path(name)
        if file.exists():
            QFontDatabase.addApplicationFont(str(file))


def body_font(pixels: int) -> QFont:
    """The text font at ``pixels`` height."""
    font = QFont(FAMILY)
    font.setPixelSize(pixels)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
