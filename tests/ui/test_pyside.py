"""The binding survives a long day of signals, properties without a value and paintings.

PySide6 6.12.0 does not on Python 3.11: it drops references to ``True`` and ``None`` until they are freed.
"""

import subprocess
import sys

import pytest

SCRIPT = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QLabel
class Bell(QObject):
    rung = Signal()
class Painted(QLabel):
    def paintEvent(self, event):
        super().paintEvent(event)
application = QApplication([])
bell, label = Bell(), Painted()
before = sys.getrefcount(True), sys.getrefcount(None)
{work}
drift = sys.getrefcount(True) - before[0], sys.getrefcount(None) - before[1]
print(min(drift), flush=True)
os._exit(0)
"""


@pytest.mark.parametrize(
    "work",
    [
        "for _ in range(2_000): bell.rung.emit()",
        "for _ in range(2_000): bell.property('nothing')",
        "for _ in range(2_000): label.grab()",
    ],
)
def test_no_constant_loses_references(work: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(work=work)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > -1_000
