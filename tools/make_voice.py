"""Make the syllables and the gong of the queue's announcements (``resources/voice``).

Run by hand, after adding a clip or choosing another voice; its output is shipped, none of what it needs is:

    pip install onnx onnxruntime numpy misaki pypinyin ordered-set cn2an jieba
    python tools/make_voice.py --model kokoro-v1.0.int8.onnx --vocab vocab.json --voice zf_xiaobei.bin

Where the three files come from, and their licences, is in ``resources/voice/README.md``. The syllables are spoken by
Kokoro-82M. One that is synthesised alone is swallowed or sung, one cut out of running speech keeps some of its
neighbours; so each is spoken as a sentence of its own between two others, and cut out at the pauses. The model tells
about when each phoneme is spoken; the pauses are looked for around there.
"""

import argparse
import json
import wave
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from misaki.zh import ZHG2P
from numpy.typing import NDArray

Sound = NDArray[np.float32]

RATE = 24_000
SPEED = 0.85
FRAME = RATE // 100
FOLDER = Path(__file__).parents[1] / "resources" / "voice"
LOUDNESS = 10 ** (-19 / 20)
PEAK = 10 ** (-1 / 20)
QUIET_DB, CLEAN_DB = -42.0, -33.0
DURATIONS = "/encoder/Clip_output_0"
"""The tensor of the model that says how many frames each phoneme takes."""
CARRIERS = (
    ("xian4 zai4 bo1 bao4", "bo1 bao4 jie2 shu4"),
    ("qing3 da4 jia1 zhu4 yi4", "qing3 dao4 qian2 tai2"),
    ("ting1 yi2 bian4", "ting1 wan2 le5"),
)
"""What is spoken before and after a clip."""
BREATHED = ("hao", "hao_chuangkou")
ENDINGS = {"hao_chuangkou": ("hao4", "chuang1 kou3")}
"""Clips that end an announcement → their words; spoken at the end of a whole one, since the voice falls there."""

PINYIN = {
    **dict(
        zip(
            "0123456789",
            ["ling2", "yi1", "er4", "san1", "si4", "wu3", "liu4", "qi1", "ba1", "jiu3"],
            strict=True,
        )
    ),
    "shi": "shi2",
    "qing": "qing3",
    "hao": "hao4",
    "dao": "dao4",
    "chuangkou": "chuang1 kou3",
    "hao_chuangkou": "hao4 chuang1 kou3",
    "zonghe": "zong1 he2",
    "xiangmu": "xiang4 mu4",
    "zhengce": "zheng4 ce4",
    "jinrong": "jin1 rong2",
    "rencai": "ren2 cai2",
    "fazhi": "fa3 zhi4",
    "kechuang": "ke1 chuang4",
    "kaifang": "kai1 fang4",
    "shuju": "shu4 ju4",
    "suqiu": "su4 qiu2",
    "shouli": "shou4 li3",
    "zixun": "zi1 xun2",
    "qiye": "qi3 ye4",
    "fuwu": "fu2 wu4",
    "banshi": "ban4 shi4",
    "qiantai": "qian2 tai2",
    "dating": "da4 ting1",
    "lou": "lou2",
    "ceng": "ceng2",
    "shi_room": "shi4",
    "qu": "qu1",
    "tai": "tai2",
    "dong": "dong1",
    "nan": "nan2",
    "xi": "xi1",
    "bei": "bei3",
}
"""Clip → its syllables with their tones."""

_NAMES = (
    "ˈA bˈi sˈi dˈi ˈi ˈɛf ʤˈiː ˈAʧ ˈI ʤˈA kʰˈA ai↘lɤ ˈɛm "
    "ə→n ou→ pʰi↘ kjˈu ˈɑɹ ˈɛs tʰi↘ jˈu vˈi dˈʌbᵊljˌu ˈɛks wˈI zˈi"
)
LETTERS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _NAMES.split(), strict=True))
"""The English names, as letters are called in China: some in Chinese sounds, where those were understood better."""


class Voice:
    """Speaks phonemes, and tells when it spoke which."""

    def __init__(self, model: Path, vocab: Path, style: Path) -> None:
        graph = onnx.load(str(model))
        graph.graph.output.append(onnx.helper.make_empty_tensor_value_info(DURATIONS))
        self._session = onnxruntime.InferenceSession(
            graph.SerializeToString(), providers=["CPUExecutionProvider"]
        )
        self._vocab = json.loads(vocab.read_text("utf-8"))["vocab"]
        self._style = np.fromfile(style, np.float32).reshape(-1, 1, 256)

    def say(self, phonemes: str, speed: float) -> tuple[Sound, NDArray[np.int64]]:
        """Mono sound at ``RATE``, and the sample at which each phoneme begins (roughly), with the end."""
        tokens = [self._vocab[phoneme] for phoneme in phonemes]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": self._style[len(tokens) - 1],
            "speed": np.array([speed], np.float32),
        }
        sound, durations = self._session.run(None, inputs)
        ends = np.cumsum(np.ravel(durations)) * (sound.size / np.sum(durations))
        return np.asarray(sound, np.float32).ravel(), ends[:-1].astype(np.int64)


def syllables(pinyin: str) -> str:
    """Phonemes of ``chuang1 kou3``."""
    return "".join(ZHG2P.py2ipa(one).replace(chr(815), "") for one in pinyin.split())


