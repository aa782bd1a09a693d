"""The look in use, and the one place that changes it."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from desktop.theme.fonts import body_font
from desktop.theme.qss import style_sheet
from desktop.theme.tokens import Scheme, TextSize, Tokens, load_tokens

_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "stripe",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "rail_text",
    QPalette.ColorRole.Highlight: "selection",
    QPalette.ColorRole.HighlightedText: "on_selection",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.Dark: "rail_on",
    QPalette.ColorRole.Light: "on_accent",
    QPalette.ColorRole.Mid: "muted",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Accent: "accent",
}


class Theme(QObject):
    """The look in use. ``changed`` is sent after the application has it; painters read ``tokens``."""

    changed = Signal()

    def __init__(self, application: QApplication, tokens: Tokens | None = None) -> None:
        super().__init__(application)
        self._application = application
        self.tokens = tokens or load_tokens()

    def use(self, scheme: Scheme, text_size: TextSize) -> None:
        """Give the whole application this look."""
        self.tokens = load_tokens(scheme, text_size)
        apply_theme(self._application, self.tokens)
        self.changed.emit()

    def colour(self, name: str) -> QColor:
        """The colour token ``name``."""
        return QColor(self.tokens.colours[name])


def apply_theme(application: QApplication, tokens: Tokens) -> None:
    """Set style, palette, font and style sheet of the application."""
    if application.style().name() != "fusion":
        application.setStyle("Fusion")
    application.setFont(body_font(tokens.text["body"]))
    application.setPalette(_palette(tokens))
    application.setStyleSheet(style_sheet(tokens))


def _palette(tokens: Tokens) -> QPalette:
    palette = QPalette()
    for role, name in _ROLES.items():
        palette.setColor(role, QColor(tokens.colours[name]))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.colours["edge"]))
    return palette
