"""A window is named as people look for it, on every screen and in every sentence."""

import ast
from pathlib import Path

import pytest

from desktop.messages import sentence
from desktop.window_words import short_window, window_words
from domain.errors import AppError
from domain.queue.announcing import Call, spoken_text

DESKTOP = Path(__file__).parents[2] / "desktop"


@pytest.mark.parametrize(
    ("code", "name", "words", "short"),
    [
        ("3", "", "3 号窗口", "3 号"),
        ("A3", "", "A3 号窗口", "A3 号"),
        ("惠企1", "", "惠企1 号窗口", "惠企1"),
        ("前台", "", "前台", "前台"),
        ("综合", "", "综合窗口", "综合"),
        ("综合窗口", "", "综合窗口", "综合窗口"),
        ("3", "综合窗口", "综合窗口", "3 号"),
        ("", "", "", ""),
    ],
)
def test_what_a_window_is_called(code: str, name: str, words: str, short: str) -> None:
    assert (window_words(code, name), short_window(code)) == (words, short)


@pytest.mark.parametrize("code", ["3", "前台", "大厅", "综合", "综合窗口"])
def test_the_voice_says_what_the_screens_show(code: str) -> None:
    assert (
        spoken_text(Call("key", "A032", code, 0))
        .replace(" ", "")
        .endswith("到" + window_words(code).replace(" ", ""))
    )


@pytest.mark.parametrize(
    ("window", "said"),
    [
        ("3", "A001 号正在别的窗口（3 号窗口），不能再叫。"),
        ("前台", "A001 号正在别的窗口（前台），不能再叫。"),
    ],
)
def test_a_sentence_says_it_so(window: str, said: str) -> None:
    assert sentence(AppError("queue.at_other_window", number="A001", window=window)) == said


def test_nobody_else_puts_a_number_before_it() -> None:
    """``{code} 号窗口`` in any text would be wrong for a window whose code is a word."""
    found = [
        str(file.relative_to(DESKTOP))
        for file in sorted(DESKTOP.rglob("*.py"))
        if file.name != "window_words.py"
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(" 号窗口")
    ]
    assert found == []
