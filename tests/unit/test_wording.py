"""Text from outside: what is taken out, what stays, how alike two matters are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.cases import wording
from domain.cases.wording import clean, similarity


@pytest.mark.parametrize(
    ("typed", "kept", "removed"),
    [
        ("想办\u200b营业\u200d执照", "想办营业执照", 2),
        ("a\x00b\x1bc\x7f", "abc", 3),
        ("\u202e倒\u202c着\ufeff", "倒着", 3),
        ("一\r\n二\r三\u2028四\x0b五", "一\n二\n三\n四\n五", 0),
        ("表\t格", "表\t格", 0),
        ("cafe\u0301", "caf\u00e9", 0),
        ("  前后空格　", "前后空格", 0),
        ("\ud800半", "半", 1),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0", 0),
        ("<b>粗</b>", "<b>粗</b>", 0),
    ],
)
def test_clean(typed: str, kept: str, removed: int) -> None:
    done = clean(typed)
    assert (done.text, done.removed) == (kept, removed)


@pytest.mark.parametrize("name", ["䶮", "𬭎", "𠮷", "\ue5e5", "\U000323b0", "\U0002ebf0", "\u9fff"])
def test_rare_characters_of_names_stay(name: str) -> None:
    assert clean(f"张{name}", one_line=True) == wording.Cleaned(f"张{name}", 0)


def test_by_python_s_tables_alone_the_newest_would_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "_IDEOGRAPHS", range(0))
    assert clean("张\U000323b0").text == "张"


def test_one_line_folds_space() -> None:
    assert clean("杭州 \n 蓝鲸\t公司", one_line=True).text == "杭州 蓝鲸 公司"


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=200)
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    once = clean(typed)
    assert clean(once.text) == wording.Cleaned(once.text, 0)
    once.text.encode("utf-8")


def test_likeness() -> None:
    assert similarity("技改补贴怎么申请", "技改补贴怎么申请？") == 1
    assert similarity("技改补贴怎么申请", "员工子女入学") == 0
    assert 0.3 < similarity("想申请技改补贴", "技改补贴怎么申请") < 0.9
    assert similarity("", "") == 0
    assert similarity("路", "路") == 1


@given(st.text(max_size=20), st.text(max_size=20))
@settings(deadline=None, max_examples=100)
def test_likeness_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert similarity(one, other) == similarity(other, one)
    assert 0 <= similarity(one, other) <= 1
