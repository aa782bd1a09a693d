"""What is said aloud when a number is called (叫号): clips in their order, text for a speech engine, times of silence.

Numbers are said digit by digit, as people read them off a ticket; a window's number up to 99 as one says it (十二).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.errors import AppError

MAX_NUMBER = 12
WORDS = {
    "综合": "zonghe",
    "项目": "xiangmu",
    "政策": "zhengce",
    "金融": "jinrong",
    "人才": "rencai",
    "法治": "fazhi",
    "科创": "kechuang",
    "开放": "kaifang",
    "数据": "shuju",
    "诉求": "suqiu",
    "受理": "shouli",
    "咨询": "zixun",
    "企业": "qiye",
    "服务": "fuwu",
    "办事": "banshi",
    "前台": "qiantai",
    "大厅": "dating",
    "楼": "lou",
    "层": "ceng",
    "室": "shi_room",
    "区": "qu",
    "台": "tai",
    "东": "dong",
    "南": "nan",
    "西": "xi",
    "北": "bei",
}
"""Words of window names → clip. What is not here is left out by the clips, and the window's number with it."""

_NUMERALS = {numeral: str(value) for value, numeral in enumerate("零一二三四五六七八九")} | {"十": "shi"}
_PLACES = ("台", "厅", "室", "区")
_TAIL = re.compile(r"号?(窗口|窗)$")
_PIECE = re.compile(
    "|".join([r"[0-9]+", "[A-Z]", *sorted(WORDS, key=len, reverse=True), f"[{''.join(_NUMERALS)}]"])
)
_UNSAID = re.compile(r"[^\W第号]")
_SPEAKABLE = re.compile(r"[0-9A-Z]+")
_SPAN = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)[-–—~～至]([01]?\d|2[0-3])[:：]([0-5]\d)")
DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Call:
    """One call or recall of ``number`` to ``window`` at ``at`` (UTC ms). A ``key`` is spoken once."""

    key: str
    number: str
    window: str
    at: int


@dataclass(frozen=True, slots=True)
class Span:
    """A daily time of silence, minutes since local midnight; ``begin`` > ``end`` goes over midnight."""

    begin: int
    end: int

    def holds(self, minute: int) -> bool:
        """Whether ``minute`` lies in it; the end no longer does."""
        if self.begin <= self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end


def clip_names(call: Call) -> tuple[str, ...]:
    """The clips of one saying: ``A032`` to ``5`` is qing A 0 3 2 hao dao 5 hao_chuangkou.

    ``AppError("voice.number")`` where nothing of the number can be said.
    """
    number = _number(call.number)
    return ("qing", *number, "hao", "dao", *_window_clips(call.window))


def spoken_text(call: Call) -> str:
    """The same for a speech engine: ``请 A 0 3 2 号，到 5 号窗口``. Errors as ``clip_names``."""
    return f"请 {' '.join(_number(call.number))} 号，到 {_window_text(call.window)}"


def quiet_spans(text: str) -> tuple[Span, ...]:
    """The spans of ``12:00-13:30 17:30-08:30``, also with full-width signs; ``AppError("voice.quiet")`` otherwise."""
    found = []
    for part in re.split(r"[\s,，;；、]+", text.strip()):
        match = _SPAN.fullmatch(part)
        if part and (match is None or match[1] + match[2] == match[3] + match[4]):
            raise AppError("voice.quiet", part=part[:20])
        if match is not None:
            begin_h, begin_m, end_h, end_m = map(int, match.groups())
            found.append(Span(begin_h * 60 + begin_m, end_h * 60 + end_m))
    return tuple(found)


def is_quiet(spans: tuple[Span, ...], minute: int) -> bool:
    """Whether nothing is said at ``minute`` of the local day (0–1439)."""
    return any(span.holds(minute) for span in spans)


def _number(number: str) -> str:
    said = "".join(_SPEAKABLE.findall(number.upper()))
    if not said or len(said) > MAX_NUMBER:
        raise AppError("voice.number", number=number[:20])
    return said


def _window_clips(window: str) -> tuple[str, ...]:
    named = window.upper()
    core = _TAIL.sub("", named)
    said = _PIECE.findall(core)
    if _UNSAID.search(_PIECE.sub("", core)):
        # A number without the name before it would send people to another window.
        said = [piece for piece in said if piece in WORDS]
        core = "".join(said)
    pieces = tuple(clip for piece in said for clip in _piece_clips(piece))
    if core.endswith(_PLACES) and pieces:
        return pieces
    counted = bool(pieces) and (core[-1].isdecimal() or core[-1] in _NUMERALS)
    return (*pieces, "hao_chuangkou" if counted else "chuangkou")


def _piece_clips(piece: str) -> Iterator[str]:
    if piece.isdecimal():
        yield from _counted(int(piece)) if int(piece) < 100 else piece
    else:
        yield WORDS.get(piece) or _NUMERALS.get(piece, piece)


def _counted(value: int) -> Iterator[str]:
    """0–99 as one counts: 12 is shi 2, 30 is 3 shi."""
    tens, ones = divmod(value, 10)
    if tens > 1:
        yield str(tens)
    if tens:
        yield "shi"
    if ones or not tens:
        yield str(ones)


def _window_text(window: str) -> str:
    core = _TAIL.sub("", window)
    said = " ".join(re.sub(r"[0-9]+|[A-Za-z]+", lambda match: f" {_said(match[0])} ", core).split())
    if core.endswith(_PLACES):
        return said
    return f"{said} 号窗口" if core[-1:].isdecimal() or core[-1:] in _NUMERALS else f"{said}窗口"


def _said(run: str) -> str:
    """Letters and long numbers one by one; a number up to 99 as a number, which an engine reads as such."""
    if run.isdecimal() and int(run) < 100:
        return str(int(run))
    return " ".join(run.upper())
