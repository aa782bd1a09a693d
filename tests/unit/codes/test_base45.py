"""Base45: the examples of RFC 9285, and what is no Base45."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.codes.base45 import Base45Error, decode, encode

# RFC 9285, sections 4.3 and 4.4.
EXAMPLES = [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")]


@pytest.mark.parametrize(("data", "text"), EXAMPLES)
def test_examples_of_the_standard(data: bytes, text: str) -> None:
    assert encode(data) == text
    assert decode(text) == data


@pytest.mark.parametrize("text", ["A", "GGW", "::", "aB8", "AB\n", "Ａ B", ":::", "BB8A", "ß00"])
def test_what_is_no_base45(text: str) -> None:
    with pytest.raises(Base45Error):
        decode(text)


def test_the_largest_groups() -> None:
    assert decode("FGW") == b"\xff\xff"
    assert decode("U5") == b"\xff"
    with pytest.raises(Base45Error):
        decode("V5")


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=80))
def test_there_and_back(data: bytes) -> None:
    assert decode(encode(data)) == data
