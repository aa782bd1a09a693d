"""What hangs below the header's key: why it warns."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.widgets import label


class KeySheet(QWidget):
    """Why the header warns about the key."""

    def __init__(self, warning: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label("数据密钥", "strong"))
        column.addWidget(label(warning, wrap=True))
        column.addWidget(label("在“设置 › 数据安全”里可以重新打印恢复码。", "muted", wrap=True))
