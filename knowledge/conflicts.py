"""What of a new text is known already, and where it says otherwise than what is known. No model is needed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db.models import QuerySet

from knowledge import search
from knowledge.access import STAFF
from knowledge.models import Document, Passage
from knowledge.passages import PATH_BORDER, SENTENCE_END, Piece
from knowledge.questions import understand as understood_question
from providers.extractive.words import stems

NUMBER = re.compile(r"\d+(?:[.,:]\d+)*(?:\s?%)?")
MOST_SHOWN = 200
LIKE = 0.5  # passages under one heading that have less in common are about different things
# Sentences under different headings: as many words, this share of them in common.
FEWEST_WORDS, SAME_WORDS = 4, 0.6
MOST_SENTENCES = 60  # each is looked for among what is known
LOOKED_AT = 4


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
    """Nearly the same words, other numbers. `said` and `known_says` are what differs: a sentence or a whole passage."""

    piece: Piece
    known: Known
    here: tuple[str, ...]
    there: tuple[str, ...]
    said: str
    known_says: str


def duplicates(pieces: Sequence[Piece], same: QuerySet[Passage]) -> list[Duplicate]:
    by_hash = {passage.content_hash: known(passage) for passage in same}
    found = [Duplicate(piece, by_hash[piece.content_hash]) for piece in pieces if piece.content_hash in by_hash]
    return found[:MOST_SHOWN]


def contradictions(pieces: Sequence[Piece], others: QuerySet[Passage], document: Document) -> list[Contradiction]:
    """Of passages under one heading, and of sentences wherever they stand. `others` are the base's live passages."""
    found = list(under_one_heading(pieces, others))
    told = {(one.piece.start, one.known.passage_id) for one in found}
    found += [one for one in between_sentences(pieces, document) if (one.piece.start, one.known.passage_id) not in told]
    return found[:MOST_SHOWN]


def under_one_heading(pieces: Sequence[Piece], others: QuerySet[Passage]) -> Iterator[Contradiction]:
    """Passages with numbers under a heading that another document has too, and the numbers differ."""
    titles = {title_of(piece.path) for piece in pieces if piece.headings}
    by_title: dict[str, list[Passage]] = defaultdict(list)
    for passage in others.exclude(heading=""):
        if (title := title_of(passage.heading)) in titles:
            by_title[title].append(passage)
    for piece in pieces:
        for passage in by_title.get(title_of(piece.path), []) if NUMBER.search(piece.text) else []:
            here, there = differing(piece.text, passage.text)
            if here and there and alike(piece.text, passage.text):
                yield Contradiction(piece, known(passage), here, there, piece.text, passage.text)


def between_sentences(pieces: Sequence[Piece], document: Document) -> Iterator[Contradiction]:
    """Sentences of nearly the same words as one that is known, under whatever heading, with other numbers."""
    asked = 0
    for piece in pieces:
        for sentence in sentences(piece.text):
            if asked == MOST_SENTENCES:
                return
            asked += 1
            yield from against_known(piece, sentence, document)


def against_known(piece: Piece, sentence: str, document: Document) -> Iterator[Contradiction]:
    words = words_of(sentence)
    question = understood_question(sentence, [document.base_id])
    for one in search.look_up(question, None, [document.base], STAFF, LOOKED_AT):
        if one.document_id == document.pk:
            continue
        for other in sentences(one.text):
            theirs = words_of(other)
            if len(words & theirs) < SAME_WORDS * len(words | theirs):
                continue
            here, there = differing(sentence, other)
            if here and there:
                found = Known(one.passage_id, one.document_id, one.document, one.heading, one.text)
                yield Contradiction(piece, found, here, there, sentence, other)


def sentences(text: str) -> list[str]:
    """Those with a number and enough words to tell what it is a number of."""
    parts = [part.strip() for line in text.splitlines() for part in SENTENCE_END.split(line)]
    return [part for part in parts if NUMBER.search(part) and len(words_of(part)) >= FEWEST_WORDS]


def words_of(text: str) -> frozenset[str]:
    return stems(NUMBER.sub(" ", text))


def differing(one: str, other: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The numbers that only the first text has, and those that only the other has."""
    ours, theirs = numbers(one), numbers(other)
    return tuple(n for n in ours if n not in theirs), tuple(n for n in theirs if n not in ours)


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
