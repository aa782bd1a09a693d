"""Text on paper: neutralised, wrapped, and never wider than its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import fonts
from reports.rare import SystemFonts
from reports.text import Style, Typesetter, clean, shortened

STYLE = Style(size=10, leading=15)
ANY = st.text(st.characters(exclude_categories=()), max_size=120)
FIELDS = st.text("企业服务，。（）《》abc 12-./<b>&", max_size=120)


def lines(text: str, width: float = 100) -> list[str]:
    return [
        "".join(run.text for run in line.runs)
        for line in Typesetter(SystemFonts(())).lines(text, STYLE, width)
    ]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("张\u200b三\ufeff", "张三"),
        ("\u202e倒过来\u202c", "倒过来"),
        ("a\x00b\x1bc\td", "a b c d"),
        ("一\r\n二\u2028三", "一 二 三"),
        ("𠮷\ufe00野\U000e0100", "𠮷野"),
        ("cafe\u0301", "café"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("👨\u200d👩", "👨👩"),
    ],
)
def test_what_disturbs_paper_is_neutralised(text, printed):
    assert clean(text) == printed


def test_paragraphs_stay_in_longer_texts_and_empty_lines_do_not_pile_up():
    assert clean("一\n\n\n\n二\r\n三\n", multiline=True) == "一\n\n二\n三"


def test_a_text_that_is_cut_says_so():
    assert shortened("一二三四", 4) == "一二三四"
    assert shortened("一二三四五", 3) == "一二三……（余 2 字未印）"


def test_punctuation_neither_begins_a_line_nor_hangs_open_at_its_end():
    assert lines("一二三四五六七八九十，又") == ["一二三四五六七八九", "十，又"]
    assert lines("一二三四五六七八九（十）") == ["一二三四五六七八九", "（十）"]


def test_words_and_numbers_stay_whole_unless_longer_than_the_line():
    assert lines("编号 330104202600 核发") == ["编号 330104202600", "核发"]
    assert "".join(lines("A" * 60)) == "A" * 60


@settings(deadline=None, max_examples=80)
@given(ANY | FIELDS, st.floats(5, 300))
def test_nothing_is_lost_and_nothing_sticks_out(text, width):
    setter = Typesetter(SystemFonts(()))
    text = clean(text, multiline=True)
    set_lines = setter.lines(text, STYLE, width)
    for line in set_lines:
        assert line.width <= width + 1e-3 or sum(len(run.text) for run in line.runs) == 1
    drawn = "".join(run.text for line in set_lines for run in line.runs)
    assert len(drawn.replace(" ", "")) == len(text.replace(" ", "").replace("\n", ""))
    shipped = fonts.face(fonts.REGULAR).advances
    assert all(ord(char) in shipped for char in drawn)
