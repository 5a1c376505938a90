"""Search: words and meaning, fused by rank, in the base the question belongs to, or else in the others.

Words: candidates come from the rarer words of the question and are scored by the share of its weight they hold (see
`questions`). Meaning: the nearest vectors. Both lists are cut to `ARM`, then each passage gets 1/(60 + place) from each
(reciprocal rank fusion). Base, visibility and whether a passage is in the active index are conditions of the statement
itself, so no passage can be seen by a caller it is not for.

A vector of 1536 numbers does not fit into a row of PostgreSQL, and reading 50,000 of them from where they lie would
take tenths of a second. So where there are many, their signs are compared first, 192 bytes in the row, and only the
nearest few hundred are compared exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.db import connection
from pgvector import Vector

from knowledge import access, routing
from knowledge.embedding import model_name, question_vector
from knowledge.models import IndexBuild, KnowledgeBase
from knowledge.questions import LONGEST_QUESTION, Question, understand
from knowledge.text import normalized
from providers.extractive import wishes
from providers.extractive.parts import core_of, parts_of

ARM = 30
RRF_CONSTANT = 60
EXACT_UP_TO = 4000
COARSE = 120
# Cosines of unrelated and of well-matching Russian texts, as the common models give them: 0 and 1 of the score.
COSINE_FLOOR, COSINE_FULL = 0.2, 0.7
# Below a base's threshold the better of two answers wins; a middling one gives way only to one that is far better.
UNSURE_BELOW, CLEARLY_BETTER = 0.6, 0.25
BETTER = 0.1  # how much a passage of another base must fit better to stand before one of the question's own
DEFAULT_LIMIT = 6
MAX_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was found. `score` is its relevance 0…1, by which thresholds are judged."""

    passage_id: int
    document: str
    heading: str
    text: str
    base: str
    score: float
    version: int
    document_id: int = 0
    version_id: int = 0


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`base` answered, `routed` was asked first; `embedding_requests` is 1 for a new question, 0 for a known one.

    `base` and `routed` are empty when the caller may read no base at all.
    """

    passages: tuple[Found, ...]
    base: str
    embedding_requests: int
    routed: str
    fell_back: bool

    @property
    def best(self) -> float:
        return max((found.score for found in self.passages), default=0.0)


def search(
    question: str,
    *,
    bases: Sequence[str] | None = None,
    role: str,
    limit: int = DEFAULT_LIMIT,
    threshold: float | None = None,
) -> SearchResult:
    """The passages that answer a question best, best first.

    Args:
        bases: slugs to choose from; None = all the role may read.
        role: `public`, `staff` or the name of a role; an unknown one is a stranger's.
        limit: how many passages at most.
        threshold: below it the other bases are asked too; None = the base's own.
    """
    readable = [base for base in access.readable_bases(role) if bases is None or base.slug in bases]
    if not readable:
        return SearchResult((), "", 0, "", False)
    asked = normalized(question.replace("\x00", " ")[:LONGEST_QUESTION]).strip()
    routed = routing.route(asked, map(routing.rule_of, readable))
    if not asked:
        return SearchResult((), routed, 0, routed, False)
    limit = max(1, min(limit, MAX_LIMIT))
    sizes = with_vectors(readable)
    vector, requests = question_vector(asked) if sizes else (None, 0)
    parts = [
        of_part(part, vector, readable, role, limit, sizes, threshold)
        for part in parts_of(core_of(wishes.without_unwanted(asked)))
    ]
    passages = in_turn(parts, limit)
    base = passages[0].base if passages else routed
    return SearchResult(tuple(passages), base, requests, routed, bool(passages) and base != routed)


def of_part(
    asked: str,
    vector: list[float] | None,
    readable: Sequence[KnowledgeBase],
    role: str,
    limit: int,
    sizes: dict[int, int],
    threshold: float | None,
) -> list[Found]:
    """What answers one question, out of its own base; out of the others where that is better."""
    routed = routing.route(asked, map(routing.rule_of, readable))
    first = next(base for base in readable if base.slug == routed)
    others = [base for base in readable if base is not first]
    understood = understand(asked, [base.pk for base in readable])
    own = look_up(understood, vector, [first], role, limit, sizes)
    elsewhere = look_up(understood, vector, others, role, limit, sizes) if others else []
    best = best_of(own)
    floor = first.fallback_threshold if threshold is None else threshold
    margin = 0.0 if best < floor else CLEARLY_BETTER
    if best < max(floor, UNSURE_BELOW) and best_of(elsewhere) > best + margin:
        return elsewhere
    return merged(own, elsewhere)[:limit]


def merged(own: Sequence[Found], elsewhere: Sequence[Found]) -> list[Found]:
    """Both lists in one, each in its order; the other bases' passage goes first only where it is the better one."""
    mine, others = list(own), list(elsewhere)
    found: list[Found] = []
    while mine and others:
        found.append(others.pop(0) if found and others[0].score > mine[0].score + BETTER else mine.pop(0))
    return found + mine + others


