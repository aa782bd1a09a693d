"""An announcement put together from recorded clips: the gong, then the text twice."""

import io
import wave
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import AppError
from domain.queue.announcing import Call, clip_names
from resources import path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Sound = NDArray[np.int16]

RATE = 24_000
GONG = "gong"
TIMES = 2
GAP_MS = 25
PAUSE_MS = {"qing": 60, "hao": 160, "dao": 30, GONG: 0}
BETWEEN_MS = 700
TAIL_MS = 250
MIN_RATE, MAX_RATE = 50, 200


def assemble(call: Call, *, rate: int = 100, volume: int = 100) -> "Sound":
    """Mono samples at ``RATE`` per second. ``rate`` is a percentage of the usual speed, ``volume`` 0–100.

    ``AppError("voice.number")``, ``AppError("voice.clip_missing")``.
    """
    import numpy as np

    text = spoken(call, rate)
    parts = [clip(GONG), text]
    for _ in range(TIMES - 1):
        parts += [_silence(BETWEEN_MS), text]
    return _at(volume, np.concatenate([*parts, _silence(TAIL_MS)]))


def gong_alone(volume: int) -> "Sound":
    """The gong before a speech engine speaks."""
    return _at(volume, clip(GONG))


def spoken(call: Call, rate: int = 100) -> "Sound":
    """The text once, at ``rate`` percent of the usual speed and its usual pitch."""
    import numpy as np

    parts = []
    for name in clip_names(call):
        parts += [clip(name), _silence(PAUSE_MS.get(name, GAP_MS))]
    return _stretched(np.concatenate(parts[:-1]), min(MAX_RATE, max(MIN_RATE, rate)) / 100)


@cache
def clip(name: str) -> "Sound":
    """A recorded clip; kept, since they are few and small."""
    import numpy as np

    try:
        with wave.open(str(path(f"voice/{name}.wav")), "rb") as file:
            return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16)
    except (OSError, wave.Error, EOFError) as error:
        raise AppError("voice.clip_missing", name=name) from error


def wav(sound: "Sound") -> bytes:
    """``sound`` as a WAV file: mono, 16 bits, ``RATE``."""
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(sound.astype("<i2").tobytes())
    return stream.getvalue()


def write_file(file: Path, call: Call, *, rate: int = 100, volume: int = 100) -> float:
    """Write the announcement of ``call`` as WAV and tell its seconds; ``AppError("voice.cannot_write")``.

    It is there whole or not at all: another program plays what turns up in the folder.
    """
    sound = assemble(call, rate=rate, volume=volume)
    unfinished = file.with_name(file.name + ".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(wav(sound))
        unfinished.replace(file)
    except OSError as error:
        raise AppError("voice.cannot_write", file=str(file)) from error
    return len(sound) / RATE


def converted(sound: "Sound", rate: int, channels: int) -> "NDArray[np.float32]":
    """``sound`` for a device of ``rate`` and ``channels``: interleaved samples between -1 and 1."""
    import numpy as np

    # By hand, since np.interp takes 40 ms for what takes 10, and this runs in the main thread.
    at = np.arange(round(len(sound) * rate / RATE)) * (RATE / rate)
    before = np.minimum(at.astype(np.int64), len(sound) - 1)
    after = np.minimum(before + 1, len(sound) - 1)
    share = (at - before).astype(np.float32)
    single = (sound[before] * (1 - share) + sound[after] * share) / np.float32(32768)
    return np.repeat(single, channels)


def _at(volume: int, sound: "Sound") -> "Sound":
    """As loud as ``volume`` says: half the scale is about half as loud to the ear, which is less in amplitude."""
    import numpy as np

    quieter: Sound = (sound * (min(100, max(0, volume)) / 100) ** 1.66).astype(np.int16)
    return quieter


def _silence(ms: int) -> "Sound":
    import numpy as np

    return np.zeros(RATE * ms // 1000, np.int16)


def _stretched(sound: "Sound", speed: float) -> "Sound":
    """Faster or slower at the same pitch (WSOLA, Verhelst and Roelands 1993): 30 ms windows, best fit within ±10 ms."""
    import numpy as np

    window, seek = RATE * 30 // 1000, RATE * 10 // 1000
    half = window // 2
    if speed == 1.0 or len(sound) < 2 * window:
        return sound
    hann = np.hanning(window + 1)[:window]
    steps = int(len(sound) / speed) // half
    source = np.concatenate([np.zeros(seek), sound, np.zeros(2 * (window + seek))])
    out = np.zeros((steps + 1) * half + window)
    at = seek
    for step in range(steps):
        out[step * half : step * half + window] += hann * source[at : at + window]
        follows = source[at + half : at + half + window]
        wanted = min(int((step + 1) * half * speed), len(sound))
        around = source[wanted : wanted + window + 2 * seek]
        at = wanted + int(np.argmax(np.correlate(around, follows, "valid")))
    return np.clip(out[: steps * half], -32768, 32767).astype(np.int16)
