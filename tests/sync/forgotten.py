"""Looking for words in everything that a node keeps: pages of its files decrypted one by one, tables, other files.

A store's pages are decrypted here by hand, so that free pages, the unused parts of pages and the log are read, too.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pypdfium2
import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from db.files.attachment_rows import AttachmentRow
from db.files.attachments import Attachments, _unseal
from db.files.partial_files import PartialFiles, partial_key

_PAGE, _RESERVED, _SALT = 4096, 80, 16
_WAL_HEAD, _FRAME_HEAD = 32, 24


def pages(path: Path, key: bytes) -> Iterator[bytes]:
    """Every page of an encrypted store or backup, free ones too, and every frame of its log."""
    data = path.read_bytes()
    if path.name.endswith("-wal"):
        step = _FRAME_HEAD + _PAGE
        for at in range(_WAL_HEAD, len(data) - step + 1, step):
            number = struct.unpack(">I", data[at : at + 4])[0]
            yield _plain(data[at + _FRAME_HEAD : at + step], key, first=number == 1)
        return
    for at in range(0, len(data), _PAGE):
        yield _plain(data[at : at + _PAGE], key, first=at == 0)


def _plain(page: bytes, key: bytes, *, first: bool) -> bytes:
    content = page[_SALT if first else 0 : -_RESERVED]
    vector = page[-_RESERVED : -_RESERVED + 16]
    decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return decryptor.update(content) + decryptor.finalize()


def in_home(home: Path, key: bytes, needles: list[bytes]) -> list[str]:
    """Where in ``home`` any of ``needles`` stands: file names."""
    found = []
    for file in sorted(one for one in home.rglob("*") if one.is_file()):
        if file.name.endswith("-shm"):
            continue
        is_store = ".db" in "".join(file.suffixes)
        texts = pages(file, key) if is_store and key else iter([file.read_bytes()])
        if any(needle in text for text in texts for needle in needles):
            found.append(str(file.relative_to(home)))
            continue
        if any(needle in text for text in _streams(file) for needle in needles):
            found.append(str(file.relative_to(home)))
    return found


def _streams(file: Path) -> Iterator[bytes]:
    """What a paper says, and what a dump holds compressed."""
    if file.suffix == ".pdf":
        with closing(pypdfium2.PdfDocument(file)) as paper:
            yield "".join(page.get_textpage().get_text_range() for page in paper).encode()
    data = file.read_bytes() if file.suffix == ".dump" else b""
    at = -1
    while (at := data.find(b"\x78", at + 1)) >= 0:
        if data[at + 1 : at + 2] in (b"\x01", b"\x5e", b"\x9c", b"\xda"):
            try:
                yield zlib.decompressobj().decompress(data[at:])
            except zlib.error:
                continue


def in_attachments(home: Path, rows: list[AttachmentRow], needles: list[bytes]) -> list[str]:
    """Where a sealed file of ``home`` can still be opened by one of the keys in ``rows`` and holds a needle."""
    found = []
    for row in rows:
        path = Attachments(home / "attachments").path(row.sha256)
        if path.exists():
            with path.open("rb") as sealed:
                content = b"".join(_unseal(sealed, row))
            if any(needle in content for needle in needles):
                found.append(row.sha256[:8])
    return found


def in_parts(home: Path, seed: bytes, needles: list[bytes]) -> list[str]:
    """Files in part that hold a needle."""
    parts = PartialFiles(home / "sync/incoming", partial_key(seed))
    return [
        one.name
        for one in (home / "sync/incoming").glob("*.part")
        if any(needle in b"".join(parts.read(one.stem)) for needle in needles)
    ]


def in_database(engine: sa.Engine, needles: list[bytes]) -> list[str]:
    """Tables of a database with a needle in any of its values, and the files of its cluster that hold one."""
    words = [needle.decode() for needle in needles]
    found = []
    with engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"'):
                values = [
                    bytes(one).decode("utf-8", "replace") if isinstance(one, bytes) else str(one)
                    for one in row
                ]
                if any(word in value for value in values for word in words):
                    found.append(table)
                    break
        folder = Path(connection.exec_driver_sql("SHOW data_directory").scalar_one())
    # Other databases of the server come and go meanwhile: ``os.walk`` passes over what has gone.
    for file in (Path(where, name) for where, _, names in os.walk(folder) for name in names):
        try:
            data = file.read_bytes()
        except OSError:
            continue
        if any(needle in data for needle in needles):
            found.append(str(file.relative_to(folder)))
    return found