def in_turn(parts: Sequence[Sequence[Found]], limit: int) -> list[Found]:
    """The first of every part, then the second ones; nothing twice."""
    found: dict[int, Found] = {}
    for row in zip_longest(*parts):
        for one in row:
            if one is not None:
                found.setdefault(one.passage_id, one)
    return list(found.values())[:limit]


def best_of(passages: Sequence[Found]) -> float:
    return max((found.score for found in passages), default=0.0)


def with_vectors(bases: Sequence[KnowledgeBase]) -> dict[int, int]:
    """Passages by base, of those bases whose active index has vectors of the model in use."""
    model = model_name()
    if not model:
        return {}
    builds = IndexBuild.objects.filter(active=True, base__in=bases, embedding_model=model)
    return dict(builds.values_list("base_id", "passages"))


def look_up(
    question: Question,
    vector: list[float] | None,
    bases: Sequence[KnowledgeBase],
    role: str,
    limit: int,
    sizes: dict[int, int],
) -> list[Found]:
    """One hybrid search over these bases."""
    keys = [base.pk for base in bases]
    near = vector if any(key in sizes for key in keys) else None
    match = question.match(keys)
    if not match and near is None:
        return []
    coarse = sum(sizes.get(key, 0) for key in keys) > EXACT_UP_TO
    sql, values = statement(question, match, near is not None, coarse)
    values |= {"bases": keys, "visible": access.visibilities(role), "limit": limit}
    if near is not None:
        values |= {"vector": Vector(near).to_text(), "model": model_name()}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [found(row) for row in cursor.fetchall()]


def found(row: tuple[Any, ...]) -> Found:
    pk, document, heading, text, base, cover, cosine, version, document_id, version_id = row
    near = 0.0 if cosine is None else (cosine - COSINE_FLOOR) / (COSINE_FULL - COSINE_FLOOR)
    score = round(min(1.0, max(cover or 0.0, near, 0.0)), 4)
    return Found(pk, document, heading, text, base, score, version, document_id, version_id)


# --- the statement

NO_WORDS = "SELECT NULL::bigint AS id, NULL::float AS cover, NULL::bigint AS place WHERE false"
NO_VECTORS = "SELECT NULL::bigint AS id, NULL::float AS cosine, NULL::bigint AS place WHERE false"
SCOPE = """scope AS MATERIALIZED (
    SELECT id FROM knowledge_knowledgebase WHERE id = ANY(%(bases)s) AND visibility = ANY(%(visible)s)
)"""
# The vectors beside the passages of a base are those of its active build, and change with it in one transaction.
HAVE_VECTORS = """base_id = ANY(ARRAY(
        SELECT base_id FROM knowledge_indexbuild
        WHERE active AND embedding_model = %(model)s AND base_id IN (SELECT id FROM scope)
    ))"""
# Once in the statement: as text it is 17 KB.
ASKED = """, asked AS MATERIALIZED (
    SELECT v, binary_quantize(v) AS signs FROM (SELECT %(vector)s::vector AS v) given
)"""
NEAR_EXACT = """
    SELECT passage_id AS id, 1 - (embedding <=> (SELECT v FROM asked)) AS cosine
    FROM knowledge_passagevector
    WHERE {have_vectors}
    ORDER BY embedding <=> (SELECT v FROM asked) LIMIT {arm}"""
