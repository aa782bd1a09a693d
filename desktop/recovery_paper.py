"""The recovery code on paper, or as a PDF for a place elsewhere."""

from PySide6.QtGui import QFont, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QWidget

from desktop.theme.fonts import FAMILY
from desktop.widgets import ActionButton, label

BODY_PT, TITLE_PT, CODE_PT = 12, 20, 26


class RecoveryTools(QWidget):
    """打印恢复码: buttons for the printer and for a PDF."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._site = self._code = ""
        self._done = label("", "small")
        self.print_button = ActionButton("打印恢复码…", icon_name="printer")
        self.save_button = ActionButton("存为 PDF…", icon_name="file-pdf")
        self.print_button.clicked.connect(self._on_print_clicked)
        self.save_button.clicked.connect(self._on_save_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.print_button)
        row.addWidget(self.save_button)
        row.addWidget(self._done, 1)

    def set_code(self, site: str, code: str) -> None:
        """What to print."""
        self._site, self._code = site, code

    def write_pdf(self, file: str) -> None:
        """Write the sheet to ``file``."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(file)
        self._sheet().print_(printer)
        self._done.setText("已保存。")

    def _on_print_clicked(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.accepted.connect(lambda: self._sheet().print_(printer))
        dialog.finished.connect(dialog.deleteLater)
        QDialog.open(dialog)

    def _on_save_clicked(self) -> None:
        dialog = QFileDialog(self, "保存恢复码", "恢复码.pdf", "PDF (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(self.write_pdf)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _sheet(self) -> QTextDocument:
        document = QTextDocument()
        # In points: the program's own font is in pixels, which a printer takes for its much smaller dots.
        document.setDefaultFont(QFont(FAMILY, BODY_PT))
        cursor = QTextCursor(document)
        for text, size in self._paragraphs():
            form = QTextCharFormat()
            form.setFont(QFont(FAMILY, size, QFont.Weight.Bold if size > BODY_PT else QFont.Weight.Normal))
            cursor.insertText(f"{text}\n\n", form)
        return document

    def _paragraphs(self) -> list[tuple[str, int]]:
        groups = self._code.split("-")
        half = (len(groups) + 1) // 2
        code = "\n".join("-".join(line) for line in (groups[:half], groups[half:]) if line)
        return [
            ("企服前台 恢复码", TITLE_PT),
            (f"网点：{self._site}", BODY_PT),
            (code, CODE_PT),
            ("电脑损坏或密钥丢失时，用它打开数据。请锁进柜子，不要拍照，不要放在电脑旁。", BODY_PT),
            ("重新生成恢复码后，这一张作废。", BODY_PT),
        ]
