"""What a handed-in file really is, by its content, held against its name.

Accepted are documents and pictures that a window can show or print. Archives are not: nobody sees what they
hold.
"""

import re
import zipfile
from pathlib import PurePath
from typing import BinaryIO

from domain.errors import AppError

_OFFICE = "application/vnd.openxmlformats-officedocument."
# Ending of the name -> media type.
ACCEPTED = {
    ".pdf": "application/pdf",
    ".ofd": "application/ofd",  # GB/T 33190, the national format of invoices and licences
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".heic": "image/heic",
    ".webp": "image/webp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".docx": _OFFICE + "wordprocessingml.document",
    ".xlsx": _OFFICE + "spreadsheetml.sheet",
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
}
_HEAD = 4096
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
_HEADS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb".{0,1024}?%PDF-", re.DOTALL), ".pdf"),
    (re.compile(rb"\xff\xd8\xff"), ".jpg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), ".png"),
    (re.compile(rb"....ftyp(heic|heix|heim|heis|mif1|msf1)", re.DOTALL), ".heic"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), ".webp"),
    (re.compile(rb"II\*\x00|MM\x00\*"), ".tif"),
)
_ZIP = b"PK\x03\x04"
_COMPOUND = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB]: the container of old office files, and of installers
)
_ZIP_PARTS = (("word/document.xml", ".docx"), ("xl/workbook.xml", ".xlsx"), ("OFD.xml", ".ofd"))
_COMPOUND_PARTS = (("WordDocument", ".doc"), ("Workbook", ".xls"))


def check_type(name: str, content: BinaryIO) -> str:
    """The media type of ``content`` (seekable; left at its start) that was handed in as ``name``.

    Errors: ``storage.attachment_kind`` (the ending is not accepted), ``storage.attachment_program`` (a
    program, whatever its name), ``storage.attachment_mismatch`` (the content is something else than the name
    says).
    """
    content.seek(0)
    head = content.read(_HEAD)
    if head.startswith(_PROGRAMS):
        raise AppError("storage.attachment_program", name=name)
    ending = PurePath(name).suffix.lower()
    if ending not in ACCEPTED:
        raise AppError("storage.attachment_kind", name=name, accepted=" ".join(ACCEPTED))
    found = _ending_of(head, content)
    content.seek(0)
    if found is None or ACCEPTED[found] != ACCEPTED[ending]:
        raise AppError("storage.attachment_mismatch", name=name)
    return ACCEPTED[found]


def _ending_of(head: bytes, content: BinaryIO) -> str | None:
    for pattern, ending in _HEADS:
        if pattern.match(head):
            return ending
    if head.startswith(_ZIP):
        return _inside_zip(content)
    if head.startswith(_COMPOUND):
        return _inside_compound(content)
    return None


def _inside_zip(content: BinaryIO) -> str | None:
    try:
        with zipfile.ZipFile(content) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    return next((ending for part, ending in _ZIP_PARTS if part in names), None)


def _inside_compound(content: BinaryIO) -> str | None:
    """The directory of a compound file lists its parts by name in UTF-16."""
    content.seek(0)
    everything = content.read()
    return next((e for part, e in _COMPOUND_PARTS if part.encode("utf-16-le") in everything), None)
