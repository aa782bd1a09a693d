"""Printing on a thermal printer: asked how it stands, given the dots, asked whether they came out.

Runs off the main thread and takes 20 s at the very most: 3 to connect, 2 to be asked, 10 to take the dots, 5 to
confirm. Answers are those of ESC/POS: ``DLE EOT n`` at once, ``GS r 1`` in turn with what is printed. A printer that
answers nothing is believed to print.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from time import monotonic

from desktop.printing.lines import Line, open_line
from domain.errors import AppError
from domain.printing.devices import device_of

WRITE_S = 10.0
ANSWER_S = 1.0
DONE_S = 3.0
_ASK_CAUSE = b"\x10\x04\x02"
_ASK_PAPER = b"\x10\x04\x04"
_ASK_DONE = b"\x1dr\x01"


@dataclass(frozen=True, slots=True)
class PrinterState:
    """How a printer says it stands; all False when it says nothing."""

    cover_open: bool = False
    paper_out: bool = False
    paper_low: bool = False
    fault: bool = False

    def check(self, device: str) -> None:
        """``printing.cover_open``, ``printing.paper_out``, ``printing.thermal_fault``."""
        if self.cover_open:
            raise AppError("printing.cover_open", device=device)
        if self.paper_out:
            raise AppError("printing.paper_out", device=device)
        if self.fault:
            raise AppError("printing.thermal_fault", device=device)


def print_thermal(address: str, data: bytes) -> PrinterState:
    """Print ``data`` (``escpos_bytes``) at ``address``; how the printer stands then.

    ``printing.device_invalid``, ``thermal_unreachable``, ``usb_denied``, ``thermal_stalled`` and what
    ``PrinterState.check`` raises: nothing, or not all, was printed.
    """
    with closing(open_line(device_of(address))) as line:
        talk = _Talk(line)
        before = talk.state()
        if before is None:
            line.write(data, WRITE_S)
            return PrinterState()
        before.check(address)
        try:
            line.write(data, WRITE_S)
        except AppError:
            # A printer that runs out of paper takes nothing more, but may still say why.
            _state_after_all(talk).check(address)
            raise
        return _confirmed(talk, address)


class _Talk:
    """Questions to a printer and its answers. ``done`` once it said that all before was printed."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.done = False

    def state(self) -> PrinterState | None:
        """How the printer stands now; None when it does not answer."""
        if not self._line.speaks:
            return None
        paper = self._answer(_ASK_PAPER)
        if paper is None:
            return None
        cause = self._answer(_ASK_CAUSE) or 0
        return PrinterState(
            cover_open=bool(cause & 0x04),
            paper_out=bool(paper & 0x60 or cause & 0x20),
            paper_low=bool(paper & 0x0C),
            fault=bool(cause & 0x40),
        )

    def ask_done(self) -> None:
        """Ask it to say when all before is printed; see ``wait_done``."""
        self.done = False
        self._line.write(_ASK_DONE, ANSWER_S)

    def wait_done(self, wait_s: float) -> None:
        """Wait until it said so, or for ``wait_s``."""
        if not self.done:
            self._first(wait_s, _is_done)

    def _answer(self, question: bytes) -> int | None:
        # Dots that happen to look like a question are answered, too; such answers must not count for this one.
        self._heard(self._line.read(0))
        self._line.write(question, ANSWER_S)
        return self._first(ANSWER_S, _is_state)

    def _first(self, wait_s: float, wanted: Callable[[int], bool]) -> int | None:
        """The first byte within ``wait_s`` that is such an answer; others are reports nobody asked for."""
        end = monotonic() + wait_s
        while (left := end - monotonic()) > 0:
            heard = self._heard(self._line.read(left))
            if not heard:
                return None
            found = next(filter(wanted, heard), None)
            if found is not None:
                return found
        return None

    def _heard(self, answers: bytes) -> bytes:
        self.done = self.done or any(map(_is_done, answers))
        return answers


def _confirmed(talk: _Talk, address: str) -> PrinterState:
    """Wait until what was sent is printed. A printer that does not know the question is asked how it stands."""
    talk.ask_done()
    end = monotonic() + DONE_S
    state = PrinterState()
    while True:
        talk.wait_done(min(end - monotonic(), ANSWER_S))
        state = talk.state() or state
        state.check(address)
        if talk.done or monotonic() >= end:
            return state


def _state_after_all(talk: _Talk) -> PrinterState:
    try:
        return talk.state() or PrinterState()
    except AppError:
        return PrinterState()


def _is_state(byte: int) -> bool:
    """Bits 0, 1, 4 and 7 of an answer to ``DLE EOT`` are fixed, which tells it from all others."""
    return byte & 0x93 == 0x12


def _is_done(byte: int) -> bool:
    return byte & 0x90 == 0
