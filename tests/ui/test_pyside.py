"""The binding survives many signals, properties without a value and paintings."""

import subprocess
import sys

import pytest

SCRIPT = """
import os
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QLabel
from desktop.pyside import keep_true_alive
keep_true_alive()
{undone}
class Bell(QObject):
    rung = Signal()
class Painted(QLabel):
    def paintEvent(self, event):
        super().paintEvent(event)
application = QApplication([])
bell, label = Bell(), Painted()
{work}
os._exit(0)
"""
UNDONE = """
import ctypes
for constant in (True, None):
    ctypes.c_ssize_t.from_address(id(constant)).value -= (1 << 40)
"""
WORK = [
    "for _ in range(100_000): bell.rung.emit()",
    "for _ in range(100_000): bell.property('nothing')",
    "for _ in range(3_000): label.grab()",
]


def run(work: str, undone: str = "") -> int:
    script = SCRIPT.format(undone=undone, work=work)
    return subprocess.run([sys.executable, "-c", script], capture_output=True).returncode


@pytest.mark.parametrize("work", WORK)
def test_a_long_day_is_survived(work: str) -> None:
    assert run(work) == 0


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="constants cannot be freed there")
def test_without_the_workaround_the_day_ends_early() -> None:
    assert run(WORK[1], UNDONE) != 0
