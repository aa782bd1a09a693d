"""Codes out of pictures: whatever the picture, and however hostile."""

import io
import struct
import zlib

import numpy as np
import pytest
import qrcode
import zxingcpp
from PIL import Image, ImageFilter

from domain.codes.profiles import QYS1
from domain.codes.slips import Slip, SlipOf, slip_text
from domain.codes.verdict import Answer
from domain.codes.verification import verify
from domain.errors import AppError
from domain.printing.papers import Applicant, CaseSlip, LinkState, PrintMark, SitePlace
from reports import preview, render
from services import scanning
from services.scanning import read_picture, read_pixels
from tests.code_minting import CLOCK, DAY, DEVICE, NOW, TRUST, qym


def picture(text: str = "QYM1:ABC 1", **how: object) -> Image.Image:
    return qrcode.make(text, **how).get_image().convert("L")


def encoded(image: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **how)
    return buffer.getvalue()


def texts(content: bytes) -> list[str]:
    return [one.text for one in read_picture(content)]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF"])
def test_kinds_of_pictures(kind: str) -> None:
    assert texts(encoded(picture(), kind)) == ["QYM1:ABC 1"]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "1", "L", "LA", "I;16"])
def test_kinds_of_colours(mode: str) -> None:
    image = picture()
    converted = (
        Image.fromarray(np.asarray(image, dtype=np.uint16) * 257) if mode == "I;16" else image.convert(mode)
    )
    assert texts(encoded(converted)) == ["QYM1:ABC 1"]


def test_black_on_nothing() -> None:
    image = picture()
    clear = Image.new("RGBA", image.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=image.point(lambda value: 255 - value))
    assert texts(encoded(clear)) == ["QYM1:ABC 1"]


def test_two_codes_and_a_space_at_the_end() -> None:
    both = Image.new("L", (900, 420), 255)
    both.paste(picture("QYM1:A "), (0, 0))
    both.paste(picture("HC1:B"), (450, 0))
    assert sorted(texts(encoded(both))) == ["HC1:B", "QYM1:A "]


def test_a_frame_of_a_camera_is_an_array() -> None:
    frame = np.asarray(picture(qym()))
    found = read_pixels(frame)
    assert [one.text for one in found] == [qym()]
    assert len(found[0].corners) == 4


def test_a_frame_with_another_kind_of_code_is_read_too() -> None:
    drawn = zxingcpp.create_barcode("QJ261122AB0017K", zxingcpp.BarcodeFormat.Code128)
    frame = np.pad(np.asarray(drawn.to_image(scale=4)), 40, constant_values=255)
    assert [one.text for one in read_pixels(frame)] == ["QJ261122AB0017K"]
    assert [one.text for one in read_pixels(255 - np.asarray(picture()))] == ["QYM1:ABC 1"]


def test_no_code_is_an_empty_answer() -> None:
    assert texts(encoded(Image.new("L", (64, 64), 128))) == []


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds almost nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    parts = [struct.pack(">I", len(b)) + n + b + struct.pack(">I", zlib.crc32(n + b)) for n, b in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    "size", [(20_000, 100), (100, 20_000), (8_000, 8_000), (2**31 - 1, 2**31 - 1), (60_000, 60_000)]
)
def test_a_picture_that_would_fill_the_memory(size: tuple[int, int]) -> None:
    with pytest.raises(AppError) as refused:
        read_picture(png_header(*size))
    assert refused.value.code in ("codes.image_too_large", "codes.not_an_image")


def test_without_the_limit_it_would_be_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "MAX_PIXELS", 10**9)
    monkeypatch.setattr(scanning, "MAX_SIDE", 10**9)
    with pytest.raises(AppError) as refused:
        read_picture(png_header(20_000, 100))
    assert refused.value.code == "codes.not_an_image"


def test_a_file_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "MAX_FILE_BYTES", 100)
    with pytest.raises(AppError, match="image_too_large"):
        read_picture(encoded(picture()))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
def test_pictures_cut_short_or_bent(kind: str) -> None:
    whole = encoded(picture(), kind)
    for at in (0, 1, 8, 20, len(whole) // 3, len(whole) - 3):
        bent = bytearray(whole)
        bent[at % len(bent)] ^= 0xFF
        for content in (whole[:at], bytes(bent)):
            try:
                read_picture(content)
            except AppError as error:
                assert error.code in ("codes.not_an_image", "codes.image_too_large")  # noqa: PT017


@pytest.mark.parametrize(
    "content",
    [b"%!PS-Adobe-3.0 EPSF-3.0\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4", b"MZ"],
)
def test_other_files_are_not_opened(content: bytes) -> None:
    with pytest.raises(AppError, match="not_an_image"):
        read_picture(content + bytes(200))


def test_a_blurred_picture_gets_a_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    sharp = picture(qym(), box_size=7)
    content = encoded(sharp.filter(ImageFilter.GaussianBlur(3.6)))
    found = read_picture(content)
    assert [one.text for one in found] == [qym()]
    (x, y), *_ = found[0].corners
    assert (x, y) == (pytest.approx(28, abs=10), pytest.approx(28, abs=10))
    monkeypatch.setattr(scanning, "_TREATMENTS", ())
    assert read_picture(content) == []


def test_corners_of_a_picture_that_was_made_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "_SECOND_SIDE", 200)
    monkeypatch.setattr(scanning, "_TREATMENTS", (lambda image: image,))
    image = picture("A" * 10, box_size=20)
    found = scanning._look_again(image)
    assert found[0].corners[2][0] == pytest.approx(image.width - 80, abs=12)


SIGNED = Slip(
    of=SlipOf.CASE,
    id="01938c1e-7b1c-7000-8000-000000000001",
    number="QJXC261122AB0017K",
    site="qjxc",
    board="innovation",
    kind="consultation",
    accepted_at=NOW,
    due_at=NOW + DAY,
)


@pytest.mark.parametrize("size", ["a5", "80mm", "58mm"])
def test_the_signed_code_of_a_printed_slip(size: str) -> None:
    """Read back as paper shows it: 150 dots per inch for a page, the printer's own dots for a strip."""
    paper = CaseSlip(
        site=SitePlace("钱江新城企业综合服务中心"),
        number=SIGNED.number,
        applicant=Applicant("杭州蓝鲸智能装备有限公司"),
        kind="request",
        channel="window",
        matter="想申请今年的技改补贴。",
        clerk="陈晓",
        window="3 号窗口",
        mark=PrintMark(1, "2026-11-22 13:06", LinkState.LOCAL),
        qr=slip_text(SIGNED, DEVICE),
        accepted_at="2026-11-22 13:05",
        limit="standard",
        due="2026-11-25 17:00",
    )
    rendered = render(paper, size)
    if rendered.media_type == "application/pdf":
        (page,) = preview.pages(rendered.data, width_px=round(148 / 25.4 * 150))
        found = read_pixels(Image.frombytes("RGB", (page.width, page.height), page.rgb))
    else:
        found = read_picture(rendered.data)
    verdicts = [verify(one.text, trust=TRUST, now=CLOCK, profile=QYS1) for one in found]
    assert [(one.answer, one.subject) for one in verdicts] == [(Answer.VALID, SIGNED.number)]
