"""The announcer: nothing overlaps, the order is kept, nobody waits; and the sound itself. No test plays anything."""

import errno
import os
import subprocess
import sys
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtCore import QLocale, QObject, Signal
from pytestqt.qtbot import QtBot

from desktop.settings import Settings
from desktop.settings_page.voice import VoiceCard
from desktop.shell.page import PageContext
from desktop.voice import assembling
from desktop.voice.announcer import STALE_MS, Announcer, system_speakers
from desktop.voice.assembling import BETWEEN_MS, RATE, assemble, clip, converted, spoken
from desktop.voice.speaker import AudioSpeaker, FileSpeaker
from desktop.voice.turn import Turn
from domain.errors import AppError
from domain.queue.announcing import Call
from tests.fixed import FixedClock

ZONE = ZoneInfo("Asia/Shanghai")


class PaperSpeaker(QObject):
    """Says nothing; remembers when it began and ended, and ends when it is told."""

    finished = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.told: list[str] = []
        self.loudness: list[tuple[int, int]] = []
        self.stopped = 0

    def say(self, call: Call, *, volume: int, rate: int) -> None:
        self.told.append(f"+{call.key}")
        self.loudness.append((volume, rate))

    def stop(self) -> None:
        self.stopped += 1

    def end(self) -> None:
        self.told.append("-")
        self.finished.emit()


class Hall:
    """An announcer over a paper speaker."""

    def __init__(
        self,
        qtbot: QtBot,
        clock: FixedClock,
        place: str = "display",
        turn: Turn | None = None,
        **settings: Any,
    ) -> None:
        self.settings = Settings().changed(**settings)
        self.speaker = PaperSpeaker()
        self.clock = clock
        self.made: list[str] = []
        self.announcer = Announcer(
            lambda: self.settings, clock, ZONE, place, speakers=self._make, turn=turn or Turn()
        )
        self.reasons: list[str] = []
        self.announcer.failed.connect(self.reasons.append)
        self._qtbot = qtbot

    def call(self, key: str, number: str = "", window: str = "5") -> None:
        self.announcer.announce(Call(key, number or f"A{len(key):03d}", window, self.clock.now_ms()))

    def until(self, *told: str) -> None:
        self._qtbot.waitUntil(lambda: self.speaker.told == list(told))

    def _make(self, source: str, parent: QObject) -> PaperSpeaker:
        self.made.append(source)
        return self.speaker


@pytest.fixture
def hall(qtbot: QtBot, clock: FixedClock) -> Callable[..., Hall]:
    return lambda *place, **settings: Hall(qtbot, clock, *place, **settings)


def overlaps(told: list[str]) -> int:
    """How often something began while something else was being said."""
    speaking = worst = 0
    for one in told:
        speaking += 1 if one.startswith("+") else -1
        worst = max(worst, speaking)
    return worst - 1


def test_two_at_once_do_not_overlap(hall: Callable[..., Hall]) -> None:
    one = hall()
    one.call("a", "A001")
    one.call("b", "B001")
    assert one.speaker.told == []
    one.until("+a")
    one.call("c", "C001")
    one.speaker.end()
    one.until("+a", "-", "+b")
    one.speaker.end()
    one.until("+a", "-", "+b", "-", "+c")
    assert overlaps(one.speaker.told) == 0


