"""Fuzz the way from a scanned text to its verdict, for as long as one likes.

Run ``python tools/fuzz_codes.py [--seconds 600] [--seed N]``. Genuine texts are bent: characters, bytes of the
envelope, bytes of the claims under a fresh signature (so that the strict reading is what is tested, not the
signature), and certificates with their compression. Any exception ends the run and shows the text. Reported are the
number of texts, the slowest text (processor time of this thread) and how the answers fell.
"""

import argparse
import base64
import platform
import random
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from domain.codes import strict_cbor
from domain.codes.base45 import ALPHABET, encode
from domain.codes.building import credential_bytes, presentation_text
from domain.codes.recognise import read
from domain.codes.slips import Slip, SlipOf, slip_text
from tests.code_minting import (
    CLOCK,
    DEVICE,
    HOLDER,
    NOW,
    TRUST,
    as_text,
    claims,
    cose,
    qym,
    shown,
    shown_claims,
)

SLIP = Slip(
    of=SlipOf.TICKET, id="01938c1e-7b1c-7000-8000-000000000001", number="A1", site="Q", accepted_at=NOW
)
TEXTS = [qym(), presentation_text(shown(), HOLDER), slip_text(SLIP, DEVICE)]
BODIES = [(text[:5], credential_bytes(f"QYM1:{text[5:]}")) for text in TEXTS]
ODD = [
    b"\xff",
    b"\x00",
    b"\x9f",
    b"\xbf",
    b"\x5f",
    b"\xf6",
    b"\x1b" + b"\xff" * 8,
    b"\x81" * 9,
    b"\xc1",
    b"\xd8\x1c",
]
Random = random.Random


def bend(draw: Random, body: bytes) -> bytes:
    """``body`` with one to four places changed, cut, doubled or filled with something odd."""
    bent = bytearray(body)
    for _ in range(draw.randint(1, 4)):
        at, width = draw.randrange(len(bent) + 1), draw.choice((0, 1, 1, 2, 8))
        put = draw.choice(
            (b"", draw.randbytes(1), draw.randbytes(3), draw.choice(ODD), bytes(bent[at : at + 20]))
        )
        bent[at : at + width] = put
    return bytes(bent)


def bent_text(draw: Random) -> str:
    text = list(draw.choice(TEXTS))
    for _ in range(draw.randint(1, 5)):
        text[draw.randrange(len(text))] = draw.choice((*ALPHABET, "", "\n", "é", "：", "\U00020bb7"))
    return "".join(text)


def bent_envelope(draw: Random) -> str:
    prefix, body = draw.choice(BODIES)
    return draw.choice((prefix, "QYM1:", "QYP1:", "QYS1:", "HC1:")) + encode(bend(draw, body))


def bent_claims(draw: Random) -> str:
    if draw.random() < 0.5:
        return as_text(cose(bend(draw, strict_cbor.encode(claims()))))
    return as_text(cose(bend(draw, strict_cbor.encode(shown_claims())), by=HOLDER), "QYP1:")


def bent_header(draw: Random) -> str:
    header = strict_cbor.encode({1: -8, 4: TRUST.issuers.keys[0].kid}) if TRUST.issuers else b""
    return as_text(cose(claims(), protected=bend(draw, header)))


def packed(draw: Random) -> str:
    body = zlib.compress(bend(draw, draw.choice(BODIES)[1]), draw.randint(0, 9))
    return "HC1:" + encode(bend(draw, body) if draw.random() < 0.5 else body)


def anything(draw: Random) -> str:
    drawn = draw.randbytes(draw.randint(0, 200))
    return draw.choice(
        (drawn.decode("latin-1"), f"https://gsxt.gov.cn/{drawn!r}", base64.b64encode(drawn).decode())
    )


WAYS: tuple[Callable[[Random], str], ...] = (
    bent_text,
    bent_envelope,
    bent_claims,
    bent_header,
    packed,
    anything,
)


def cost(text: str) -> float:
    started = time.thread_time()
    read(text, trust=TRUST, now=CLOCK)
    return time.thread_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw = Random(options.seed)
    answers: Counter[str] = Counter()
    slowest, slowest_text = 0.0, ""
    ends = time.monotonic() + options.seconds
    while time.monotonic() < ends:
        text = draw.choice(WAYS)(draw)
        started = time.thread_time()
        try:
            verdict = read(text, trust=TRUST, now=CLOCK)
        except BaseException:
            print(f"crashed by {text!r}")
            raise
        spent = time.thread_time() - started
        if spent > slowest:
            # The machine takes its own breaks (collection, other guests): a slow text is slow three times.
            spent = min(spent, cost(text), cost(text))
        answers[f"{verdict.answer} {','.join(verdict.reasons)}"] += 1
        if spent > slowest:
            slowest, slowest_text = spent, text
    print(f"{platform.platform()}, Python {platform.python_version()}, seed {options.seed}")
    total = answers.total()
    print(
        f"{total} texts in {options.seconds:.0f} s, none crashed; "
        f"slowest {slowest * 1000:.2f} ms: {slowest_text[:60]!r}"
    )
    for answer, count in answers.most_common():
        print(f"{count:>9}  {answer}")


if __name__ == "__main__":
    main()
