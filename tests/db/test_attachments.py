"""Files handed in: checked by content, sealed, verified on the way out."""

import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from db.files import attachments as sealed_files
from db.files import file_types
from db.files.attachment_rows import AttachmentRow, AttachmentRows
from db.files.attachments import CHUNK, Attachments
from domain.errors import AppError

PDF = b"%PDF-1.7\n"
NOW = 1_790_000_000_000
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture
def files(home: Path) -> Attachments:
    return Attachments(home / "attachments")


@pytest.fixture
def rows(engine: sa.Engine) -> Iterator[AttachmentRows]:
    with engine.begin() as connection:
        yield AttachmentRows(connection)


def _zip(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return packed.getvalue()


def _keep(files: Attachments, rows: AttachmentRows, content: bytes, name: str = "a.pdf") -> AttachmentRow:
    return files.keep(rows, files.receive(name, io.BytesIO(content)), NOW)


def _read(files: Attachments, row: AttachmentRow) -> bytes:
    return b"".join(files.read(row))


SIZES = (len(PDF), CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5)


@pytest.mark.parametrize("size", SIZES)
def test_what_goes_in_comes_out(files: Attachments, rows: AttachmentRows, size: int) -> None:
    content = (PDF + os.urandom(size))[:size]
    row = _keep(files, rows, content)
    assert _read(files, row) == content
    assert (row.size, row.media_type, row.stored_at) == (size, "application/pdf", NOW)
    assert rows.get(row.sha256) == row
    assert content[-9:] not in files.path(row.sha256).read_bytes()
    assert files.missing(rows) == []


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("照片.JPG", b"\xff\xd8\xff\xe0..", "image/jpeg"),
        ("a.jpeg", b"\xff\xd8\xff\xe1..", "image/jpeg"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("a.heic", b"\0\0\0\x18ftypheic", "image/heic"),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        ("a.tif", b"II*\0", "image/tiff"),
        ("a.docx", _zip("[Content_Types].xml", "word/document.xml"), file_types.ACCEPTED[".docx"]),
        ("a.xlsx", _zip("[Content_Types].xml", "xl/workbook.xml"), file_types.ACCEPTED[".xlsx"]),
        ("营业执照.ofd", _zip("OFD.xml"), "application/ofd"),
        ("a.doc", COMPOUND + "WordDocument".encode("utf-16-le"), "application/msword"),
        ("a.xls", COMPOUND + "Workbook".encode("utf-16-le"), "application/vnd.ms-excel"),
    ],
)
def test_accepted_types(name: str, content: bytes, media_type: str) -> None:
    stream = io.BytesIO(content)
    assert file_types.check_type(name, stream) == media_type
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("invoice.pdf", b"MZ\x90\0" + PDF, "storage.attachment_program"),
        ("setup.exe", b"MZ\x90\0", "storage.attachment_program"),
        ("run.pdf", b"#!/bin/sh\n", "storage.attachment_program"),
        ("run.jpg", b"\x7fELF", "storage.attachment_program"),
        ("a.zip", _zip("a"), "storage.attachment_kind"),
        ("a", PDF, "storage.attachment_kind"),
        ("a.pdf.lnk", PDF, "storage.attachment_kind"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n", "storage.attachment_mismatch"),
        ("a.docx", _zip("xl/workbook.xml"), "storage.attachment_mismatch"),
        ("a.docx", _zip("evil.exe"), "storage.attachment_mismatch"),
        ("a.docx", b"PK\x03\x04 cut off", "storage.attachment_mismatch"),
        ("a.doc", COMPOUND + b"an installer", "storage.attachment_mismatch"),
        ("a.pdf", b"just words", "storage.attachment_mismatch"),
        ("a.pdf", b"", "storage.attachment_empty"),
    ],
)
def test_refused_types(files: Attachments, refused, name: str, content: bytes, code: str) -> None:
    error = refused(code, files.receive, name, io.BytesIO(content))
    assert error.params["name"] == name
    assert not list(files.path("00").parents[1].rglob("*"))


def test_a_large_file_is_refused_before_it_is_read(home: Path, refused) -> None:
    class _Large(io.BytesIO):
        def seek(self, offset: int, whence: int = 0) -> int:
            return 30 * CHUNK if whence == os.SEEK_END else super().seek(offset, whence)

        def read(self, *_: object) -> bytes:
            raise AssertionError("read")

    error = refused(
        "storage.attachment_too_large", Attachments(home / "attachments").receive, "a.pdf", _Large()
    )
    assert error.params == {"name": "a.pdf", "limit_mib": 20}


def test_limit_is_inclusive(home: Path, refused) -> None:
    files = Attachments(home / "attachments", limit_bytes=100)
    files.discard(files.receive("a.pdf", io.BytesIO(PDF.ljust(100))))
    refused("storage.attachment_too_large", files.receive, "a.pdf", io.BytesIO(PDF.ljust(101)))
    assert not list((home / "attachments").iterdir())


