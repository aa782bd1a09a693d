"""Icons of one set, drawn from a font, in the colour of the palette at the moment of painting.

Because colours are taken when painting, a change of scheme needs no new icons.
"""

import json
from functools import cache

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPalette,
    QPixmap,
)

import resources

Role = QPalette.ColorRole


@cache
def _glyphs() -> dict[str, str]:
    document = json.loads(resources.path("icons/glyphs.json").read_text(encoding="utf-8"))
    return {name: chr(code) for name, code in document.items()}


@cache
def _family() -> str:
    number = QFontDatabase.addApplicationFont(str(resources.path("icons/phosphor.ttf")))
    return QFontDatabase.applicationFontFamilies(number)[0]


def icon(
    name: str, role: QPalette.ColorRole = Role.WindowText, on_role: QPalette.ColorRole | None = None
) -> QIcon:
    """The icon ``name`` (a name in ``tools/make_icons.py``) in the palette's colour ``role``.

    ``on_role`` is the colour while its button is checked.
    """
    return QIcon(_GlyphEngine(_glyphs()[name], role, role if on_role is None else on_role))


class _GlyphEngine(QIconEngine):
    def __init__(self, glyph: str, role: QPalette.ColorRole, on_role: QPalette.ColorRole) -> None:
        super().__init__()
        self._glyph = glyph
        self._role = role
        self._on_role = on_role

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        group = QPalette.ColorGroup.Disabled if mode == QIcon.Mode.Disabled else QPalette.ColorGroup.Active
        font = QFont(_family())
        font.setPixelSize(max(1, min(rect.width(), rect.height())))
        painter.save()
        painter.setFont(font)
        role = self._on_role if state == QIcon.State.On else self._role
        if mode == QIcon.Mode.Disabled:
            # A light glyph on a coloured button would be white on grey.
            role = QPalette.ColorRole.Mid
        painter.setPen(QGuiApplication.palette().color(group, role))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._glyph)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        pixmap = self.pixmap(size, mode, state)
        pixmap.setDevicePixelRatio(scale)
        return pixmap

    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._glyph, self._role, self._on_role)