def levels(sound: Sound) -> NDArray[np.float64]:
    """Loudness of each 10 ms in dB below the loudest."""
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    power = np.sqrt((frames**2).mean(axis=1)) + 1e-9
    return np.asarray(20 * np.log10(power / power.max()))


def quietest(sound: Sound, low: int, high: int) -> tuple[int, float]:
    """The sample of the quietest 10 ms between two samples, and how loud it is there (dB)."""
    level = levels(sound)
    low, high = max(0, low // FRAME), min(len(level), high // FRAME)
    frame = low + int(np.argmin(level[low:high]))
    return frame * FRAME, float(level[frame])


def first_near(sound: Sound, begin: int) -> tuple[int, float]:
    """Where a clip begins that the model puts at ``begin``; the model is up to 180 ms late."""
    return quietest(sound, begin - RATE * 18 // 100, begin + RATE * 4 // 100)


def cut(sound: Sound, begin: int, end: int) -> tuple[Sound, float]:
    """The part of ``sound`` between the pauses near ``begin`` and ``end``; and how loud the louder is (dB)."""
    first, rest = first_near(sound, begin)
    last, rest_after = quietest(sound, end - RATE * 6 // 100, end + RATE * 22 // 100)
    return sound[first : last + FRAME], max(rest, rest_after)


def trimmed(sound: Sound, fade_in_ms: int = 6) -> Sound:
    """Without the silence at both ends, faded."""
    loud = np.flatnonzero(levels(sound) > QUIET_DB)
    begin, end = max(0, loud[0] - 1) * FRAME, min(len(sound), (loud[-1] + 3) * FRAME)
    cut = sound[begin:end].copy()
    for part, ms in ((cut, fade_in_ms), (cut[::-1], 6)):
        ramp = np.linspace(0, 1, RATE * ms // 1000, dtype=np.float32) ** 2
        part[: len(ramp)] *= ramp
    return cut


def evened(sound: Sound) -> Sound:
    """At the common loudness, counted over what is heard, without clipping."""
    heard = sound[np.abs(sound) > 0.02 * np.abs(sound).max()]
    louder = sound * (LOUDNESS / np.sqrt((heard**2).mean()))
    return np.asarray(louder * min(1.0, PEAK / np.abs(louder).max()), np.float32)


def clip(voice: Voice, name: str, phonemes: str) -> tuple[Sound, float]:
    """One clip, and how clean its pauses are (dB). Breath that was cut into is faded in, else it is heard as a p."""
    found, rest = ending(voice, ENDINGS[name]) if name in ENDINGS else between(voice, phonemes)
    return evened(trimmed(found, 45 if name in BREATHED else 6)), rest


def ending(voice: Voice, words: tuple[str, ...]) -> tuple[Sound, float]:
    """The last ``words`` of a whole announcement."""
    number = " ".join(map(syllables, ("san1", "ling2", "ba1", "hao4")))
    head = f"{syllables('qing3')} ˈA {number}, {syllables('dao4')} {syllables('ba1')} "
    sound, begins = voice.say(f"{head}{' '.join(map(syllables, words))}.", SPEED)
    first, rest = first_near(sound, int(begins[len(head)]))
    return sound[first:], rest


def between(voice: Voice, phonemes: str) -> tuple[Sound, float]:
    """One clip between two sentences, from the first carrier with clean pauses, else from the one with the cleanest."""
    best: tuple[Sound, float] | None = None
    for before, after in CARRIERS:
        head = f"{syllables(before)}! "
        sound, begins = voice.say(f"{head}{phonemes}! {syllables(after)}.", SPEED)
        found = cut(sound, int(begins[len(head)]), int(begins[len(head) + len(phonemes) + 2]))
        if best is None or found[1] < best[1]:
            best = found
        if found[1] < CLEAN_DB:
            break
    assert best is not None
    return best


def gong() -> Sound:
    """两声钟: E5, then C5 half a second later, each a bell of a few partials that dies away."""
    end = np.arange(int(1.7 * RATE)) / RATE
    sound = np.zeros_like(end)
    for start, pitch in ((0.0, 659.26), (0.45, 523.25)):
        since = np.clip(end - start, 0, None)
        for partial, share, life in ((1, 1.0, 0.55), (2, 0.35, 0.3), (3.01, 0.16, 0.16), (4.2, 0.07, 0.08)):
            tone = np.sin(2 * np.pi * pitch * partial * since) * np.exp(-since / life)
            sound += share * tone * np.clip(since / 0.004, 0, 1)
    sound *= np.clip((end[-1] - end) / 0.15, 0, 1)
    return np.asarray(sound / np.abs(sound).max() * 0.6, np.float32)


def write(name: str, sound: Sound) -> None:
    """Write a clip: mono, 16 bits."""
    with wave.open(str(FOLDER / f"{name}.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((np.clip(sound, -1, 1) * 32767).round().astype("<i2").tobytes())


def main() -> None:
    """Make all clips."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("model", "vocab", "voice"):
        options.add_argument(f"--{name}", type=Path, required=True)
    options.add_argument("--only", nargs="*", help="clips to make; all without it")
    given = options.parse_args()
    voice = Voice(given.model, given.vocab, given.voice)
    write("gong", gong())
    for name, phonemes in {**{n: syllables(p) for n, p in PINYIN.items()}, **LETTERS}.items():
        if given.only and name not in given.only:
            continue
        sound, rest = clip(voice, name, phonemes)
        write(name, sound)
        print(f"{name:14} {len(sound) / RATE:.2f} s, pauses {rest:.0f} dB", flush=True)


if __name__ == "__main__":
    main()
