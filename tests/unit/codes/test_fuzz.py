"""From any text to a verdict: no crash. A short run; ``tools/fuzz_codes.py`` runs as long as one likes and measures."""

import base64
import json
import os
import random
import zlib
from collections.abc import Callable
from contextlib import suppress

import cbor2
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.codes.base45 import ALPHABET, encode
from domain.codes.building import credential_bytes, presentation_text
from domain.codes.recognise import read
from domain.codes.slips import Slip, SlipOf, slip_text
from domain.codes.trust_files import read_trust
from domain.codes.verdict import Answer, Verdict
from domain.errors import AppError
from tests.code_minting import CLOCK, DEVICE, HOLDER, NOW, TRUST, as_text, claims, cose, qym, shown
from tools.fuzz_codes import WAYS

FUZZ_TEXTS = int(os.environ.get("QIFU_FUZZ_TEXTS", "300"))
EXAMPLES = int(os.environ.get("QIFU_FUZZ_EXAMPLES", "500"))
PREFIXES = st.sampled_from(["QYM1:", "QYP1:", "QYS1:", "HC1:"])
SLIP = Slip(
    of=SlipOf.TICKET, id="01938c1e-7b1c-7000-8000-000000000001", number="A1", site="Q", accepted_at=NOW
)
GENUINE = [credential_bytes(qym()), credential_bytes(slip_text(SLIP, DEVICE).replace("QYS1:", "QYM1:"))]
GENUINE += [credential_bytes(presentation_text(shown(), HOLDER).replace("QYP1:", "QYM1:"))]
CBOR = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.binary(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.integers(-70_010, 20) | st.text(max_size=3), inner, max_size=6)
        | st.builds(cbor2.CBORTag, st.sampled_from([0, 1, 2, 18, 28, 29, 30, 35, 61, 256, 258]), inner)
    ),
    max_leaves=10,
)


@st.composite
def bent(draw: st.DrawFn) -> bytes:
    """A genuine envelope with some bytes changed, lost or put in."""
    body = bytearray(draw(st.sampled_from(GENUINE)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(body) - 1))
        body[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
        body = body or bytearray(b"\0")
    return bytes(body)


@st.composite
def signed(draw: st.DrawFn) -> bytes:
    """A genuine signature over claims with something odd among them: what only the strict reading stops."""
    payload = {**claims(), draw(st.sampled_from([*claims(), 3, 10, -70007, 99])): draw(CBOR)}
    try:
        return cose(cbor2.dumps(payload))
    except (ValueError, TypeError, cbor2.CBORError):
        return b""


TEXTS = st.one_of(
    st.text(max_size=200),
    st.builds(str.__add__, PREFIXES, st.text(alphabet=ALPHABET, max_size=300)),
    st.builds(str.__add__, PREFIXES, st.builds(encode, st.one_of(bent(), signed(), st.binary(max_size=200)))),
    st.builds(lambda prefix, value: prefix + encode(dumped(value)), PREFIXES, CBOR),
    st.builds(lambda body: as_text(zlib.compress(body), "HC1:"), st.one_of(bent(), st.binary(max_size=300))),
    st.builds(lambda text: f"https://www.gsxt.gov.cn/{text}", st.text(max_size=60)),
)


def dumped(value: object) -> bytes:
    try:
        return bytes(cbor2.dumps(value))
    except (ValueError, TypeError, cbor2.CBORError):
        return b""


@settings(
    deadline=None,
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
)
@given(TEXTS)
def test_any_text_gets_a_verdict(text: str) -> None:
    assert_sound(read(text, trust=TRUST, now=CLOCK))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_bent_texts_get_a_verdict(way: Callable[[random.Random], str]) -> None:
    draw = random.Random(2026)
    for _ in range(FUZZ_TEXTS):
        assert_sound(read(way(draw), trust=TRUST, now=CLOCK))


def assert_sound(verdict: Verdict) -> None:
    assert isinstance(verdict, Verdict)
    assert verdict.findings or verdict.answer is Answer.VALID
    if verdict.answer is Answer.VALID:
        assert verdict.issuer


@settings(deadline=None, max_examples=100)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
            ),
        ).map(lambda value: json.dumps(value).encode()),
        st.binary(max_size=80).map(lambda der: b'["' + base64.b64encode(der) + b'"]'),
    )
)
def test_any_trust_file_is_read_or_refused(body: bytes) -> None:
    with suppress(AppError):
        read_trust(body)
