"""What is said when a number is called, and when nothing is."""

import wave

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import AppError
from domain.queue.announcing import WORDS, Call, Span, clip_names, is_quiet, quiet_spans, spoken_text
from resources import path

NUMBERS = st.builds("{}{:03d}".format, st.from_regex(r"[A-Z]{1,2}", fullmatch=True), st.integers(1, 9999))
WINDOWS = st.from_regex(r"[0-9A-Za-z一-鿿]{1,8}", fullmatch=True)
NAMED = st.lists(st.sampled_from([*WORDS, *"一二九十0123ABZ", "窗口", "号窗"]), min_size=1, max_size=4).map(
    "".join
)


def call(number: str = "A032", window: str = "5") -> Call:
    return Call("k", number, window, 0)


@pytest.mark.parametrize(
    ("number", "window", "clips", "text"),
    [
        ("A032", "5", "qing A 0 3 2 hao dao 5 hao_chuangkou", "请 A 0 3 2 号，到 5 号窗口"),
        ("AB1000", "12", "qing A B 1 0 0 0 hao dao shi 2 hao_chuangkou", "请 A B 1 0 0 0 号，到 12 号窗口"),
        ("B001", "30", "qing B 0 0 1 hao dao 3 shi hao_chuangkou", "请 B 0 0 1 号，到 30 号窗口"),
        ("B001", "05", "qing B 0 0 1 hao dao 5 hao_chuangkou", "请 B 0 0 1 号，到 5 号窗口"),
        ("B001", "120", "qing B 0 0 1 hao dao 1 2 0 hao_chuangkou", "请 B 0 0 1 号，到 1 2 0 号窗口"),
        ("C3", "A3", "qing C 3 hao dao A 3 hao_chuangkou", "请 C 3 号，到 A 3 号窗口"),
        ("C3", "综合1", "qing C 3 hao dao zonghe 1 hao_chuangkou", "请 C 3 号，到 综合 1 号窗口"),
        ("C3", "综合窗口", "qing C 3 hao dao zonghe chuangkou", "请 C 3 号，到 综合窗口"),
        ("C3", "三号窗口", "qing C 3 hao dao 3 hao_chuangkou", "请 C 3 号，到 三 号窗口"),
        ("C3", "前台", "qing C 3 hao dao qiantai", "请 C 3 号，到 前台"),
        ("C3", "惠企1", "qing C 3 hao dao chuangkou", "请 C 3 号，到 惠企 1 号窗口"),
        ("C3", "综合岛2", "qing C 3 hao dao zonghe chuangkou", "请 C 3 号，到 综合岛 2 号窗口"),
        ("C3", "第3号窗口", "qing C 3 hao dao 3 hao_chuangkou", "请 C 3 号，到 第 3 号窗口"),
        ("C3", "惠", "qing C 3 hao dao chuangkou", "请 C 3 号，到 惠窗口"),
        ("a-032", "vip", "qing A 0 3 2 hao dao V I P chuangkou", "请 A 0 3 2 号，到 V I P窗口"),
    ],
)
def test_what_is_said(number: str, window: str, clips: str, text: str) -> None:
    assert " ".join(clip_names(call(number, window))) == clips
    assert spoken_text(call(number, window)) == text


@settings(deadline=None, max_examples=150)
@given(NUMBERS, WINDOWS | NAMED)
def test_every_number_and_window_has_its_clips(number: str, window: str) -> None:
    names = clip_names(call(number, window))
    assert names[: len(number) + 3] == ("qing", *number, "hao", "dao")
    assert all(path(f"voice/{name}.wav").is_file() for name in names)
    assert spoken_text(call(number, window)).startswith(f"请 {' '.join(number)} 号，到 ")


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 99))
def test_a_window_is_counted(window: int) -> None:
    digits = {str(value): value for value in range(10)}
    said = clip_names(call(window=str(window)))[7:-1]
    tens, _, ones = ("shi" in said and " ".join(said).partition("shi")) or ("", "", said[0])
    counted = (digits.get(tens.strip(), 1) * 10 if "shi" in said else 0) + digits.get(ones.strip(), 0)
    assert counted == window


@pytest.mark.parametrize("number", ["", "号", "——", "A" * 13])
def test_a_number_that_cannot_be_said(number: str) -> None:
    with pytest.raises(AppError, match=r"voice\.number"):
        clip_names(call(number))
    with pytest.raises(AppError, match=r"voice\.number"):
        spoken_text(call(number))


def test_the_clips_are_small_and_alike() -> None:
    files = sorted(path("voice").glob("*.wav"))
    shapes = set()
    for file in files:
        with wave.open(str(file), "rb") as sound:
            shapes.add((sound.getnchannels(), sound.getsampwidth(), sound.getframerate()))
            assert 0.1 < sound.getnframes() / sound.getframerate() < 2, file.name
    assert shapes == {(1, 2, 24_000)}
    assert sum(file.stat().st_size for file in files) < 2_000_000


def test_quiet_spans() -> None:
    spans = quiet_spans(" 12:00-13:30  17：30—08:30、9:00至9:05")
    assert spans == (Span(720, 810), Span(1050, 510), Span(540, 545))
    assert quiet_spans("  ") == ()


@pytest.mark.parametrize(
    "text", ["12", "12:00", "12:00-12:00", "25:00-26:00", "12:60-13:00", "午休", "12:00-13:30-14:00"]
)
def test_quiet_spans_that_are_none(text: str) -> None:
    with pytest.raises(AppError, match=r"voice\.quiet"):
        quiet_spans(text)


@pytest.mark.parametrize(
    ("minute", "quiet"),
    [(719, False), (720, True), (809, True), (810, False), (1050, True), (0, True), (510, False)],
)
def test_when_it_is_quiet(minute: int, quiet: bool) -> None:
    assert is_quiet((Span(720, 810), Span(1050, 510)), minute) is quiet


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_a_span_and_its_reverse_fill_the_day(begin: int, end: int, minute: int) -> None:
    if begin != end:
        assert Span(begin, end).holds(minute) is not Span(end, begin).holds(minute)