def test_same_content_is_stored_once(files: Attachments, rows: AttachmentRows) -> None:
    first, second = _keep(files, rows, PDF), _keep(files, rows, PDF, "other.pdf")
    assert first == second
    assert _read(files, second) == PDF
    assert not list(files.path(first.sha256).parents[1].glob("*.new"))


def test_a_lost_file_handed_in_again_is_whole(files: Attachments, rows: AttachmentRows) -> None:
    row = _keep(files, rows, PDF + bytes(CHUNK))
    files.path(row.sha256).unlink()
    assert files.missing(rows) == [row.sha256]
    assert _keep(files, rows, PDF + bytes(CHUNK)) == row
    assert _read(files, row) == PDF + bytes(CHUNK)
    assert not list(files.path(row.sha256).parents[1].glob("*.new"))


def _damage(sealed: bytes, how: str) -> bytes:
    step = CHUNK + 16
    chunks = [sealed[start : start + step] for start in range(0, len(sealed), step)]
    return {
        "bit": sealed[:5] + bytes([sealed[5] ^ 1]) + sealed[6:],
        "swapped": chunks[1] + chunks[0] + chunks[2],
        "chunk dropped": chunks[0] + chunks[2],
        "cut at a chunk": chunks[0] + chunks[1],
        "cut inside": sealed[:-3],
        "longer": sealed + b"x",
        "empty": b"",
    }[how]


DAMAGES = ("bit", "swapped", "chunk dropped", "cut at a chunk", "cut inside", "longer", "empty")


@pytest.mark.parametrize("how", DAMAGES)
def test_damage_is_noticed(files: Attachments, rows: AttachmentRows, refused, how: str) -> None:
    row = _keep(files, rows, PDF + os.urandom(2 * CHUNK))
    path = files.path(row.sha256)
    path.write_bytes(_damage(path.read_bytes(), how))
    refused("storage.attachment_damaged", _read, files, row)


def test_swapped_chunks_need_their_number(files: Attachments, rows: AttachmentRows, monkeypatch) -> None:
    """The mutation: with one nonce and nothing bound, moved chunks would pass the cipher."""
    monkeypatch.setattr(sealed_files, "_bound", lambda number, total: b"")
    monkeypatch.setattr(sealed_files, "_nonce", lambda number: bytes(12))
    content = PDF + os.urandom(2 * CHUNK)
    row = _keep(files, rows, content)
    path = files.path(row.sha256)
    path.write_bytes(_damage(path.read_bytes(), "swapped"))
    first = next(iter(files.read(row)))
    assert first == content[CHUNK : 2 * CHUNK]


def test_missing_file_and_wrong_key(files: Attachments, rows: AttachmentRows, refused) -> None:
    row = _keep(files, rows, PDF)
    other = AttachmentRow(row.sha256, row.size, row.media_type, AESGCM.generate_key(256), NOW)
    refused("storage.attachment_damaged", _read, files, other)
    files.path(row.sha256).unlink()
    refused("storage.attachment_missing", _read, files, row)


def test_a_unit_of_work_that_fails_leaves_only_what_sweep_removes(
    files: Attachments, engine: sa.Engine
) -> None:
    received = files.receive("a.pdf", io.BytesIO(PDF))
    with engine.connect() as connection:
        files.keep(AttachmentRows(connection), received, NOW)
        connection.rollback()
    with engine.begin() as connection:
        kept = _keep(files, AttachmentRows(connection), PDF + b"kept")
        waiting = files.receive("b.pdf", io.BytesIO(PDF + b"on its way"))
        now_ms = int(waiting.sealed.stat().st_mtime * 1000)
        assert files.sweep(AttachmentRows(connection), now_ms) == 1
        assert not files.path(received.sha256).exists()
        assert waiting.sealed.exists()
        assert _read(files, kept) == PDF + b"kept"
        assert files.sweep(AttachmentRows(connection), now_ms + 25 * 3600 * 1000) == 1
        assert not waiting.sealed.exists()


def test_failed_and_handed_in_again(files: Attachments, engine: sa.Engine) -> None:
    """The file left by the failed attempt is sealed under a lost key and must not be taken for the new one."""
    with engine.connect() as connection:
        _keep(files, AttachmentRows(connection), PDF)
        connection.rollback()
    with engine.begin() as connection:
        row = _keep(files, AttachmentRows(connection), PDF)
    assert _read(files, row) == PDF


def test_disk_full_leaves_nothing(files: Attachments, monkeypatch, refused, home: Path) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sealed_files.os, "fsync", full)
    refused("storage.disk_full", files.receive, "a.pdf", io.BytesIO(PDF))
    assert not list((home / "attachments").iterdir())


def test_unknown_errors_of_the_disk_stay_bugs(files: Attachments, monkeypatch) -> None:
    monkeypatch.setattr(sealed_files, "_seal", lambda *_: (_ for _ in ()).throw(OSError(9999, "?")))
    with pytest.raises(OSError, match=r"\?") as caught:
        files.receive("a.pdf", io.BytesIO(PDF))
    assert not isinstance(caught.value, AppError)