NEAR_COARSE = """
    SELECT passage_id AS id, 1 - (embedding <=> (SELECT v FROM asked)) AS cosine
    FROM knowledge_passagevector WHERE passage_id = ANY(ARRAY(
        SELECT passage_id FROM knowledge_passagevector
        WHERE {have_vectors}
        ORDER BY bits <~> (SELECT signs FROM asked) LIMIT {coarse}
    ))
    ORDER BY embedding <=> (SELECT v FROM asked) LIMIT {arm}"""
FUSED = """
WITH {scope}{asked}, words AS ({words}), near AS ({near}),
fused AS (
    SELECT coalesce(words.id, near.id) AS id, words.cover, near.cosine,
        coalesce(1.0 / ({rrf} + words.place), 0) + coalesce(1.0 / ({rrf} + near.place), 0) AS rank
    FROM words FULL JOIN near ON near.id = words.id
    ORDER BY rank DESC, cover DESC NULLS LAST, id LIMIT %(limit)s
)
SELECT p.id, d.title, p.heading, p.text, b.slug, fused.cover, fused.cosine, v.number, d.id, v.id
FROM fused
JOIN knowledge_passage p ON p.id = fused.id
JOIN knowledge_document d ON d.id = p.document_id
JOIN knowledge_documentversion v ON v.id = p.version_id
JOIN knowledge_knowledgebase b ON b.id = p.base_id
ORDER BY fused.rank DESC, fused.cover DESC NULLS LAST, p.id
"""
WORDS = """
    SELECT id, cover, row_number() OVER (ORDER BY cover + {closeness} * rank DESC, id) AS place
    FROM (
        SELECT id, cover, ts_rank('{{0.1, 0.2, 0.6, 1.0}}', words, %(any)s::tsquery, 33) AS rank
        FROM (
            SELECT id, words, ({sum}) / %(weight)s * (1 + {heading} * (words @@ %(titles)s::tsquery)::int) AS cover
            FROM knowledge_passage
            WHERE live AND base_id = ANY(ARRAY(SELECT id FROM scope)) AND words @@ %(match)s::tsquery
            LIMIT {candidates}
        ) candidates
        ORDER BY cover DESC, id LIMIT {kept}
    ) scored
    ORDER BY place LIMIT {arm}"""
CLOSENESS = 0.5
HEADING = 0.15  # how much surer a passage is whose heading has the question's most telling word
KEPT = 100
MOST_CANDIDATES = 600


def statement(question: Question, match: str, has_vector: bool, coarse: bool) -> tuple[str, dict[str, Any]]:
    """The SQL of one search, and its values but for bases, visibility, limit and vector."""
    words = NO_WORDS
    values: dict[str, Any] = {}
    if match:
        parts = []
        for number, term in enumerate(question.terms):
            values |= {f"t{number}": term.query, f"w{number}": term.weight}
            parts.append(f"CASE WHEN words @@ %(t{number})s::tsquery THEN %(w{number})s::float ELSE 0 END")
        values |= {"any": question.any_term, "match": match, "weight": question.weight or 1.0}
        values["titles"] = question.titles
        words = WORDS.format(
            heading=HEADING, sum=" + ".join(parts), closeness=CLOSENESS, kept=KEPT, arm=ARM, candidates=MOST_CANDIDATES
        )
    near = NO_VECTORS
    if has_vector:
        inner = (NEAR_COARSE if coarse else NEAR_EXACT).format(arm=ARM, coarse=COARSE, have_vectors=HAVE_VECTORS)
        near = f"SELECT id, cosine, row_number() OVER (ORDER BY cosine DESC, id) AS place FROM ({inner}) nearest"
    asked = ASKED if has_vector else ""
    return FUSED.format(scope=SCOPE, asked=asked, words=words, near=near, rrf=RRF_CONSTANT), values
