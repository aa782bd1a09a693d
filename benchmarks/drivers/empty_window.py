"""The floor of a start: a PySide6 window with one line to type in, up to the key it takes."""

import os
import sys

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow


class Window(QMainWindow):
    """Says so once it has been painted and has taken a key."""

    def __init__(self) -> None:
        super().__init__()
        self.line = QLineEdit()
        self.setCentralWidget(self.line)
        self.resize(1366, 768)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QTimer.singleShot(0, self._type)

    def _type(self) -> None:
        QTest.keyClicks(self.line, "a")
        if self.line.text():
            print("usable", flush=True)
            os._exit(0)


application = QApplication(sys.argv)
window = Window()
window.show()
application.exec()
