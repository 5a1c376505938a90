"""A question as the index understands it: its words, how rare each is, and which of them to look passages up by."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.models.index import FOLD, NO_CYRILLIC_WORDS, SLICES, SOUND
from knowledge.wording import LONGEST_QUESTION as LONGEST_QUESTION
from knowledge.wording import Word, codes_of, word_of, words_of
from vasdom.planned import planned_cursor

CANDIDATES = 600
"""How many passages are scored by words at most. Rare words bring few passages and are all looked up; of words that
stand everywhere only what several of them share, because they tell next to nothing anyway, and of that only what some
slices of the passages hold."""
SAMPLED = 450  # in these slices, if words stand together by chance only
SHORTEST_BEGINNING, SHORTEST_CODE, SHORTEST_SOUND = 4, 3, 3
BROAD_FROM, BROAD_SHARE = 20, 0.02  # a beginning that stands in more passages than this tells nothing
FEWEST_PASSAGES = 30
UNSURE = 0.8  # how much a match of a word's mere beginning, or of its sound, is worth
MISSING_CODE = 1.5  # a named machine that no document knows: whatever else fits, it is another one
MOST_ALIKE = 12
NO_THING_KNOWN = 2.0

LEXEME = re.compile(r"('(?:[^']|'')*')(:\*)?")

Counts = dict[int, int]
"""In how many passages, by base."""


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
    """The words that stand in some passage, the weight of those that stand in none; how many passages a base has."""

    terms: tuple[Term, ...]
    unknown: float
    passages: Mapping[int, int]

    @property
    def any_term(self) -> str:
        return " | ".join(term.query for term in self.terms)

    @property
    def weight(self) -> float:
        return sum(term.weight for term in self.terms) + self.unknown

    @property
    def titles(self) -> str:
        """The tsquery of headings that have the most telling words; two of many, the one of few."""
        telling = sorted(self.terms, key=lambda term: -term.weight)[: 1 if len(self.terms) < 3 else 2]
        return " | ".join(LEXEME.sub(lambda match: f"{match[1]}:{'*' if match[2] else ''}A", t.query) for t in telling)

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
        is_rare = found <= CANDIDATES
        words = f"({' | '.join(chosen)})" if is_rare else " & ".join(query for _, query in known[:2])
        slices = SLICES if is_rare else self._slices([passages for passages, _ in known[:2]], bases)
        within = [any_of(f"@{base}" for base in bases)]
        if slices < SLICES:
            within.append(any_of(f"@s{number}" for number in range(slices)))
        return " & ".join([words, *within])

    def _slices(self, counts: Sequence[int], bases: Sequence[int]) -> int:
        """How many slices hold enough passages with all the words that stand in so many each."""
        among = max(1, sum(self.passages.get(base, 0) for base in bases))
        together = math.prod(min(1.0, count / among) for count in counts) * among
        return math.ceil(SLICES * SAMPLED / max(together, 1.0))


TERMS_SQL = f"""
WITH asked AS (
    SELECT given.number, {FOLD.format("given.form")} AS text
    FROM unnest(%(numbers)s::int[], %(forms)s::text[]) AS given(number, form)
), word AS (
    SELECT number, lexeme, false AS is_code FROM asked, unnest(to_tsvector('russian', asked.text))
    UNION
    SELECT number, lexeme, true FROM asked, unnest(to_tsvector('simple', {NO_CYRILLIC_WORDS.format("asked.text")}))
)
SELECT NULL, NULL, NULL, base_id, passages FROM knowledge_indexbuild WHERE active AND base_id = ANY(%(bases)s)
UNION ALL
SELECT word.number, word.lexeme, word.is_code, c.base_id, c.passages
FROM word LEFT JOIN LATERAL (
    SELECT base_id, passages FROM knowledge_termcount
    WHERE term = word.lexeme AND base_id = ANY(%(bases)s) OFFSET 0  -- by the index: else all the counts are read
) c ON true
"""
BEGINNINGS_SQL = """
SELECT base_id, sum(passages)::int FROM knowledge_termcount
WHERE base_id = ANY(%s) AND term LIKE %s GROUP BY base_id
"""
SOUNDS_SQL = f"""
SELECT term, base_id, passages FROM knowledge_termcount
WHERE base_id = ANY(%s) AND {SOUND.format("term")} = {SOUND.format("%s::text")} LIMIT {MOST_ALIKE}
"""
PHRASE_SQL = """
SELECT base_id, count(*)::int FROM knowledge_passage
WHERE live AND base_id = ANY(%s) AND words @@ %s::tsquery GROUP BY base_id
"""


@dataclass(slots=True)
class Looked:
    """What the counts say of one word: the lexemes of its forms, and those of them that are known."""

    lexemes: dict[str, bool] = field(default_factory=dict)  # with whether it is a code
    known: dict[str, Counts] = field(default_factory=dict)


def understand(question: str, bases: Sequence[int]) -> Question:
    """Look a question's words up in the counts of all bases it may be asked in: what it finds in each compares then."""
    words = words_of(question)
    return _Reader(words, list(bases)).read(codes_of(question))


