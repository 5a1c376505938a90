"""Tables as CSV and XLSX files that Excel opens as they are, and in which no cell can become a formula."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell = str | int | float | Decimal | date | None
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
FORBIDDEN_IN_XML = {code: None for code in range(32) if code not in (9, 10, 13)}
IN_MEMORY_BYTES = 1_000_000
NARROWEST_COLUMN, WIDEST_COLUMN = 12, 60
MEASURED_ROWS = 200


def safe_text(value: str) -> str:
    """Text that no spreadsheet reads as a formula: an apostrophe stands before a dangerous first character."""
    text = value.translate(FORBIDDEN_IN_XML)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def written(value: Cell) -> Any:
    """A cell as CSV shows it: dates and fractions as Russian Excel reads them, an unknown number as nothing."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, Decimal | float):
        return str(value).replace(".", ",")
    return safe_text(value) if isinstance(value, str) else value


def csv_file(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    """UTF-8 with a byte order mark and semicolons, as Russian Excel expects; large files go to disk."""
    file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 -- the caller reads and closes it
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe_text(name) for name in header])
    for row in rows:
        writer.writerow([written(value) for value in row])
    text.flush()
    text.detach()
    file.seek(0)
    return file


def column_widths(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> list[int]:
    """In characters: room for the header and for the longest of these cells, within reason."""
    widths = [max(len(name) + 4, NARROWEST_COLUMN) for name in header]
    for row in rows:
        widths = [max(width, len(str(written(cell))) + 2) for width, cell in zip(widths, row, strict=True)]
    return [min(width, WIDEST_COLUMN) for width in widths]


def xlsx_file(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    """One sheet with a frozen bold header, written row by row; memory does not grow with the rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    coming = iter(rows)
    first = list(islice(coming, MEASURED_ROWS))
    for number, width in enumerate(column_widths(header, first), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    cells = []
    for name in header:
        cell = WriteOnlyCell(sheet, value=name)
        cell.font = Font(bold=True)
        cells.append(cell)
    sheet.append(cells)
    for row in chain(first, coming):
        sheet.append([safe_text(value) if isinstance(value, str) else value for value in row])
    file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 -- the caller reads and closes it
    book.save(file)
    file.seek(0)
    return file
