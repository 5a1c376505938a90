"""One file's bytes to text, by the kind of the file. Runs in the worker process; raises `Unreadable`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from knowledge.errors import TooLarge, Unreadable
from knowledge.ingest.limits import KINDS, Limits


@dataclass(frozen=True, slots=True)
class Extracted:
    """A file that was read. `remarks` are Russian sentences about what was left out."""

    text: str
    pages: int | None = None
    remarks: tuple[str, ...] = field(default=())


def read(name: str, content: bytes, limits: Limits) -> Extracted:
    """The text of a file.

    Raises:
        Unreadable: the reason, in Russian; TooLarge where it is a limit.
    """
    kind = kind_of(name)
    if not content:
        raise Unreadable(name, "он пуст.")
    if kind in {".md", ".txt"}:
        from knowledge.ingest.plain import read_plain as reader
    elif kind == ".pdf":
        from knowledge.ingest.pdf import read_pdf as reader
    elif kind == ".docx":
        from knowledge.ingest.docx import read_docx as reader
    elif kind == ".xlsx":
        from knowledge.ingest.xlsx import read_xlsx as reader
    else:
        from knowledge.ingest.archive import read_archive as reader
    extracted = reader(name, content, limits)
    if len(extracted.text) > limits.text_characters:
        raise TooLarge(name, f"в нём больше {limits.text_characters} знаков текста, разделите его на части.")
    if not extracted.text.strip():
        raise Unreadable(name, "в нём нет текста.")
    return extracted


def kind_of(name: str) -> str:
    kind = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    if kind not in KINDS:
        raise Unreadable(name, f"такие файлы не принимаются, нужен {', '.join(KINDS)}.")
    return kind


def tidy(text: str) -> str:
    """Text that PostgreSQL can hold: no NUL, no stray half of a surrogate pair, one kind of line end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").replace("\f", "\n")
    return text.encode("utf-8", "ignore").decode()


def table(rows: list[list[str]]) -> str:
    """Rows as a Markdown table; the first names the columns."""
    width = max((len(row) for row in rows), default=0)
    if not width:
        return ""
    lines = ["| " + " | ".join(cell(row, number) for number in range(width)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * width, *lines[1:]])


def cell(row: list[str], number: int) -> str:
    return " ".join(row[number].split()).replace("|", "\\|") if number < len(row) else ""
