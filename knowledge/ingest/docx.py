"""Word: paragraphs in order, headings by their style, tables as tables."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from docx import Document as open_document
from docx.opc.exceptions import OpcError
from docx.table import Table
from lxml.etree import LxmlError

from knowledge.errors import Unreadable
from knowledge.ingest.archive import BROKEN, opened
from knowledge.ingest.limits import Limits
from knowledge.ingest.reading import Extracted, table, tidy

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

HEADING_STYLE = re.compile(r"^(?:heading|заголовок)\s*(\d)", re.IGNORECASE)
LIST_STYLE = re.compile(r"^(?:list|список|маркированный|нумерованный)", re.IGNORECASE)
TITLE_STYLES = {"title", "название"}
DEEPEST_HEADING = 6


def read_docx(name: str, content: bytes, limits: Limits) -> Extracted:
    opened(name, content, limits, "документ Word").close()
    try:
        document = open_document(io.BytesIO(content))
        blocks = list(blocks_of(document))
    except (OpcError, LxmlError, KeyError, AttributeError, *BROKEN) as exc:
        raise Unreadable(name, "это не документ Word (.docx), или он повреждён.") from exc
    return Extracted(tidy("\n\n".join(blocks)))


def blocks_of(document: Any) -> Iterator[str]:
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield table([row_of(row) for row in block.rows])
        elif text := block.text.strip():
            yield marked(block, text)


def row_of(row: Any) -> list[str]:
    """Texts of a row; a cell merged over several columns comes once in each."""
    return [cell.text for cell in row.cells]


def marked(paragraph: Paragraph, text: str) -> str:
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    if match := HEADING_STYLE.match(style):
        return f"{'#' * min(int(match[1]) or 1, DEEPEST_HEADING)} {' '.join(text.split())}"
    if style.lower() in TITLE_STYLES:
        return f"# {' '.join(text.split())}"
    return f"- {text}" if LIST_STYLE.match(style) else text
