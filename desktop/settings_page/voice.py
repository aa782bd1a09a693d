"""The card of the settings page about the voice that calls numbers."""

from datetime import UTC
from itertools import count

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.messages import sentence
from desktop.shell.page import PageContext
from desktop.voice.announcer import Announcer, Speakers, system_speakers
from desktop.widgets import ActionButton, Card, Choice, ChoiceField, Field, LineField, Segments, Tone
from domain.errors import AppError
from domain.queue.announcing import Call, quiet_spans
from services.clock import SystemClock

SIDE = 110
PLACES = [("display", "大厅显示屏"), ("window", "本机窗口"), ("off", "不播报")]
SOURCES = [
    Choice("auto", "自动：先用系统的中文语音"),
    Choice("clips", "程序自带的声音"),
    Choice("system", "系统语音"),
]
VOLUMES = [(40, "低"), (60, "中"), (80, "高"), (100, "最高")]
RATES = [(80, "慢"), (100, "正常"), (120, "快")]
SAMPLE_NUMBER, SAMPLE_WINDOW = "A032", "5"


class VoiceCard(Card):
    """语音叫号: where, with which voice, how loud and fast, when not; and a try."""

    def __init__(
        self, context: PageContext, speakers: Speakers = system_speakers, parent: QWidget | None = None
    ) -> None:
        super().__init__("语音叫号", parent)
        self._settings, self._notices = context.settings, context.notices
        settings = context.settings.value
        self.place = Segments(PLACES, name="在哪里播报")
        self.source = ChoiceField("声音来源", SOURCES, side=SIDE)
        self.volume = Segments(_with(VOLUMES, settings.voice_volume), name="音量")
        self.rate = Segments(_with(RATES, settings.voice_rate), name="语速")
        self.quiet = LineField(
            "静音时段",
            side=SIDE,
            max_length=120,
            placeholder="12:00-13:30 17:30-08:30",
            hint="这些时间不播报；多段用空格隔开。",
        )
        self.test = ActionButton("试音", kind="secondary")
        self._tries = count(1)
        self._clock = SystemClock()
        self.announcer = Announcer(
            lambda: context.settings.value, self._clock, UTC, speakers=speakers, parent=self
        )
        self._lay_out()
        self._connect()

    def _on_quiet_edited(self) -> None:
        try:
            quiet_spans(self.quiet.text())
        except AppError as error:
            self.quiet.set_error(sentence(error))
            return
        self.quiet.set_error("")
        if self.quiet.text() != self._settings.value.voice_quiet:
            self._settings.change(voice_quiet=self.quiet.text())

    def _on_test_clicked(self) -> None:
        call = Call(f"try-{next(self._tries)}", SAMPLE_NUMBER, SAMPLE_WINDOW, self._clock.now_ms())
        self.announcer.announce(call)

    def _connect(self) -> None:
        change = self._settings.change
        self.place.chosen.connect(lambda place: change(voice_place=place))
        self.source.chosen.connect(lambda source: change(voice_source=source))
        self.volume.chosen.connect(lambda volume: change(voice_volume=volume))
        self.rate.chosen.connect(lambda rate: change(voice_rate=rate))
        self.quiet.editor.editingFinished.connect(self._on_quiet_edited)
        self.test.clicked.connect(self._on_test_clicked)
        self.announcer.failed.connect(lambda reason: self._notices.say(reason, Tone.WARN))

    def _lay_out(self) -> None:
        settings = self._settings.value
        self.place.set_value(settings.voice_place)
        self.source.set_value(settings.voice_source)
        self.volume.set_value(settings.voice_volume)
        self.rate.set_value(settings.voice_rate)
        self.quiet.set_text(settings.voice_quiet)
        for widget in (
            Field("在哪里播报", self.place, side=SIDE),
            self.source,
            Field("音量", self.volume, side=SIDE),
            Field("语速", self.rate, side=SIDE),
            self.quiet,
        ):
            self.body.addWidget(widget)
        row = QHBoxLayout()
        row.setContentsMargins(SIDE + 8, 0, 0, 0)
        row.addWidget(self.test)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.setAlignment(row, Qt.AlignmentFlag.AlignLeft)


def _with(choices: list[tuple[int, str]], value: int) -> list[tuple[int, str]]:
    """The choices, and the present value where a file changed by hand holds another."""
    return choices if value in dict(choices) else [*choices, (value, f"{value}%")]
