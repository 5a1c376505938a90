"""Whether a citation is honest: its text stands in the document it names, and what was said stands in it."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.models import DocumentVersion
from knowledge.passages import cells, plain
from knowledge.text import folded
from voice.events import CRM_BASE, Citation
from voice.grounding import Sources
from voice.learning.asking import Answer


def faults(answer: Answer, before: Sequence[Answer] = ()) -> list[str]:
    """What is dishonest in an answer, in Russian sentences. `before` may be repeated: «говорите громче»."""
    found = [f"цитаты нет в документе «{one.document}»" for one in answer.citations if not stands(one)]
    sources = Sources()
    for each in (*before, answer):
        for one in each.citations:
            sources.add(one.text, one.heading, one.document)
        for use in each.end.tool_calls if each.end is not None else ():
            sources.add(use.result)
    if missing := sources.missing(answer.text):
        found.append(f"без источника: {', '.join(sorted(value for _, value in missing))}")
    return found


def stands(citation: Citation) -> bool:
    """The cited text is the version's own: every sentence of it, and of a row of a table every cell.

    Rows of a tool are no document; they are what the tool read, and are compared by the schedule's own cases.
    """
    if citation.base == CRM_BASE:
        return bool(citation.text.strip())
    version = DocumentVersion.objects.filter(document_id=citation.document_id, number=citation.version).first()
    if version is None:
        return False
    written = _flat(version.text)
    rows = {cell for line in version.text.splitlines() if "|" in line for cell in map(_flat, cells(line))}
    return all(_line_stands(line, written, rows) for line in citation.text.splitlines() if line.strip())


def _line_stands(line: str, written: str, rows: set[str]) -> bool:
    if _flat(line) in written:
        return True
    values = [part.partition(": ")[2] or part for part in line.split("; ")]
    return all(_flat(value) in rows for value in values)


def _flat(text: str) -> str:
    return folded(plain(text.replace("\n", " ")))
