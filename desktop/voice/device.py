"""One sound on the default device, by QtMultimedia; imported when something is first played."""

from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QObject, QTimer, Signal
from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QAudioSink, QMediaDevices, QtAudio

from desktop.voice.assembling import converted

NO_DEVICE, DEVICE_FAILED = "voice.no_device", "voice.device_failed"
_SCALE = {
    QAudioFormat.SampleFormat.UInt8: ("u1", 127, 128),
    QAudioFormat.SampleFormat.Int16: ("<i2", 32767, 0),
    QAudioFormat.SampleFormat.Int32: ("<i4", 2147483392, 0),
    QAudioFormat.SampleFormat.Float: ("<f4", 1, 0),
}
"""Format → type, factor and offset of its samples. The factor of 32 bits is the largest that a float holds."""


class Playing(QObject):
    """Plays ``sound`` once. ``ended`` is sent once, with the code of what went wrong or an empty text."""

    ended = Signal(str)

    def __init__(self, sound: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sound = sound
        self._sink: QAudioSink | None = None
        self._buffer = QBuffer(self)
        self._over = False

    def start(self) -> None:
        """Begin; without a device it ends at the next turn of the event loop."""
        device = QMediaDevices.defaultAudioOutput()
        if device.isNull():
            QTimer.singleShot(0, self, lambda: self._end(NO_DEVICE))
            return
        shape = format_of(device)
        self._buffer.setData(samples(self._sound, shape))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._sink = QAudioSink(device, shape, self)
        self._sink.stateChanged.connect(self._on_state)
        self._sink.start(self._buffer)

    def stop(self) -> None:
        """Fall silent; nothing is sent any more."""
        self._over = True
        if self._sink is not None:
            self._sink.stop()

    def _on_state(self, state: QtAudio.State) -> None:
        if self._sink is None:
            return
        if state == QtAudio.State.IdleState and self._buffer.atEnd():
            self._end("")
        elif state == QtAudio.State.StoppedState:
            self._end("" if self._sink.error() == QtAudio.Error.NoError else DEVICE_FAILED)

    def _end(self, code: str) -> None:
        if not self._over:
            self._over = True
            self.ended.emit(code)


def format_of(device: QAudioDevice) -> QAudioFormat:
    """What the device likes best, in samples that we can write."""
    shape = device.preferredFormat()
    if shape.sampleFormat() not in _SCALE:
        shape.setSampleFormat(QAudioFormat.SampleFormat.Int16)
    return shape


def samples(sound: Any, shape: QAudioFormat) -> bytes:
    """``sound`` in the device's own rate, channels and sample format."""
    kind, factor, offset = _SCALE[shape.sampleFormat()]
    wanted = converted(sound, shape.sampleRate(), shape.channelCount()) * factor + offset
    return bytes(wanted.astype(kind).tobytes())
