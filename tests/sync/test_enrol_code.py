import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.enrol_code import (
    ALPHABET,
    LENGTH,
    CodeTextError,
    Invitation,
    code_hash,
    new_code,
    read_code,
    read_invitation,
    read_pin,
    shown,
)

_CODE = "0123456789A"


def _code(stem: str) -> str:
    return next(stem + last for last in ALPHABET if _reads(stem + last))


def _reads(text: str) -> bool:
    try:
        read_code(text)
    except CodeTextError:
        return False
    return True


stems = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH)


@settings(deadline=None, max_examples=60)
@given(stems, st.integers(0, LENGTH), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(stem: str, at: int, other: str) -> None:
    code = _code(stem)
    wrong = code[:at] + other + code[at + 1 :]
    assert _reads(wrong) == (wrong == code)


def test_a_code_has_exactly_one_check_character() -> None:
    assert sum(_reads("0123456789" + last) for last in ALPHABET) == 1


def test_however_it_is_typed_it_is_the_same_code() -> None:
    code = _code("0011VV7KM2")
    for typed in (
        shown(code),
        shown(code).lower(),
        " ".join(code),
        code.replace("0", "O").replace("1", "I"),
        code.replace("1", "l").replace("V", "u"),
        "".join(chr(ord(c) + 0xFEE0) for c in code),
        f"\t{code[:5]}—{code[5:]}\n",
    ):
        assert read_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "why"),
    [("", "length"), ("7KM2Q", "length"), ("7KM2Q9XT4RHH", "length"), ("7KM2Q9XT4中H", "character")],
)
def test_what_is_wrong_is_named(typed: str, why: str) -> None:
    with pytest.raises(CodeTextError, match=why):
        read_code(typed)


def test_fresh_codes_differ_and_are_kept_as_a_hash() -> None:
    first, second = new_code(), new_code()
    assert first != second
    assert read_code(first) == first
    assert code_hash(first) != code_hash(second)
    assert first not in code_hash(first)


@settings(deadline=None, max_examples=40)
@given(
    stems,
    st.sampled_from(
        ["https://hub.example", "https://10.1.2.3:8443", "http://127.0.0.1:80/a/b", "https://[::1]:8443"]
    ),
    st.none() | st.binary(min_size=32, max_size=32),
)
def test_an_invitation_survives_its_qr_code(stem: str, url: str, pin: bytes | None) -> None:
    invitation = Invitation(_code(stem), url, pin)
    assert read_invitation(invitation.text) == invitation


def test_a_code_alone_is_an_invitation_without_address() -> None:
    code = new_code()
    assert read_invitation(f" {shown(code)} ") == Invitation(code)


@pytest.mark.parametrize(
    "text",
    [
        "qifu-enrol:1:",
        "qifu-enrol:1:https://?code=" + _CODE,
        "qifu-enrol:1:hub.example?code=" + _CODE,
        "qifu-enrol:1:https://hub.example",
        "qifu-enrol:1:https://hub.example?code=" + _CODE + "&pin=AAAA",
        "qifu-enrol:1:https://hub.example?code=" + _CODE + "&pin=%%%",
        "qifu-enrol:1:https://[hub.example?code=" + _CODE,
        "qifu-enrol:2:https://hub.example?code=" + _CODE,
    ],
)
def test_a_broken_invitation_is_none(text: str) -> None:
    with pytest.raises(CodeTextError):
        read_invitation(text)


def test_a_pin_is_read_as_hexadecimal_and_as_base64() -> None:
    pin = bytes(range(32))
    assert read_pin(pin.hex(":").upper()) == pin
    assert read_pin(Invitation("", "", pin).text.rpartition("=")[2]) == pin
    for text in ("", "00", "zz" * 32):
        with pytest.raises(CodeTextError):
            read_pin(text)
