"""What happens when the program itself is wrong: a report to copy, and the work stays open."""

import platform
import traceback
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.widgets import ActionButton, label

OUR_ROOMS = ("desktop", "services", "db", "domain", "reports", "resources", "sync", "server")
_ROOT = Path(__file__).parent.parent.parent


def crash_report(error: BaseException) -> str:
    """Types, our own places in the program and versions. No message and no value: they may name a person."""
    lines = [
        f"python {platform.python_version()} · qt {qVersion()} · {platform.system()} {platform.release()}"
    ]
    for cause in _chain(error):
        lines.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        lines.extend(_places(cause))
    return "\n".join(lines)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _places(error: BaseException) -> list[str]:
    places = []
    for frame in traceback.extract_tb(error.__traceback__):
        name = _place_name(frame.filename)
        places.append(f"  {name}:{frame.lineno} {frame.name}")
    return places


def _place_name(file: str) -> str:
    parts = Path(file).parts
    try:
        return Path(file).relative_to(_ROOT).as_posix() if not _foreign(parts) else "/".join(parts[-2:])
    except ValueError:
        return "/".join(parts[-2:])


def _foreign(parts: tuple[str, ...]) -> bool:
    return "site-packages" in parts or not any(room in parts for room in OUR_ROOMS)


class CrashDialog(QDialog):
    """程序出错: says that the work is kept, shows the report and copies it. Not modal: the page stays usable."""

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("程序出错")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.resize(640, 420)
        self._report = QPlainTextEdit(report)
        self._report.setReadOnly(True)
        self._report.setAccessibleName("错误报告")
        self._copied = label("", "small")
        copy = ActionButton("复制报告", icon_name="copy", kind="primary")
        copy.clicked.connect(self._on_copy_clicked)
        close = ActionButton("继续工作")
        close.clicked.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.addWidget(label("程序遇到了没有预料到的错误", "strong"))
        column.addWidget(label(_ADVICE, wrap=True))
        column.addWidget(self._report, 1)
        row = QHBoxLayout()
        row.addWidget(self._copied, 1)
        row.addWidget(copy)
        row.addWidget(close)
        column.addLayout(row)
        copy.setFocus()

    def report(self) -> str:
        """The report that is shown."""
        return self._report.toPlainText()

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.report())
        self._copied.setText("已复制。")


_ADVICE = (
    "刚才的操作没有完成，已受理的办件和正在录入的内容都还在，可以继续工作。"
    "请把下面的报告交给维护人员；报告里只有程序位置和版本，没有企业和个人信息。"
)
