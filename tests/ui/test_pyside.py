"""The binding survives many signals."""

import subprocess
import sys

SCRIPT = """
from PySide6.QtCore import QCoreApplication, QObject, Signal
from desktop.pyside import keep_true_alive
{first}
class Bell(QObject):
    rung = Signal()
application = QCoreApplication([])
bell = Bell()
for _ in range(100_000):
    bell.rung.emit()
"""


def ring(first: str) -> int:
    return subprocess.run([sys.executable, "-c", SCRIPT.format(first=first)], capture_output=True).returncode


def test_a_hundred_thousand_signals_are_survived() -> None:
    assert ring("keep_true_alive()") == 0
