"""Tables for other programs."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from db.errors import known


def write_xlsx(target: Path, title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """Write an Excel file of text cells. No cell is a formula: ``=cmd…`` stays the text it is.

    ``storage.*`` where the file cannot be written.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, name in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = max(12, 2 * len(name) + 6)

    def cell(value: str) -> WriteOnlyCell:
        made = WriteOnlyCell(sheet, value=_printable(value))
        made.data_type = "s"
        # The mark that Excel itself sets for text typed after an apostrophe: it stays text when it is edited.
        made.quotePrefix = value[:1] in "=+-@" and bool(value)
        return made

    for row in (header, *rows):
        sheet.append([cell(value) for value in row])
    unfinished = target.with_name(f"{target.name}.part")
    try:
        book.save(unfinished)
        unfinished.replace(target)
    except OSError as error:
        raise known(error) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return target


def _printable(text: str) -> str:
    """Without the characters that the file format cannot hold."""
    return "".join(c for c in text if c in "\t\n" or ord(c) >= 0x20)