def test_without_waiting_for_the_end_they_would_overlap(
    hall: Callable[..., Hall], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Announcer._begin

    def begin_and_forget(self: Announcer, call: Call, settings: Settings) -> None:
        begin(self, call, settings)
        self._now = None

    monkeypatch.setattr(Announcer, "_begin", begin_and_forget)
    one = hall()
    one.call("a", "A001")
    one.call("b", "B001")
    one.until("+a", "+b")
    assert overlaps(one.speaker.told) == 1
    one.announcer.stop()


@pytest.mark.parametrize(("turns", "overlap"), [(1, 0), (2, 1)])
def test_two_announcers_of_a_process_wait_for_each_other(
    qtbot: QtBot, clock: FixedClock, turns: int, overlap: int
) -> None:
    """With a turn each, as the mutation, they overlap."""
    told: list[str] = []
    made = [Turn() for _ in range(turns)]
    halls = [Hall(qtbot, clock, turn=made[place % turns]) for place in range(2)]
    for key, one in zip("ab", halls, strict=True):
        one.speaker.told = told
        one.call(key, f"{key.upper()}001")
    if turns == 1:
        qtbot.waitUntil(lambda: told == ["+a"])
        halls[0].speaker.end()
    qtbot.waitUntil(lambda: [one for one in told if one != "-"] == ["+a", "+b"])
    assert overlaps(told) == overlap
    for one in halls:
        one.announcer.stop()


@pytest.mark.parametrize("gone", ["stop", "deleteLater"])
def test_an_announcer_that_goes_while_it_speaks_leaves_the_turn(
    qtbot: QtBot, clock: FixedClock, gone: str
) -> None:
    turn = Turn()
    first, second = (Hall(qtbot, clock, turn=turn) for _ in range(2))
    first.call("a")
    first.until("+a")
    second.call("b")
    getattr(first.announcer, gone)()
    second.until("+b")
    second.announcer.stop()


def test_who_waits_for_the_turn_until_it_is_late_says_nothing(qtbot: QtBot, clock: FixedClock) -> None:
    turn = Turn()
    first, second, third = (Hall(qtbot, clock, turn=turn) for _ in range(3))
    first.call("a")
    first.until("+a")
    second.call("b")
    qtbot.waitUntil(lambda: not second.announcer._next.isActive())
    clock.move(ms=STALE_MS + 1)
    third.call("c")
    first.speaker.end()
    third.until("+c")
    assert second.speaker.told == []
    third.announcer.stop()


def test_each_key_once(hall: Callable[..., Hall]) -> None:
    one = hall()
    one.call("a", "A001")
    one.call("a", "A001")
    one.until("+a")
    one.call("a", "A001")
    one.call("b", "A001")
    one.speaker.end()
    one.until("+a", "-", "+b")


def test_a_recall_takes_the_place_of_the_call_that_waits(hall: Callable[..., Hall]) -> None:
    one = hall()
    for key, number in (("a", "A001"), ("b", "B001"), ("c", "C001")):
        one.call(key, number)
    one.until("+a")
    one.clock.move(ms=10)
    one.call("b2", "B001", "7")
    assert [(call.key, call.window) for call in one.announcer.waiting] == [("b2", "7"), ("c", "5")]
    one.announcer.stop()


@pytest.mark.parametrize(("age_ms", "said"), [(STALE_MS, True), (STALE_MS + 1, False)])
def test_a_stale_call_is_dropped_at_its_turn(hall: Callable[..., Hall], age_ms: int, said: bool) -> None:
    one = hall()
    one.call("a", "A001")
    one.call("b", "B001")
    one.until("+a")
    one.clock.move(ms=age_ms)
    one.call("c", "C001")
    one.speaker.end()
    one.until("+a", "-", "+b" if said else "+c")
    one.announcer.stop()


@pytest.mark.parametrize(
    ("place", "settings", "said"),
    [
        ("display", {}, True),
        ("window", {}, False),
        ("window", {"voice_place": "window"}, True),
        ("display", {"voice_place": "off"}, False),
        ("display", {"voice_quiet": "09:30-10:30"}, False),
        ("display", {"voice_quiet": "10:30-09:30"}, True),
        ("display", {"voice_quiet": "夜里"}, True),
        ("", {"voice_place": "off", "voice_quiet": "09:30-10:30"}, True),
    ],
)
def test_where_and_when_it_speaks(
    hall: Callable[..., Hall], place: str, settings: dict[str, str], said: bool
) -> None:
    one = hall(place, **settings)
    one.call("a")
    one.announcer._next.stop()
    one.announcer._begin_next()
    assert one.speaker.told == (["+a"] if said else [])
    assert one.announcer.waiting == ()
    one.announcer.stop()


def test_settings_count_from_the_next_call(hall: Callable[..., Hall]) -> None:
    one = hall(voice_volume=30, voice_rate=120)
    one.call("a", "A001")
    one.until("+a")
    one.settings = one.settings.changed(voice_volume=90, voice_rate=80)
    one.call("b", "B001")
    one.speaker.end()
    one.until("+a", "-", "+b")
    assert one.speaker.loudness == [(30, 120), (90, 80)]
    assert one.made == ["auto"]
    one.announcer.stop()


def test_what_cannot_be_heard_is_told_once_and_holds_nobody_up(hall: Callable[..., Hall]) -> None:
    one = hall()
    for key, number in (("a", "A001"), ("b", "B001"), ("c", "C001")):
        one.call(key, number)
    for told in (["+a"], ["+a", "+b"], ["+a", "+b", "+c"]):
        one.until(*told)
        one.speaker.failed.emit(AppError("voice.no_device"))
    assert len(one.reasons) == 1
    assert "没有找到音箱" in one.reasons[0]
    assert one.announcer.waiting == ()


def test_a_mouth_that_hangs_is_left(hall: Callable[..., Hall]) -> None:
    one = hall()
    one.call("a", "A001")
    one.call("b", "B001")
    one.until("+a")
    one.announcer._watch.timeout.emit()
    one.until("+a", "+b")
    assert one.speaker.stopped == 1
    assert len(one.reasons) == 1
    one.announcer.stop()


def test_started_and_finished_are_told_in_order(hall: Callable[..., Hall]) -> None:
    one = hall()
    told: list[tuple[str, str]] = []
    one.announcer.started.connect(lambda call: told.append(("started", call.key)))
    one.announcer.finished.connect(lambda call: told.append(("finished", call.key)))
    one.call("a", "A001")
    one.until("+a")
    one.speaker.end()
    assert told == [("started", "a"), ("finished", "a")]


def test_a_stopped_announcer_is_silent(hall: Callable[..., Hall], qtbot: QtBot) -> None:
    one = hall()
    one.call("a", "A001")
    one.call("b", "B001")
    one.until("+a")
    with qtbot.assertNotEmitted(one.announcer.finished):
        one.announcer.stop()
        one.speaker.finished.emit()
    assert (one.speaker.stopped, one.announcer.waiting) == (1, ())


def call(number: str = "A032", window: str = "5") -> Call:
    return Call("k", number, window, 0)


def test_gong_first_then_the_text_twice() -> None:
    gong, text, whole = clip("gong"), spoken(call()), assemble(call())
    between = RATE * BETWEEN_MS // 1000
    first, second = len(gong), len(gong) + len(text) + between
    assert np.array_equal(whole[:first], gong)
    assert np.array_equal(whole[first : first + len(text)], text)
    assert not whole[first + len(text) : second].any()
    assert np.array_equal(whole[second : second + len(text)], text)
    assert not whole[second + len(text) :].any()


def test_the_text_is_the_clips_in_their_order() -> None:
    text, at = spoken(call("B71", "12")), 0
    for name in ("qing", "B", "7", "1", "hao", "dao", "shi", "2", "hao_chuangkou"):
        wanted = clip(name)
        assert np.array_equal(text[at : at + len(wanted)], wanted), name
        at += len(wanted) + RATE * assembling.PAUSE_MS.get(name, assembling.GAP_MS) // 1000


@pytest.mark.parametrize("rate", [50, 80, 125, 200])
def test_rate_changes_the_length_and_not_the_pitch(rate: int) -> None:
    usual, other = spoken(call()), spoken(call(), rate)
    assert len(other) / len(usual) == pytest.approx(100 / rate, rel=0.02)
    # The middle of the spectrum moves with the pitch, and hardly with the speed.
    assert _centre(other) == pytest.approx(_centre(usual), rel=0.12)


def _centre(sound: Any) -> float:
    power = np.abs(np.fft.rfft(sound.astype(float))) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    return float((power * hertz).sum() / power.sum())


def test_volume() -> None:
    loud, half = assemble(call()), assemble(call(), volume=50)
    assert np.abs(half).max() == pytest.approx(np.abs(loud.astype(int)).max() * 0.5**1.66, rel=0.01)
    assert not assemble(call(), volume=0).any()


def test_a_device_of_another_rate_gets_the_same_sound() -> None:
    sound = (np.sin(np.arange(RATE) * 2 * np.pi * 440 / RATE) * 20000).astype(np.int16)
    stereo = converted(sound, 48_000, 2).reshape(-1, 2)
    assert len(stereo) == 48_000
    assert np.array_equal(stereo[:, 0], stereo[:, 1])
    assert np.argmax(np.abs(np.fft.rfft(stereo[:, 0]))) == 440


def test_a_missing_clip_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clip.cache_clear()
    monkeypatch.setattr(assembling, "path", lambda name: tmp_path / name)
    with pytest.raises(AppError, match=r"voice\.clip_missing"):
        assemble(call())


def test_files_instead_of_sound(
    qtbot: QtBot, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QIFU_VOICE_DIR", str(tmp_path / "calls"))
    announcer = Announcer(lambda: Settings(voice_volume=100), clock, ZONE, "display")
    with qtbot.waitSignals([announcer.finished] * 2):
        announcer.announce(Call("a", "A032", "5", clock.now_ms()))
        announcer.announce(Call("b", "B007", "前台", clock.now_ms()))
    files = sorted((tmp_path / "calls").iterdir())
    assert [file.name for file in files] == ["0001-A032-5.wav", "0002-B007-前台.wav"]
    with wave.open(str(files[0]), "rb") as sound:
        assert sound.readframes(sound.getnframes()) == assemble(call()).tobytes()
    announcer.stop()


def test_a_folder_that_cannot_be_written_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    speaker = FileSpeaker(tmp_path / "file" / "calls")
    with qtbot.waitSignal(speaker.failed) as told:
        speaker.say(call(), volume=80, rate=100)
    assert told.args[0].code == "voice.cannot_write"
    speaker.stop()


def test_a_file_cut_off_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        path.touch()
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(AppError, match=r"voice\.cannot_write"):
        assembling.write_file(tmp_path / "calls" / "1.wav", call())
    assert list((tmp_path / "calls").glob("*.wav")) == []


class PaperDevice:
    """``QMediaDevices`` of a machine without sound."""

    @staticmethod
    def defaultAudioOutput() -> Any:
        from PySide6.QtMultimedia import QAudioDevice

        return QAudioDevice()


def test_a_machine_without_sound_device_says_so(
    qtbot: QtBot, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop.voice import device

    monkeypatch.setattr(device, "QMediaDevices", PaperDevice)
    announcer = Announcer(
        lambda: Settings(), clock, ZONE, "display", speakers=lambda source, parent: AudioSpeaker(parent)
    )
    reasons: list[str] = []
    announcer.failed.connect(reasons.append)
    with qtbot.waitSignals([announcer.started] * 2):
        announcer.announce(Call("a", "A001", "5", clock.now_ms()))
        announcer.announce(Call("b", "B001", "5", clock.now_ms()))
    qtbot.waitUntil(lambda: announcer._now is None)
    assert len(reasons) == 1
    announcer.stop()


@pytest.mark.parametrize("kind", ["UInt8", "Int16", "Int32", "Float"])
def test_samples_for_every_kind_of_device(kind: str) -> None:
    from PySide6.QtMultimedia import QAudioFormat

    from desktop.voice.device import samples

    shape = QAudioFormat()
    shape.setSampleRate(RATE)
    shape.setChannelCount(1)
    shape.setSampleFormat(getattr(QAudioFormat.SampleFormat, kind))
    types = {
        "UInt8": (np.uint8, 128, 127),
        "Int16": ("<i2", 0, 2**15),
        "Int32": ("<i4", 0, 2**31),
        "Float": ("<f4", 0, 1),
    }
    type_, zero, full = types[kind]
    sound = np.array([0, 32767, -32767, 0], np.int16)
    back = (np.frombuffer(samples(sound, shape), type_).astype(float) - zero) / full
    assert back == pytest.approx([0, 1, -1, 0], abs=0.02)


class PaperEngine(QObject):
    """A speech engine that says what it is told when it is told."""

    stateChanged = Signal(object)

    def __init__(self, *languages: QLocale.Language) -> None:
        super().__init__()
        self.said: list[str] = []
        self.languages = languages
        self.chosen: Any = None

    def availableLocales(self) -> list[QLocale]:
        return [QLocale(language) for language in self.languages]

    def state(self) -> Any:
        return None

    def setVolume(self, volume: float) -> None:
        self.volume = volume

    def setRate(self, rate: float) -> None:
        self.rate = rate

    def setLocale(self, locale: QLocale) -> None:
        self.chosen = locale

    def say(self, text: str) -> None:
        self.said.append(text)

    def stop(self) -> None:
        self.said.append("stop")


class PaperGong(PaperSpeaker):
    """A gong that rings when it is told to end."""

    def play(self, make: Any) -> None:
        self.told.append("gong")


def test_the_systems_voice_says_it_twice_after_the_gong(qtbot: QtBot) -> None:
    from PySide6.QtTextToSpeech import QTextToSpeech

    from desktop.voice.system import SystemSpeaker

    engine, gong = PaperEngine(), PaperGong()
    speaker = SystemSpeaker(engine, gong)  # type: ignore[arg-type]
    speaker.say(call(), volume=60, rate=150)
    assert (engine.said, gong.told) == ([], ["gong"])
    gong.finished.emit()
    assert (engine.volume, engine.rate, len(engine.said)) == (0.6, 0.5, 1)
    engine.stateChanged.emit(QTextToSpeech.State.Speaking)
    engine.stateChanged.emit(QTextToSpeech.State.Ready)
    assert engine.said == ["请 A 0 3 2 号，到 5 号窗口"] * 2
    with qtbot.waitSignal(speaker.finished):
        engine.stateChanged.emit(QTextToSpeech.State.Ready)
    with qtbot.assertNotEmitted(speaker.finished):
        engine.stateChanged.emit(QTextToSpeech.State.Ready)


def test_only_a_chinese_voice_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop.voice import system

    engines = {
        "mock": PaperEngine(QLocale.Language.Chinese),
        "speechd": PaperEngine(QLocale.Language.Chinese),
        "flite": PaperEngine(QLocale.Language.English),
    }

    class PaperSpeech:
        State = system.QTextToSpeech.State

        @staticmethod
        def availableEngines() -> list[str]:
            return list(engines)

        def __new__(cls, name: str, parent: Any) -> Any:
            return engines[name]

    monkeypatch.setattr(system, "QTextToSpeech", PaperSpeech)
    assert system.chinese_engine() is None
    assert system.chinese_engine(rough=True) is engines["speechd"]
    assert engines["speechd"].chosen.language() == QLocale.Language.Chinese
    engines["sapi"] = PaperEngine(QLocale.Language.English, QLocale.Language.Chinese)
    assert system.chinese_engine() is engines["sapi"]


def test_clips_where_clips_are_wanted(qtbot: QtBot) -> None:
    parent = QObject()
    assert isinstance(system_speakers("clips", parent), AudioSpeaker)


def test_nothing_of_multimedia_is_loaded_before_something_is_said() -> None:
    script = (
        "import sys; import desktop.settings_page.voice, desktop.voice.announcer;"
        "print([m for m in sys.modules if m in ('PySide6.QtMultimedia', 'PySide6.QtTextToSpeech', 'numpy')])"
    )
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0)


@pytest.fixture
def card(context: PageContext, qtbot: QtBot) -> VoiceCard:
    speaker = PaperSpeaker()
    card = VoiceCard(context, lambda source, parent: speaker)
    card.paper = speaker  # type: ignore[attr-defined]
    qtbot.addWidget(card)
    return card


def test_the_card_keeps_what_is_chosen(card: VoiceCard, context: PageContext) -> None:
    card.place.chosen.emit("window")
    card.source.chosen.emit("clips")
    card.volume.chosen.emit(60)
    card.rate.chosen.emit(120)
    card.quiet.set_text("12:00-13:30")
    card.quiet.editor.editingFinished.emit()
    kept = context.settings.value
    assert (kept.voice_place, kept.voice_source, kept.voice_volume, kept.voice_rate, kept.voice_quiet) == (
        "window",
        "clips",
        60,
        120,
        "12:00-13:30",
    )


def test_quiet_times_that_are_none_are_refused_in_place(card: VoiceCard, context: PageContext) -> None:
    card.quiet.set_text("中午")
    card.quiet.editor.editingFinished.emit()
    assert "中午" in card.quiet.error()
    assert context.settings.value.voice_quiet == ""
    card.quiet.set_text("")
    card.quiet.editor.editingFinished.emit()
    assert card.quiet.error() == ""


def test_the_test_button_speaks_whatever_the_place(
    card: VoiceCard, context: PageContext, qtbot: QtBot
) -> None:
    context.settings.change(voice_place="off")
    card.test.click()
    qtbot.waitUntil(lambda: card.paper.told == ["+try-1"])  # type: ignore[attr-defined]
    card.announcer.stop()
