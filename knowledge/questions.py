"""A question as the index understands it: its words, how rare each is, and which of them to look passages up by."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from knowledge.models.index import FOLD, NO_CYRILLIC_WORDS
from knowledge.routing import WORD, folded

LONGEST_QUESTION = 1000
MOST_TERMS = 24
CANDIDATES = 600
"""How many passages are scored by words at most. Rare words bring few passages and are all looked up; of words that
stand everywhere only what several of them share, because they tell next to nothing anyway."""
SHORTEST_BEGINNING = 4
UNSURE = 0.8  # how much a match of a word's mere beginning is worth
CODE = re.compile(r"\d|^[a-z]{2,}$")

# Words that carry a question and say nothing of what it is about: beginnings, or with a full stop whole words.
FILLERS = """
здравств добрый. доброе. добрая. привет алло. скажи подскаж расскаж рассказ. объясн пожалуйст будьте. хоте хочу.
хотим. хочется. интересует интересу можно. можете. могу. можешь. нужно. надо. нужен. нужна. узнать. понять. слушай
девушк. вообще. просто. значит. короче. кстати. спасибо. ага. угу. вопрос. вопросик. такой. такая. такое. такие.
этот. эта. это. эти. там. тут. вас. вам. вами. ваш. ваша. ваше. ваши. вашей. ваших. вашу. вашем. вы. мы. нам. нас.
наш. наша. наше. наши. нашем. нашей. меня. мне. какой. какого. какому. каком. какими. какая. какое. какие. каких. какую. каким. какой-то. который.
которая. которые. кто. что. чего. чем. как. где. когда. почему. зачем. сколько. есть. бывает. бывают. является.
делать. ли. же. бы. вот. ну. а. и. или. но. да.
"""
WHOLE_FILLERS = frozenset(word[:-1] for word in FILLERS.split() if word.endswith("."))
FILLER_STEMS = tuple(word for word in FILLERS.split() if not word.endswith("."))


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the question. `query` is its tsquery, `weight` how much it tells (more for rarer words)."""

    query: str
    weight: float
    passages: int


@dataclass(frozen=True, slots=True)
class Question:
    """`terms` rarest first; `unknown` the weight of words that stand in no passage; `match` what to look up by."""

    terms: tuple[Term, ...]
    unknown: float
    match: str

    @property
    def any_term(self) -> str:
        return " | ".join(term.query for term in self.terms)

    @property
    def weight(self) -> float:
        return sum(term.weight for term in self.terms) + self.unknown


TERMS_SQL = f"""
WITH asked AS (SELECT {FOLD.format("%(question)s::text")} AS text), term AS (
    SELECT lexeme, false AS is_code FROM asked, unnest(to_tsvector('russian', asked.text))
    UNION ALL
    SELECT lexeme, true FROM asked, unnest(to_tsvector('simple', {NO_CYRILLIC_WORDS.format("asked.text")}))
)
SELECT lexeme, bool_or(is_code),
    coalesce((SELECT sum(passages) FROM knowledge_termcount WHERE base_id = ANY(%(bases)s) AND term = lexeme), 0)::int,
    (SELECT coalesce(sum(passages), 0) FROM knowledge_indexbuild WHERE active AND base_id = ANY(%(bases)s))::int
FROM term GROUP BY lexeme
"""
BEGINNINGS_SQL = """
SELECT coalesce(sum(passages), 0)::int FROM knowledge_termcount
WHERE base_id = ANY(%s) AND term LIKE %s
"""


def understand(question: str, bases: Sequence[int]) -> Question:
    """Look a question's words up in the counts of all bases it may be asked in: what it finds in each compares then."""
    with connection.cursor() as cursor:
        cursor.execute(TERMS_SQL, {"question": essence(question), "bases": list(bases)})
        rows = cursor.fetchall()[:MOST_TERMS]
        terms: list[Term] = []
        unknown = 0.0
        for lexeme, is_code, count, total in rows:
            beginning = lexeme if CODE.search(lexeme) else lexeme[: max(SHORTEST_BEGINNING, len(lexeme) - 2)]
            if count and not (is_code and len(lexeme) >= SHORTEST_BEGINNING - 1):
                terms.append(Term(quoted(lexeme), rarity(count, total), count))
                continue
            longer = 0
            if len(beginning) >= SHORTEST_BEGINNING - (1 if is_code else 0):
                cursor.execute(BEGINNINGS_SQL, [list(bases), like(beginning)])
                (longer,) = cursor.fetchone()
            if not longer:
                unknown += rarity(0, total)
            elif is_code:
                terms.append(Term(f"{quoted(lexeme)}:*", rarity(min(longer, total), total), longer))
            else:
                weight = rarity(min(longer, total), total)
                terms.append(Term(f"{quoted(beginning)}:*", weight * UNSURE, longer))
                unknown += weight * (1 - UNSURE)
    terms.sort(key=lambda term: (term.passages, term.query))
    return Question(tuple(terms), unknown, matching(terms))


def essence(question: str) -> str:
    """The question without the words that every question has; all of it where nothing else is left."""
    question = question.replace("\x00", " ")[:LONGEST_QUESTION]
    words = WORD.findall(question)
    telling = [word for word in words if not is_filler(folded(word))]
    return " ".join(telling or words)


def is_filler(word: str) -> bool:
    return word in WHOLE_FILLERS or word.startswith(FILLER_STEMS)


def matching(terms: Sequence[Term]) -> str:
    """The tsquery that finds the candidates: any of the rare words, or else those common ones together."""
    chosen: list[str] = []
    found = 0
    for term in terms:
        if found + term.passages > CANDIDATES and chosen:
            break
        chosen.append(term.query)
        found += term.passages
    if len(chosen) == 1 and len(terms) > 1 and found > CANDIDATES:
        return " & ".join(term.query for term in terms[:2])
    return " | ".join(chosen)


def rarity(count: int, total: int) -> float:
    """The inverse document frequency of BM25, which stays positive."""
    return math.log(1 + (max(total, count) - count + 0.5) / (count + 0.5))


def quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def like(beginning: str) -> str:
    return beginning.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
