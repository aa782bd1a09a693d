"""Enterprise codes: a verdict, a verdict from a camera's frame, and what a text is."""

import numpy as np
import qrcode
import zxingcpp
from PIL import Image, ImageFilter
from qrcode.constants import ERROR_CORRECT_M

from benchmarks.measuring import Measured, Settings, in_turn
from domain.codes.building import credential_bytes, presentation_text
from domain.codes.envelope import open_bytes
from domain.codes.profiles import QYM1
from domain.codes.recognise import read, recognise
from domain.codes.replay import InMemoryReplay
from domain.codes.revocation import RevocationList, packed, revocation_hash
from domain.codes.trust import Trust
from services.code_trust import shipped_registries
from services.scanning import read_pixels
from tests.code_minting import CLOCK, DAY, HOLDER, ISSUER, ISSUERS, NOW, USCC, qym, shown

_REVOKED = 100_000
_FRAME = (1920, 1080)


def verify(settings: Settings) -> list[Measured]:
    """A credential and a presentation to their verdicts, with 100,000 revoked ones in the list."""
    trust = _trust()
    credential, presentation = qym(), presentation_text(shown(), HOLDER)
    envelope = open_bytes(credential_bytes(credential), QYM1)
    key, message = ISSUER.key.public_key(), envelope.signed_bytes
    credentials, presentations, bare = in_turn(
        settings.rounds(500),
        lambda: read(credential, trust=trust, now=CLOCK),
        lambda: read(presentation, trust=trust, now=CLOCK, replay=InMemoryReplay()),
        lambda: key.verify(envelope.signature, message),
    )
    return [
        Measured("verify a credential (QYM1)", credentials, "bare Ed25519 verify", bare, bar_ms=1),
        Measured("verify a presentation (QYP1, two signatures)", presentations, "bare Ed25519 verify", bare),
    ]


def frame(settings: Settings) -> list[Measured]:
    """A credential on a phone, held askew into a 1080p camera, to its verdict."""
    trust, pixels = _trust(), camera_frame(qym())

    def ours() -> str:
        (found,) = read_pixels(pixels)
        return str(read(found.text, trust=trust, now=CLOCK).answer)

    if ours() != "valid":
        raise AssertionError("the frame of the benchmark cannot be read")
    room = camera_frame("")
    times, alone, every, empty = in_turn(
        settings.rounds(40),
        ours,
        lambda: zxingcpp.read_barcodes(pixels, formats=zxingcpp.BarcodeFormat.QRCode),
        lambda: zxingcpp.read_barcodes(pixels),
        lambda: read_pixels(room),
    )
    return [
        Measured("1080p frame to verdict", times, "zxing-cpp alone, QR only", alone, bar_ms=40),
        Measured("zxing-cpp alone, all formats", every),
        Measured("1080p frame without a code", empty, "zxing-cpp alone, all formats", every),
    ]


def recogniser(settings: Settings) -> list[Measured]:
    """What a text is: a credit code, an address of a registry, a signed code, and nothing."""
    registries = shipped_registries()
    texts = {
        "a credit code": USCC,
        "an address": f"https://zj.gsxt.gov.cn/corp-query?uniscid={USCC}&from=scan",
        "a signed code": qym(),
        "nothing, 4,096 characters": "企业 " * 1365,
    }
    times = in_turn(
        settings.rounds(500), *(lambda text=text: recognise(text, registries) for text in texts.values())
    )
    return [Measured(f"recognise {name}", one) for name, one in zip(texts, times, strict=True)]


def camera_frame(text: str) -> np.ndarray:
    """A grey frame of 1920 × 1080: a phone with a code of 650 pixels, turned, soft, noisy, dark."""
    chance = np.random.default_rng(7)
    room = Image.fromarray(chance.integers(60, 150, (27, 48), dtype=np.uint8)).resize(
        _FRAME, Image.Resampling.BICUBIC
    )
    if text:
        code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=8, border=4)
        code.add_data(text)
        phone = code.make_image().get_image().convert("L").resize((650, 650), Image.Resampling.BICUBIC)
        room.paste(phone.rotate(9, Image.Resampling.BICUBIC, expand=True, fillcolor=200), (560, 150))
    soft = np.asarray(room.filter(ImageFilter.GaussianBlur(0.8)), float) * 0.8
    return (soft + chance.normal(0, 6, soft.shape)).clip(0, 255).astype(np.uint8)


def _trust() -> Trust:
    hashes = packed(revocation_hash(number.to_bytes(16, "big")) for number in range(1, _REVOKED + 1))
    return Trust(ISSUERS, RevocationList(5, NOW - DAY, NOW + DAY, hashes))
