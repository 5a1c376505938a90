"""«Что понял ИИ»: what a version says, what of it is known already, and where it contradicts what is known.

All of it is computed from the text and the passages that answer now; no model is needed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from difflib import HtmlDiff, SequenceMatcher
from html import escape

from django.db.models import QuerySet

from knowledge.models import Document, DocumentVersion, Passage
from knowledge.passages import PATH_BORDER, Piece, cut, headings_of

NUMBER = re.compile(r"\d+(?:[.,:]\d+)*(?:\s?%)?")
MOST_SHOWN = 200
LIKE = 0.5  # passages under one heading that have less in common are about different things
DIFF_CONTEXT_LINES = 3
LONGEST_DIFF_LINES = 4000


@dataclass(frozen=True, slots=True)
class Known:
    """A passage of another document that answers now."""

    passage_id: int
    document_id: int
    document: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A passage whose words are known already."""

    piece: Piece
    known: Known


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The same heading, nearly the same words, other numbers."""

    piece: Piece
    known: Known
    here: tuple[str, ...]
    there: tuple[str, ...]


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
        contradictions=tuple(contradictions(pieces, others.filter(base=document.base))),
        unchanged=unchanged(pieces, document),
        same_as_now=bool(current and current.pk != version.pk and current.text_hash == version.text_hash),
    )


def unchanged(pieces: list[Piece], document: Document) -> int:
    """How many passages the document holds already: those are not learnt anew."""
    held = set(Passage.objects.filter(live=True, document=document).values_list("content_hash", flat=True))
    return sum(1 for piece in pieces if piece.content_hash in held)


def duplicates(pieces: list[Piece], same: QuerySet[Passage]) -> list[Duplicate]:
    by_hash = {passage.content_hash: known(passage) for passage in same}
    found = [Duplicate(piece, by_hash[piece.content_hash]) for piece in pieces if piece.content_hash in by_hash]
    return found[:MOST_SHOWN]


def contradictions(pieces: list[Piece], others: QuerySet[Passage]) -> list[Contradiction]:
    """Passages with numbers under a heading that another document has too, and the numbers differ."""
    titles = {title_of(piece.path) for piece in pieces if piece.headings}
    by_title: dict[str, list[Passage]] = defaultdict(list)
    for passage in others.exclude(heading=""):
        if (title := title_of(passage.heading)) in titles:
            by_title[title].append(passage)
    found: list[Contradiction] = []
    for piece in pieces:
        ours = numbers(piece.text)
        for passage in by_title.get(title_of(piece.path), []) if ours else []:
            theirs = numbers(passage.text)
            here, there = tuple(n for n in ours if n not in theirs), tuple(n for n in theirs if n not in ours)
            if here and there and alike(piece.text, passage.text):
                found.append(Contradiction(piece, known(passage), here, there))
    return found[:MOST_SHOWN]


def known(passage: Passage) -> Known:
    return Known(passage.pk, passage.document_id, passage.document.title, passage.heading, passage.text)


def title_of(path: str) -> str:
    """The last heading of a path, folded."""
    return " ".join(path.rpartition(PATH_BORDER)[2].lower().replace("ё", "е").split())


def numbers(text: str) -> list[str]:
    """Numbers in the order of the text, each once, written in one way: «5 %» and «5%», «1,5» and «1.5»."""
    return list(dict.fromkeys(match.replace(" ", "").replace(".", ",") for match in NUMBER.findall(text)))


def alike(one: str, other: str) -> bool:
    """Whether two texts, their numbers left out, are about the same."""
    first, second = (NUMBER.sub("", text).lower().split() for text in (one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= LIKE


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
