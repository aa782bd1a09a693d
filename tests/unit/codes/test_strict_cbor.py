"""The gate before the decoder: RFC 8949 section 4.2.1, byte by byte."""

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.codes.strict_cbor import CborError, Rules, check, decode, encode

STRICT = Rules(deterministic=True)
LOOSE = Rules(deterministic=False, tags=frozenset({0, 1}))

BOTH_REFUSE = {
    "nothing": "",
    "trailing bytes": "0000",
    "text cut short": "6261",
    "array cut short": "8201",
    "map without its value": "a101",
    "length beyond the end": "5bffffffffffffffff",
    "array of two to the 64 items": "9bffffffffffffffff",
    "duplicate key": "a201000100",
    "duplicate text key": "a2616100616100",
    "key of bytes": "a14100f6",
    "key of an array": "a18000",
    "key of a float": "a1f9000000",
    "text that is not UTF-8": "61ff",
    "reserved argument": "1c",
    "reserved length": "5e",
    "break alone": "ff",
    "unknown tag": "d81e8201ff",
    "big number tag": "c24101",
    "depth of nine": "818181818181818100",
    "map nested nine deep": "a100" * 8 + "00",
    "simple value 24": "f818",
}
STRICT_REFUSES = {
    "one as two bytes": "1801",
    "one as three bytes": "190001",
    "one as five bytes": "1a00000001",
    "one as nine bytes": "1b0000000000000001",
    "negative not shortest": "3800",
    "length not shortest": "580100",
    "array length not shortest": "980100",
    "map length not shortest": "b8010000",
    "array without length": "9f00ff",
    "map without length": "bf0000ff",
    "bytes in chunks": "5f4100ff",
    "text in chunks": "7f6161ff",
    "keys out of order": "a202000100",
    "negative key before positive": "a220000100",
    "half float": "f93c00",
    "double float": "fb3ff0000000000000",
    "undefined": "f7",
    "date tag": "c100",
}


@pytest.mark.parametrize("rules", [STRICT, LOOSE], ids=["strict", "loose"])
@pytest.mark.parametrize("written", BOTH_REFUSE.values(), ids=BOTH_REFUSE)
def test_refused_always(written: str, rules: Rules) -> None:
    with pytest.raises(CborError):
        decode(bytes.fromhex(written), rules)


@pytest.mark.parametrize("written", STRICT_REFUSES.values(), ids=STRICT_REFUSES)
def test_refused_where_it_is_signed_by_us_and_read_where_others_write_it(written: str) -> None:
    with pytest.raises(CborError):
        check(bytes.fromhex(written), STRICT)
    decode(bytes.fromhex(written), LOOSE)


@pytest.mark.parametrize("written", ["a20100180100", "bf01001801" + "00ff", "a26161007f6161ff00"])
def test_two_spellings_of_one_key_are_a_duplicate(written: str) -> None:
    with pytest.raises(CborError, match="duplicate"):
        check(bytes.fromhex(written), LOOSE)


def test_size_comes_before_reading() -> None:
    with pytest.raises(CborError, match="size"):
        check(b"\xff" * 3073, STRICT)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=20) | st.binary(max_size=300),
    lambda inner: (
        st.lists(inner, max_size=30) | st.dictionaries(st.integers(-70_010, 300) | st.text(max_size=5), inner)
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=60)
@given(VALUES)
def test_what_we_write_passes_our_own_gate(value: object) -> None:
    written = encode(value)
    deep = Rules(deterministic=True, max_depth=40, max_bytes=1 << 20)
    assert decode(written, deep) == value


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=60))
def test_what_passes_is_what_the_encoder_would_write(data: bytes) -> None:
    """The walk is checked against the library: strict bytes are exactly those that encode back to themselves."""
    try:
        value = decode(data, STRICT)
    except CborError:
        return
    assert encode(value) == data == cbor2.dumps(value)
