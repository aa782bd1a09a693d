"""Case numbers: form, check character, what people type."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.cases import numbers
from domain.cases.numbers import (
    ALPHABET,
    LETTERS,
    CaseNumber,
    check_character,
    is_short,
    normalise,
    parse_number,
)

NUMBER = CaseNumber("QJ", "261122", "AB", 17)
_NUMBERS = st.builds(
    CaseNumber,
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=4),
    st.sampled_from(["261122", "000101", "991231"]),
    st.text(LETTERS, min_size=2, max_size=2),
    st.integers(1, 99_999),
)


def test_parts_of_a_number() -> None:
    assert NUMBER.text == "QJ261122AB0017" + check_character("QJ261122AB0017")
    assert NUMBER.short == "AB0017" + NUMBER.text[-1]
    assert len(NUMBER.short) <= 7
    assert set(LETTERS).isdisjoint("IOZSV")


@given(_NUMBERS)
@settings(deadline=None, max_examples=100)
def test_a_number_is_read_back(number: CaseNumber) -> None:
    assert parse_number(number.text) == number
    assert is_short(number.short)
    assert not is_short(number.text)


@given(_NUMBERS, st.data())
@settings(deadline=None, max_examples=150)
def test_one_wrong_character_is_noticed(number: CaseNumber, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(number.text) - 1))
    look_alikes = numbers._LOOKALIKE
    wrong = data.draw(st.sampled_from(ALPHABET))
    was = number.text[at]
    if look_alikes.get(was, was) == wrong:
        return
    assert parse_number(number.text[:at] + wrong + number.text[at + 1 :]) != number


@given(_NUMBERS, st.data())
@settings(deadline=None, max_examples=150)
def test_two_neighbours_swapped_are_noticed(number: CaseNumber, data: st.DataObject) -> None:
    text = number.text
    at = data.draw(st.integers(0, len(text) - 2))
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if swapped != text:
        read = parse_number(swapped)
        assert read is None or read.text != text


def test_without_weights_a_swap_would_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "pow", lambda base, power, modulus: 1, raising=False)
    good = NUMBER.text
    assert parse_number(good[:8] + "BA" + good[10:]) is not None


def test_site_letters_outside_the_alphabet_do_not_stop_it() -> None:
    assert parse_number(CaseNumber("SZIO", "261122", "AB", 1).text) is not None


@pytest.mark.parametrize(
    "typed",
    ["ｑｊ２６１１２２ａｂ００１７", "qj 261122 ab 0017", "QJ-261122-AB0017", " qj261122—ab0017 "],
)
def test_what_people_type(typed: str) -> None:
    check = NUMBER.text[-1]
    assert normalise(typed + check) == NUMBER.text
    assert parse_number(typed + check) == NUMBER


@pytest.mark.parametrize("text", ["", "QJ", "٢" * 16, "QJ٢٦١١٢٢AB0017K", "QJ261122AB" + "9" * 6000 + "K"])
def test_what_is_no_number(text: str) -> None:
    assert parse_number(text) is None
