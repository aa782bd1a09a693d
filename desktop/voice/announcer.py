"""The one mouth of a display or window: calls wait in line, are said one at a time, and nobody waits for them."""

import os
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.messages import sentence
from desktop.settings import Settings
from desktop.voice.speaker import AudioSpeaker, FileSpeaker, Speaker
from desktop.voice.turn import MOUTH, Turn
from domain.clock import Clock
from domain.errors import AppError
from domain.queue.announcing import Call, is_quiet, quiet_spans

STALE_MS = 120_000
LONGEST_MS = 60_000
REMEMBERED = 2000
FOLDER_VARIABLE = "QIFU_VOICE_DIR"

Speakers = Callable[[str, QObject], Speaker]


def system_speakers(source: str, parent: QObject) -> Speaker:
    """The speaker for a setting ``voice_source``; files, where ``QIFU_VOICE_DIR`` names a folder for them."""
    if folder := os.environ.get(FOLDER_VARIABLE):
        return FileSpeaker(Path(folder), parent)
    if source != "clips":
        from desktop.voice.system import SystemSpeaker, chinese_engine

        engine = chinese_engine(parent, rough=source == "system")
        if engine is not None:
            return SystemSpeaker(engine, parent=parent)
    return AudioSpeaker(parent)


class Announcer(QObject):
    """叫号播报. ``announce`` returns at once; what follows is told by signals, in the order of the calls.

    ``settings`` is asked at each turn, so a change of volume or place counts from the next call on. ``place`` is
    ``display`` or ``window``: where this announcer stands; empty speaks whatever the settings say about place and
    silence. Announcers of one ``turn`` wait for each other. ``failed`` carries a sentence for people, once until a
    call has been heard again; calls that cannot be heard are done with, so that the line never stands.
    """

    started = Signal(object)
    finished = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        settings: Callable[[], Settings],
        clock: Clock,
        zone: tzinfo,
        place: str = "",
        *,
        speakers: Speakers = system_speakers,
        turn: Turn = MOUTH,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._turn, self._self = turn, (me := object())
        self.destroyed.connect(lambda: turn.give_back(me))
        self._settings, self._clock, self._zone, self._place = settings, clock, zone, place
        self._speakers = speakers
        self._speaker: Any = None
        self._source = ""
        self._waiting: deque[Call] = deque()
        self._now: Call | None = None
        self._heard: OrderedDict[str, None] = OrderedDict()
        self._told = ""
        self._next = QTimer(self, interval=0, singleShot=True)
        self._next.timeout.connect(self._begin_next)
        self._watch = QTimer(self, interval=LONGEST_MS, singleShot=True)
        self._watch.timeout.connect(self._on_hung)

    def announce(self, call: Call) -> None:
        """Say ``call`` when its turn comes. A key that was taken before is left alone."""
        if call.key in self._heard:
            return
        self._heard[call.key] = None
        if len(self._heard) > REMEMBERED:
            self._heard.popitem(last=False)
        self._put_in_line(call)
        if self._now is None:
            self._next.start()

    def stop(self) -> None:
        """Fall silent and forget what waits; for the end of a page or of the program."""
        self._waiting.clear()
        self._next.stop()
        self._watch.stop()
        self._now = None
        if self._speaker is not None:
            self._speaker.stop()
        self._turn.give_back(self._self)

    @property
    def waiting(self) -> tuple[Call, ...]:
        """What has still to be said, in its order."""
        return tuple(self._waiting)

    def _put_in_line(self, call: Call) -> None:
        """A recall takes the place of the same number's call that still waits."""
        for place, older in enumerate(self._waiting):
            if older.number == call.number:
                self._waiting[place] = max(older, call, key=lambda one: one.at)
                return
        self._waiting.append(call)

    def _begin_next(self) -> None:
        settings = self._settings()
        while self._now is None and self._waiting:
            if not self._is_wanted(self._waiting[0], settings):
                self._waiting.popleft()
            elif self._turn.take(self._self, self._next.start):
                self._begin(self._waiting.popleft(), settings)
            else:
                return

    def _is_wanted(self, call: Call, settings: Settings) -> bool:
        now = self._clock.now_ms()
        if now - call.at > STALE_MS:
            return False
        return not self._place or (settings.voice_place == self._place and not self._is_quiet(now, settings))

    def _is_quiet(self, now_ms: int, settings: Settings) -> bool:
        local = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(self._zone)
        try:
            return is_quiet(quiet_spans(settings.voice_quiet), local.hour * 60 + local.minute)
        except AppError:
            # Only a file changed by hand holds such spans; the hall is told rather than left silent.
            return False

    def _begin(self, call: Call, settings: Settings) -> None:
        self._now = call
        self._choose_speaker(settings.voice_source)
        self._watch.start()
        self._speaker.say(call, volume=settings.voice_volume, rate=settings.voice_rate)
        self.started.emit(call)

    def _choose_speaker(self, source: str) -> None:
        if self._speaker is not None and source == self._source:
            return
        if self._speaker is not None:
            self._speaker.stop()
            self._speaker.deleteLater()
        speaker = self._speaker = self._speakers(source, self)
        self._source = source
        speaker.finished.connect(lambda: self._on_finished(speaker))
        speaker.failed.connect(lambda error: self._on_failed(speaker, error))

    def _on_finished(self, speaker: Any) -> None:
        if speaker is self._speaker and self._now is not None:
            self._told = ""
            call = self._done()
            self.finished.emit(call)

    def _on_failed(self, speaker: Any, error: AppError) -> None:
        if speaker is self._speaker and self._now is not None:
            self._done()
            self._tell(error)

    def _on_hung(self) -> None:
        if self._now is not None:
            self._speaker.stop()
            self._done()
            self._tell(AppError("voice.hung"))

    def _done(self) -> Call | None:
        call, self._now = self._now, None
        self._watch.stop()
        self._turn.give_back(self._self)
        if self._waiting:
            self._next.start()
        return call

    def _tell(self, error: AppError) -> None:
        if error.code != self._told:
            self._told = error.code
            self.failed.emit(sentence(error))