class _Reader:
    """Looks the words of one question up, each as it is, else as its beginning, its sound, or joined to the next."""

    def __init__(self, words: Sequence[Word], bases: list[int]) -> None:
        self._words, self._bases = words, bases
        self._terms: dict[str, Term] = {}
        self._unknown = 0.0
        self._sizes: Counts = {}
        self._knows_a_thing = False

    @property
    def _total(self) -> int:
        return sum(self._sizes.values())

    def read(self, codes: Iterable[tuple[str, str]]) -> Question:
        with planned_cursor() as self._cursor:
            looked = self._look_up([word.forms for word in self._words])
            done: set[int] = set()
            for number, word in enumerate(self._words):
                if number in done:
                    continue
                if self._add(word, looked[number]):
                    self._knows_a_thing |= word.is_thing
                    continue
                if beside := self._joined(number, looked):
                    self._knows_a_thing = True
                    done.add(beside)
                    continue
                self._unknown += rarity({}, self._total) * word.unknown
            for code in codes:
                self._add_code(*code)
        if not self._knows_a_thing:
            self._unknown *= NO_THING_KNOWN  # «почём билеты в театр?»: of all of it, a price list knows «почём»
        return Question(tuple(self._terms.values()), self._unknown, self._sizes)

    def _look_up(self, forms: Sequence[Sequence[str]]) -> list[Looked]:
        numbered = [(number, form) for number, each in enumerate(forms) for form in each]
        found = [Looked() for _ in forms]
        if not numbered:
            return found
        numbers, texts = zip(*numbered, strict=True)
        self._cursor.execute(TERMS_SQL, {"numbers": list(numbers), "forms": list(texts), "bases": self._bases})
        for number, lexeme, is_code, base, passages in self._cursor.fetchall():
            if number is None:
                self._sizes[base] = passages
                continue
            found[number].lexemes[lexeme] = found[number].lexemes.get(lexeme, False) or is_code
            if base:
                found[number].known.setdefault(lexeme, {})[base] = passages
        return found

    def _add(self, word: Word, looked: Looked) -> bool:
        """Whether the word is known, by itself, its beginning or its sound."""
        exact = {lexeme: counts for lexeme, counts in looked.known.items() if not self._is_open(lexeme, looked)}
        if exact:
            self._keep([quoted(lexeme) for lexeme in exact], exact.values(), word.known)
            return True
        if not looked.lexemes:
            return True  # a word that the index does not keep: «где», «или»
        if word.is_family:
            return False
        for lexeme, is_code in looked.lexemes.items():
            if counts := self._beginning(lexeme, is_code):
                query = f"{quoted(beginning_of(lexeme, is_code))}:*"
                self._keep([query], [counts], 1.0 if is_code else UNSURE * word.known)
                if not is_code:
                    self._unknown += rarity(counts, self._total) * word.known * (1 - UNSURE)
                return True
        return self._sounds_like(looked.lexemes, word)

    def _is_open(self, lexeme: str, looked: Looked) -> bool:
        """Codes are found by their beginning: «МП» of «МП-350»."""
        return looked.lexemes[lexeme] and len(lexeme) >= SHORTEST_CODE

    def _beginning(self, lexeme: str, is_code: bool) -> Counts:
        beginning = beginning_of(lexeme, is_code)
        if not beginning:
            return {}
        self._cursor.execute(BEGINNINGS_SQL, [self._bases, like(beginning)])
        counts: Counts = dict(self._cursor.fetchall())
        is_broad = not is_code and sum(counts.values()) > max(BROAD_FROM, self._total * BROAD_SHARE)
        return {} if is_broad else counts

    def _sounds_like(self, lexemes: Iterable[str], word: Word) -> bool:
        """«Падъезд» is heard as «подъезд» is."""
        alike: dict[str, Counts] = {}
        for lexeme in lexemes:
            if len(lexeme) >= SHORTEST_SOUND:
                self._cursor.execute(SOUNDS_SQL, [self._bases, lexeme])
                for term, base, passages in self._cursor.fetchall():
                    alike.setdefault(term, {})[base] = passages
        if not alike:
            return False
        self._keep([quoted(term) for term in alike], alike.values(), UNSURE * max(word.known, 0.9))
        return True

    def _joined(self, number: int, looked: Sequence[Looked]) -> int:
        """«Ко мерческое»: an unknown word that is known once it is joined to the next; that one's number, else 0."""
        if number + 1 >= len(self._words):
            return 0
        joined = word_of(self._words[number].text + self._words[number + 1].text)
        (found,) = self._look_up([joined.forms])
        if joined.is_family or found.known:
            return number + 1 if self._add(joined, found) else 0
        return number + 1 if self._sounds_like(found.lexemes, joined) else 0

    def _add_code(self, letters: str, digits: str) -> None:
        """«РЭМ-300» is one name: the number of another machine is no match of it."""
        query = f"({quoted(letters)} <-> {quoted(digits)})"
        self._cursor.execute(PHRASE_SQL, [self._bases, query])
        counts: Counts = dict(self._cursor.fetchall())
        if counts:
            self._keep([query], [counts], 1.0)
        else:
            self._unknown += rarity({}, self._total) * MISSING_CODE

    def _keep(self, queries: Sequence[str], counts: Iterable[Mapping[int, int]], worth: float) -> None:
        together: Counts = {}
        for each in counts:
            for base, passages in each.items():
                together[base] = max(together.get(base, 0), passages)  # one passage may hold several of them
        query = queries[0] if len(queries) == 1 else f"({' | '.join(sorted(queries))})"
        self._terms.setdefault(query, Term(query, rarity(together, self._total) * worth, together))


def beginning_of(lexeme: str, is_code: bool) -> str:
    """What is looked for instead of a word that stands nowhere: a code as it is, a word without its end."""
    if is_code:
        return lexeme if len(lexeme) >= SHORTEST_CODE else ""
    beginning = lexeme[: max(SHORTEST_BEGINNING, len(lexeme) - 2)]
    return beginning if len(beginning) >= SHORTEST_BEGINNING else ""


def rarity(counts: Mapping[int, int], total: int) -> float:
    """The inverse document frequency of BM25, which stays positive.

    A base of a few passages is taken for a larger one: else its own words would tell nothing beside one it lacks.
    """
    count, total = min(sum(counts.values()), total), max(total, FEWEST_PASSAGES)
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def any_of(words: Iterable[str]) -> str:
    return f"({' | '.join(map(quoted, words))})"


def like(beginning: str) -> str:
    return beginning.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
