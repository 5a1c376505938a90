"""«Что понял ИИ»: what a version says, what of it is known already, and where it contradicts what is known.

All of it is computed from the text and the passages that answer now; no model is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import HtmlDiff
from html import escape

from knowledge.conflicts import Contradiction, Duplicate, contradictions, duplicates
from knowledge.models import Document, DocumentVersion, Passage
from knowledge.passages import Piece, cut, headings_of

DIFF_CONTEXT_LINES = 3
LONGEST_DIFF_LINES = 4000


@dataclass(frozen=True, slots=True)
class Understanding:
    """`headings` are pairs of level and title; `same_as_now` tells that the document says just this already."""

    characters: int
    words: int
    headings: tuple[tuple[int, str], ...]
    pieces: tuple[Piece, ...]
    duplicates: tuple[Duplicate, ...]
    contradictions: tuple[Contradiction, ...]
    unchanged: int
    same_as_now: bool

    @property
    def topics(self) -> tuple[str, ...]:
        """What can be asked about, judging by the headings: the deepest of every passage, each once."""
        return tuple(dict.fromkeys(piece.headings[-1] for piece in self.pieces if piece.headings))

    @property
    def without_heading(self) -> int:
        return sum(1 for piece in self.pieces if not piece.headings)


def understand(version: DocumentVersion) -> Understanding:
    """Read a version against the passages that answer now, of all bases."""
    document = version.document
    pieces = cut(version.text, document.base.cut)
    others = Passage.objects.filter(live=True).exclude(document=document).select_related("document")
    current = document.current
    return Understanding(
        characters=len(version.text),
        words=len(version.text.split()),
        headings=tuple(headings_of(version.text, document.base.separator)),
        pieces=tuple(pieces),
        duplicates=tuple(duplicates(pieces, others.filter(content_hash__in=[one.content_hash for one in pieces]))),
        contradictions=tuple(contradictions(pieces, others.filter(base=document.base), document)),
        unchanged=unchanged(pieces, document),
        same_as_now=bool(current and current.pk != version.pk and current.text_hash == version.text_hash),
    )


def unchanged(pieces: list[Piece], document: Document) -> int:
    """How many passages the document holds already: those are not learnt anew."""
    held = set(Passage.objects.filter(live=True, document=document).values_list("content_hash", flat=True))
    return sum(1 for piece in pieces if piece.content_hash in held)


def difference(old: DocumentVersion, new: DocumentVersion) -> str:
    """An HTML table that shows two versions side by side; every text in it is escaped.

    Documents too long for that are shown from their beginning.
    """
    table = HtmlDiff(tabsize=4)
    html = table.make_table(
        old.text.splitlines()[:LONGEST_DIFF_LINES],
        new.text.splitlines()[:LONGEST_DIFF_LINES],
        fromdesc=escape(f"Версия {old.number}"),
        todesc=escape(f"Версия {new.number}"),
        context=True,
        numlines=DIFF_CONTEXT_LINES,
    )
    # The page breaks lines itself, and between words.
    return html.replace(' nowrap="nowrap"', "").replace("&nbsp;", " ")
