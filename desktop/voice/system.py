"""The operating system's own voice, where it speaks Chinese (QtTextToSpeech, loaded when it is first asked for)."""

from typing import Any

from PySide6.QtCore import QLocale, QObject, Signal
from PySide6.QtTextToSpeech import QTextToSpeech

from desktop.voice.assembling import TIMES, gong_alone
from desktop.voice.speaker import AudioSpeaker
from domain.errors import AppError
from domain.queue.announcing import Call, spoken_text

ROUGH_ENGINES = ("speechd",)
"""Engines whose Chinese is mostly eSpeak's, which few understand: not taken unless they are asked for by name."""
_NOT_VOICES = ("mock",)


class SystemSpeaker(QObject):
    """Gong by the sound device, then the text twice by ``engine``, whose locale is Chinese already."""

    finished = Signal()
    failed = Signal(object)

    def __init__(self, engine: Any, gong: AudioSpeaker | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._gong = gong or AudioSpeaker(self)
        self._text = ""
        self._left = 0
        self._gong.finished.connect(self._say_once)
        self._gong.failed.connect(self._say_once)
        engine.stateChanged.connect(self._on_state)

    def say(self, call: Call, *, volume: int, rate: int) -> None:
        """Begin with the gong. An engine speaks on where the gong cannot."""
        self._text, self._left = spoken_text(call), TIMES
        self._engine.setVolume(volume / 100)
        self._engine.setRate(max(-1.0, min(1.0, (rate - 100) / 100)))
        self._gong.play(lambda: gong_alone(volume))

    def stop(self) -> None:
        """Fall silent."""
        self._left, self._text = 0, ""
        self._gong.stop()
        self._engine.stop()

    def _say_once(self) -> None:
        if self._left:
            self._left -= 1
            self._engine.say(self._text)

    def _on_state(self, state: Any) -> None:
        if not self._text:
            return
        if state == QTextToSpeech.State.Error:
            self._text = ""
            self.failed.emit(AppError("voice.engine_failed"))
        elif state == QTextToSpeech.State.Ready and self._left:
            self._say_once()
        elif state == QTextToSpeech.State.Ready:
            self._text = ""
            self.finished.emit()


def chinese_engine(parent: QObject | None = None, *, rough: bool = False) -> QTextToSpeech | None:
    """An engine of the system that has a Chinese voice, which is chosen already; None where there is none."""
    for name in QTextToSpeech.availableEngines():
        if name in _NOT_VOICES or (name in ROUGH_ENGINES and not rough):
            continue
        engine = QTextToSpeech(name, parent)
        if (voice := _chinese(engine)) is not None:
            engine.setLocale(voice)
            return engine
        engine.deleteLater()
    return None


def _chinese(engine: Any) -> QLocale | None:
    """The Chinese locale of ``engine``, mainland's first; None without one or while it is out of order."""
    if engine.state() == QTextToSpeech.State.Error:
        return None
    found = [one for one in engine.availableLocales() if one.language() == QLocale.Language.Chinese]
    mainland = [one for one in found if one.territory() == QLocale.Country.China]
    return next(iter([*mainland, *found]), None)
