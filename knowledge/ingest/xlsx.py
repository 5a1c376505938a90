"""Excel: every sheet a heading and a table, its first filled row the names of the columns."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

from lxml.etree import LxmlError
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from knowledge.errors import TooLarge, Unreadable
from knowledge.ingest.archive import BROKEN, opened
from knowledge.ingest.limits import Limits
from knowledge.ingest.reading import Extracted, table, tidy


def read_xlsx(name: str, content: bytes, limits: Limits) -> Extracted:
    opened(name, content, limits, "книга Excel").close()
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = [(sheet.title, rows_of(name, sheet, limits)) for sheet in book.worksheets]
    except (InvalidFileException, LxmlError, ParseError, KeyError, TypeError, AttributeError, *BROKEN) as exc:
        if isinstance(exc, Unreadable):
            raise
        raise Unreadable(name, "это не книга Excel (.xlsx), или она повреждена.") from exc
    parts = [f"## {title}\n\n{table(rows)}" for title, rows in sheets if rows]
    return Extracted(tidy("\n\n".join(parts)), pages=len(sheets))


def rows_of(name: str, sheet: Any, limits: Limits) -> list[list[str]]:
    rows: list[list[str]] = []
    cells = 0
    for values in sheet.iter_rows(values_only=True):
        row = [text_of(value) for value in values]
        while row and not row[-1]:
            row.pop()
        cells += len(row) or 1
        if cells > limits.cells:
            raise TooLarge(name, f"на листе «{sheet.title}» больше {limits.cells} ячеек.")
        if row:
            rows.append(row)
    return rows


def text_of(value: object) -> str:
    """As people write it: 12,5 and 05.11.2026."""
    match value:
        case None:
            return ""
        case bool():
            return "да" if value else "нет"
        case datetime() if value.time() == time():
            return f"{value:%d.%m.%Y}"
        case datetime():
            return f"{value:%d.%m.%Y %H:%M}"
        case date():
            return f"{value:%d.%m.%Y}"
        case float():
            return f"{value:.10g}".replace(".", ",")
        case _:
            return str(value)
