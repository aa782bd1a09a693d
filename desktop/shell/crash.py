"""What happens when the program itself is wrong: a report to copy, and the work stays open."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.widgets import ActionButton, label


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
