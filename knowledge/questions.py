"""A question as the index understands it: its words, how rare each is, and which of them to look passages up by."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from knowledge.models.index import FOLD, NO_CYRILLIC_WORDS
from knowledge.routing import WORD, folded

LONGEST_QUESTION = 1000
MOST_TERMS = 24
CANDIDATES = 600
"""How many passages are scored by words at most. Rare words bring few passages and are all looked up; of words that
stand everywhere only what several of them share, because they tell next to nothing anyway."""
SHORTEST_BEGINNING, SHORTEST_CODE = 4, 3
BROAD_FROM, BROAD_SHARE = 20, 0.02  # a beginning that stands in more passages than this tells nothing
FEWEST_PASSAGES = 30
UNSURE = 0.8  # how much a match of a word's mere beginning is worth

# Words that carry a question and say nothing of what it is about: beginnings, or with a full stop whole words.
FILLERS = """
здравств добрый. доброе. добрая. привет алло. скажи подскаж расскаж рассказ. объясн пожалуйст будьте. хоте хочу.
хотим. хочется. интересует интересу можно. можете. могу. можешь. нужно. надо. нужен. нужна. узнать. понять. слушай
девушк. вообще. просто. значит. короче. кстати. спасибо. ага. угу. вопрос. вопросик. такой. такая. такое. такие.
этот. эта. это. эти. там. тут. вас. вам. вами. ваш. ваша. ваше. ваши. вашей. ваших. вашу. вашем. вы. мы. нам. нас.
наш. наша. наше. наши. нашем. нашей. меня. мне. какой. какого. какому. каком. какими. какая. какое. какие. каких.
какую. каким. какой-то. который. которая. которые. кто. что. чего. чем. как. где. когда. почему. зачем. сколько.
есть. бывает. бывают. является. делать. ли. же. бы. вот. ну. а. и. или. но. да.
"""
WHOLE_FILLERS = frozenset(word[:-1] for word in FILLERS.split() if word.endswith("."))
FILLER_STEMS = tuple(word for word in FILLERS.split() if not word.endswith("."))


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the question. `query` is its tsquery, `weight` how much it tells: more for rarer words.

    `passages` is in how many it stands, by base.
    """

    query: str
    weight: float
    passages: Mapping[int, int]

    def among(self, bases: Sequence[int]) -> int:
        return sum(self.passages.get(base, 0) for base in bases)


@dataclass(frozen=True, slots=True)
class Question:
    """The words that stand in some passage, and the weight of those that stand in none."""

    terms: tuple[Term, ...]
    unknown: float

    @property
    def any_term(self) -> str:
        return " | ".join(term.query for term in self.terms)

    @property
    def weight(self) -> float:
        return sum(term.weight for term in self.terms) + self.unknown

    def match(self, bases: Sequence[int]) -> str:
        """The tsquery that finds the candidates in these bases; empty when none of its words stands there.

        Any of the rare words, as many as bring few enough passages; or else the two rarest together.
        """
        known = sorted((term.among(bases), term.query) for term in self.terms if term.among(bases))
        chosen: list[str] = []
        found = 0
        for passages, query in known:
            if chosen and found + passages > CANDIDATES:
                break
            chosen.append(query)
            found += passages
        if not chosen:
            return ""
        words = " & ".join(query for _, query in known[:2]) if found > CANDIDATES else " | ".join(chosen)
        return f"({words}) & ({' | '.join(quoted(f'@{base}') for base in bases)})"


TERMS_SQL = f"""
WITH asked AS (SELECT {FOLD.format("%(question)s::text")} AS text), word AS (
    SELECT lexeme, false AS is_code FROM asked, unnest(to_tsvector('russian', asked.text))
    UNION ALL
    SELECT lexeme, true FROM asked, unnest(to_tsvector('simple', {NO_CYRILLIC_WORDS.format("asked.text")}))
), term AS (SELECT lexeme, bool_or(is_code) AS is_code FROM word GROUP BY lexeme)
SELECT term.lexeme, term.is_code, c.base_id, c.passages, (
    SELECT coalesce(sum(passages), 0)::int FROM knowledge_indexbuild WHERE active AND base_id = ANY(%(bases)s)
)
FROM term LEFT JOIN knowledge_termcount c ON c.term = term.lexeme AND c.base_id = ANY(%(bases)s)
"""
BEGINNINGS_SQL = """
SELECT base_id, sum(passages)::int FROM knowledge_termcount
WHERE base_id = ANY(%s) AND term LIKE %s GROUP BY base_id
"""


def understand(question: str, bases: Sequence[int]) -> Question:
    """Look a question's words up in the counts of all bases it may be asked in: what it finds in each compares then."""
    with connection.cursor() as cursor:
        cursor.execute(TERMS_SQL, {"question": essence(question), "bases": list(bases)})
        counts: dict[tuple[str, bool], dict[int, int]] = {}
        total = 0
        for lexeme, is_code, base, passages, total in cursor.fetchall():  # noqa: B007 -- the same in every row
            counts.setdefault((lexeme, is_code), {}).update({base: passages} if base else {})
        terms: list[Term] = []
        unknown = 0.0
        for (lexeme, is_code), known in list(counts.items())[:MOST_TERMS]:
            if known and not (is_code and len(lexeme) >= SHORTEST_CODE):
                terms.append(Term(quoted(lexeme), rarity(known, total), known))
                continue
            beginning = beginning_of(lexeme, is_code)
            longer: dict[int, int] = {}
            if beginning:
                cursor.execute(BEGINNINGS_SQL, [list(bases), like(beginning)])
                longer = dict(cursor.fetchall())
            if not longer or (not is_code and sum(longer.values()) > max(BROAD_FROM, total * BROAD_SHARE)):
                unknown += rarity({}, total)
                continue
            weight = rarity(longer, total)
            sure = 1.0 if is_code else UNSURE
            terms.append(Term(f"{quoted(beginning)}:*", weight * sure, longer))
            unknown += weight * (1 - sure)
    return Question(tuple(terms), unknown)


def beginning_of(lexeme: str, is_code: bool) -> str:
    """What is looked for instead of a word that stands nowhere: a code as it is, a word without its end."""
    if is_code:
        return lexeme if len(lexeme) >= SHORTEST_CODE else ""
    beginning = lexeme[: max(SHORTEST_BEGINNING, len(lexeme) - 2)]
    return beginning if len(beginning) >= SHORTEST_BEGINNING else ""


def essence(question: str) -> str:
    """The question without the words that every question has; all of it where nothing else is left."""
    question = question.replace("\x00", " ")[:LONGEST_QUESTION]
    words = WORD.findall(question)
    telling = [word for word in words if not is_filler(folded(word))]
    return " ".join(telling or words)


def is_filler(word: str) -> bool:
    return word in WHOLE_FILLERS or word.startswith(FILLER_STEMS)


def rarity(counts: Mapping[int, int], total: int) -> float:
    """The inverse document frequency of BM25, which stays positive.

    A base of a few passages is taken for a larger one: else its own words would tell nothing beside one it lacks.
    """
    count, total = min(sum(counts.values()), total), max(total, FEWEST_PASSAGES)
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def like(beginning: str) -> str:
    return beginning.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
