"""Mouths of the queue: one announcement at a time, begun at once, ended by a signal.

``say`` never waits and never raises: what goes wrong comes as ``failed`` with an ``AppError``. Clips are put
together on a thread of their own.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from desktop.voice.assembling import assemble, write_file
from domain.errors import AppError
from domain.queue.announcing import Call

Sound = Any
"""Mono samples, ``assembling.Sound``; numpy is not imported here."""


class Speaker(Protocol):
    """Says one call: the gong, then the text twice. After ``say`` comes ``finished`` or ``failed``, once."""

    finished: Any
    failed: Any

    def say(self, call: Call, *, volume: int, rate: int) -> None:
        """Begin. ``volume`` 0–100, ``rate`` percent."""
        ...

    def stop(self) -> None:
        """Fall silent at once; no signal follows."""
        ...


class ClipSpeaker(QObject):
    """Puts the clips together elsewhere and hands them to ``_begin`` of its kind in the main thread."""

    finished = Signal()
    failed = Signal(object)
    _ready = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool: ThreadPoolExecutor | None = None
        self._turn = 0
        self._ready.connect(self._on_ready, Qt.ConnectionType.QueuedConnection)

    def say(self, call: Call, *, volume: int, rate: int) -> None:
        """Begin; the sound follows when it is put together."""
        self._prepare(lambda: self._sound(call, volume=volume, rate=rate))

    def stop(self) -> None:
        """Fall silent; what is being put together is forgotten."""
        self._turn += 1
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _sound(self, call: Call, *, volume: int, rate: int) -> Any:
        return assemble(call, rate=rate, volume=volume)

    def _begin(self, made: Any) -> None:
        raise NotImplementedError

    def _prepare(self, make: Callable[[], Any]) -> None:
        self._turn += 1
        turn = self._turn
        if self._pool is None:
            self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="voice")
        self._pool.submit(make).add_done_callback(lambda future: self._hand_over(turn, future))

    def _hand_over(self, turn: int, future: "Future[Any]") -> None:
        # On the voice's thread, perhaps when the program is about to end.
        if isValid(self) and not future.cancelled():
            self._ready.emit(turn, future)

    def _on_ready(self, turn: int, future: "Future[Any]") -> None:
        if turn != self._turn:
            return
        error = future.exception()
        if error is None:
            self._begin(future.result())
        elif isinstance(error, AppError):
            self.failed.emit(error)
        else:
            self.failed.emit(AppError("voice.device_failed"))
            raise error


class AudioSpeaker(ClipSpeaker):
    """Plays clips on the system's default sound device."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._playing: Any = None

    def play(self, make: Callable[[], Sound]) -> None:
        """Play what ``make`` gives instead of a call; for the gong of a speech engine."""
        self._prepare(make)

    def stop(self) -> None:
        """Fall silent."""
        super().stop()
        self._forget()

    def _begin(self, made: Sound) -> None:
        from desktop.voice.device import Playing

        self._forget()
        playing = self._playing = Playing(made, self)
        playing.ended.connect(lambda code: self._on_ended(playing, code))
        playing.start()

    def _on_ended(self, playing: Any, code: str) -> None:
        if playing is not self._playing:
            return
        self._forget()
        if code:
            self.failed.emit(AppError(code))
        else:
            self.finished.emit()

    def _forget(self) -> None:
        if self._playing is not None:
            playing, self._playing = self._playing, None
            playing.stop()
            playing.deleteLater()


class FileSpeaker(ClipSpeaker):
    """Writes each announcement into a folder as a file, ``0001-A032-5.wav``, instead of playing it."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._count = 0

    def _sound(self, call: Call, *, volume: int, rate: int) -> Path:
        self._count += 1
        name = f"{self._count:04d}-{_in_file_name(call.number)}-{_in_file_name(call.window)}.wav"
        write_file(self._folder / name, call, volume=volume, rate=rate)
        return self._folder / name

    def _begin(self, made: Path) -> None:
        self.finished.emit()


def _in_file_name(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
