"""Tables in files from outside, row by row as text: Excel (.xlsx) and CSV. Hostile files are refused before they cost.

What a file is, its content says, not its name. Formulas are never evaluated: a cell gives the value that was saved.
"""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from db.errors import known
from domain.errors import AppError

MAX_BYTES = 10 << 20
MAX_UNPACKED_BYTES = 64 << 20
MAX_SMALL_PART_BYTES = 4 << 20
"""Of parts that hold no rows (styles, the workbook itself), which are read whole."""
MAX_PARTS = 500
MAX_ELEMENTS = 3_000_000
"""50,000 rows of 29 columns; openpyxl takes 100 bytes and more for each."""
MAX_SMALL_ELEMENTS = 300_000
MAX_DEPTH = 64
MAX_COLUMNS = 64
MAX_SHEET_ROWS = 1_048_576
"""Excel's own limit; a row that says it is a later one ends the table."""
MAX_CELL = 2_000
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SHEETS = 20

Cells = Sequence[str]
Table = Iterator[tuple[int, Cells]]


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """The rows of the file's table with their numbers, from 1. ``files.not_found``, ``enterprises.list_*``."""
    content = _content(path)
    if content.startswith(_OLD_EXCEL):
        raise AppError("enterprises.list_old_excel", name=path.name)
    if not content.startswith(_ZIP):
        yield _csv_rows(content, path.name)
        return
    book = _open_book(content, path.name)
    try:
        yield _guarded(_sheet_rows(book), path.name)
    finally:
        book.close()


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise AppError("enterprises.list_too_large", name=path.name, limit_mib=MAX_BYTES >> 20)
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise AppError("files.not_found", name=path.name) from None
    except OSError as error:
        raise known(error) from error
    if len(content) > MAX_BYTES:
        raise AppError("enterprises.list_too_large", name=path.name, limit_mib=MAX_BYTES >> 20)
    if not content.strip():
        raise AppError("enterprises.list_empty", name=path.name)
    return content


def _open_book(content: bytes, name: str) -> Any:
    from openpyxl import load_workbook

    # It tells of charts and validations that it leaves out; nobody here asked for them.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")
    try:
        _check_archive(content, name)
        return load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except AppError:
        raise
    except Exception as error:
        # openpyxl lets many kinds of errors through where a file is not what it says it is.
        raise AppError("enterprises.list_damaged", name=name) from error


def _check_archive(content: bytes, name: str) -> None:
    """Refuse what would unpack to too much, and XML that is made to cost time or memory."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        # Python's zipfile gives out no more of a part than its header declares.
        if len(parts) > MAX_PARTS or sum(map(_weight, parts)) > MAX_UNPACKED_BYTES:
            raise _bomb(name)
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                with archive.open(part) as opened:
                    _Inspection(name, MAX_ELEMENTS if _holds_rows(part) else MAX_SMALL_ELEMENTS).read(opened)


def _weight(part: zipfile.ZipInfo) -> int:
    """What ``part`` unpacks to; more than everything together may where it is far too large for what it is."""
    fits = _holds_rows(part) or part.file_size <= MAX_SMALL_PART_BYTES
    return part.file_size if fits else MAX_UNPACKED_BYTES + 1


def _holds_rows(part: zipfile.ZipInfo) -> bool:
    name = part.filename.lower()
    return name.startswith(("xl/worksheets/", "xl/pivotcache/", "xl/media/")) or "sharedstrings" in name


def _bomb(name: str) -> AppError:
    return AppError("enterprises.list_bomb", name=name, limit_mib=MAX_UNPACKED_BYTES >> 20)


class _Inspection:
    """Reads XML without keeping any of it: openpyxl would build a tree that takes 50 times the text.

    Refuses a document type (entities could multiply), too many elements, and nesting deeper than any spreadsheet's.
    """

    def __init__(self, name: str, most: int) -> None:
        self._name = name
        self._most = most
        self._depth = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._on_start
        self._parser.EndElementHandler = self._on_end
        self._parser.StartDoctypeDeclHandler = self._on_doctype

    def read(self, xml: IO[bytes]) -> None:
        """``enterprises.list_bomb``, ``enterprises.list_damaged``, and ``ExpatError`` for what is no XML."""
        while chunk := xml.read(1 << 16):
            self._parser.Parse(chunk, False)
        self._parser.Parse(b"", True)

    def _on_start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._most -= 1
        if self._depth > MAX_DEPTH or self._most < 0:
            raise _bomb(self._name)

    def _on_end(self, tag: str) -> None:
        self._depth -= 1

    def _on_doctype(self, *_: Any) -> None:
        raise AppError("enterprises.list_damaged", name=self._name)


def _sheet_rows(book: Any) -> Table:
    """The first visible sheet that holds anything."""
    for sheet in book.worksheets[:_SHEETS]:
        if sheet.sheet_state != "visible":
            continue
        rows = _numbered(
            sheet.iter_rows(min_row=1, max_row=MAX_SHEET_ROWS, max_col=MAX_COLUMNS, values_only=True)
        )
        first = next((pair for pair in rows if any(pair[1])), None)
        if first is not None:
            yield first
            yield from rows
            return


def _numbered(rows: Iterable[Sequence[Any]]) -> Table:
    for number, row in enumerate(rows, start=1):
        if any(value is not None for value in row):
            yield number, [_text(value) for value in row]


def _text(value: Any) -> str:
    """A cell as a person reads it: whole numbers without a point, dates by day."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 1e15:
        return f"{value:e}"
    return str(value)[:MAX_CELL]


def _guarded(rows: Table, name: str) -> Table:
    try:
        yield from rows
    except AppError:
        raise
    except Exception as error:
        raise AppError("enterprises.list_damaged", name=name) from error


def _csv_rows(content: bytes, name: str) -> Table:
    text = _decoded(content, name)
    first = text.splitlines()[0] if text.splitlines() else ""
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return _guarded(_csv_cells(reader), name)


def _csv_cells(reader: Any) -> Table:
    for number, row in enumerate(reader, start=1):
        yield number, [cell[:MAX_CELL] for cell in row[:MAX_COLUMNS]]


def _decoded(content: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise AppError("enterprises.list_unreadable", name=name)
