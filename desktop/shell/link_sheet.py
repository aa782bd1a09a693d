"""What hangs below the header's buttons: what waits to be sent and why, and where the key lies."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.shell.header import LinkKind, LinkState, age_words
from desktop.widgets import label


class LinkSheet(QWidget):
    """What waits to be sent, the age of the oldest, and why."""

    def __init__(self, link: LinkState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for text, role in link_lines(link):
            column.addWidget(label(text, role, wrap=True))


class KeySheet(QWidget):
    """Why the header warns about the key."""

    def __init__(self, warning: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label("数据密钥", "strong"))
        column.addWidget(label(warning, wrap=True))
        column.addWidget(label("在“设置 › 数据安全”里可以重新打印恢复码。", "muted", wrap=True))


def link_lines(link: LinkState) -> list[tuple[str, str]]:
    """The lines of the sheet with their roles."""
    if link.kind is LinkKind.ALONE:
        return [
            ("单机运行", "strong"),
            ("本站没有上级中心，记录保存在本机的加密数据库里，没有等待上报的内容。", ""),
        ]
    if not link.waiting:
        return [("已全部上报", "strong"), ("本机的记录都已到达上级中心。", "")]
    head = f"待上报 {link.waiting} 条，最早一条 {age_words(link.oldest_s)}"
    return [(head, "strong"), *((reason, "") for reason in link.reasons)]
