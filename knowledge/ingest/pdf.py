"""PDF: the text layer, page by page. A scan has none, and says so."""

from __future__ import annotations

import io
import logging

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from knowledge.errors import TooLarge, Unreadable
from knowledge.ingest.limits import Limits
from knowledge.ingest.reading import Extracted, tidy

LETTERS_OF_A_SCAN = 20  # fewer a page is a page number or a stamp, not text
BROKEN = (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OSError)


def read_pdf(name: str, content: bytes, limits: Limits) -> Extracted:
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable(name, "он защищён паролем.")
        count = len(reader.pages)
    except BROKEN as exc:
        if isinstance(exc, Unreadable):
            raise
        raise Unreadable(name, "это не PDF, или он повреждён.") from exc
    if count > limits.pages:
        raise TooLarge(name, f"в нём {count} страниц, принимается не больше {limits.pages}.")
    pages, failed = [], []
    size = 0
    for number in range(count):
        try:
            text = tidy(reader.pages[number].extract_text() or "")
        except BROKEN:
            failed.append(number + 1)
            text = ""
        pages.append(joined(text))
        size += len(text)
        if size > limits.text_characters:
            raise TooLarge(name, f"в нём больше {limits.text_characters} знаков текста, разделите его на части.")
    empty = [number for number, text in enumerate(pages, 1) if len(text.strip()) < LETTERS_OF_A_SCAN]
    if count and len(empty) == count:
        raise Unreadable(name, "это скан: в нём нет текста, только изображения. Распознайте его и загрузите снова.")
    return Extracted("\n\n".join(filter(None, pages)), pages=count, remarks=tuple(remarks(empty, failed)))


def remarks(empty: list[int], failed: list[int]) -> list[str]:
    told = []
    if scans := [number for number in empty if number not in failed]:
        told.append(f"Страницы без текста (скан или рисунок): {listed(scans)}.")
    if failed:
        told.append(f"Не удалось прочитать страницы: {listed(failed)}.")
    return told


def listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:20])) + (" и другие" if len(numbers) > 20 else "")


def joined(text: str) -> str:
    """Lines of a printed page put together to paragraphs; words cut at a line's end made whole."""
    lines: list[str] = []
    for line in map(str.strip, text.split("\n")):
        before = lines[-1] if lines else ""
        if before and line and before[-1] == "-" and before[-2:-1].isalpha() and line[0].islower():
            lines[-1] = before[:-1] + line
        elif before and line and line[0].islower() and before[-1] not in ".!?:;":
            lines[-1] = f"{before} {line}"
        else:
            lines.append(line)
    return "\n".join(lines)
