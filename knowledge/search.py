"""Search: words and meaning, fused by rank, in the base the question belongs to, or else in the others.

Words: candidates come from the rarer words of the question and are scored by the share of its weight they hold (see
`questions`). Meaning: the nearest vectors. Both lists are cut to `ARM`, then each passage gets 1/(60 + place) from each
(reciprocal rank fusion). Base, visibility and whether a passage is in the active index are conditions of the statement
itself, so no passage can be seen by a caller it is not for.

A vector of 1536 numbers does not fit into a row of PostgreSQL, and reading 50,000 of them from where they lie would
take tenths of a second. So where there are many, their signs are compared first, 192 bytes in the row, and only the
nearest of those are compared exactly. Where there are very many, an index leads to the nearest signs (`hnsw`); it goes
on until enough of what it finds passes the conditions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from psycopg.sql import Literal

from knowledge import access, hnsw, routing
from knowledge.embedding import configured_model, question_vector
from knowledge.models import KnowledgeBase
from knowledge.questions import LONGEST_QUESTION, Question, understand
from knowledge.text import normalized
from providers.extractive import wishes
from providers.extractive.parts import asking_clause, core_of, parts_of
from vasdom.planned import planned_cursor

if TYPE_CHECKING:
    from providers.embeddings import EmbeddingModel

ARM = 30
RRF_CONSTANT = 60
EXACT_UP_TO = 4000
COARSE = 120
# Where all bases together hold more passages, the others are asked only while the question's own base is not sure.
LARGE = 10_000
# How far the index is followed: the nearest so many signs, and on, while they are of other bases, to so many rows.
FOLLOWED, FOLLOWED_AT_MOST = 200, 60_000
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
class QuestionVector:
    """Where the vector of a question lies (`EmbeddingCache`), and whose it is."""

    row: int
    model: str
    dimensions: int


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
    model = configured_model()
    readable = [base for base in with_vectors(role, model) if bases is None or base.slug in bases]
    if not readable:
        return SearchResult((), "", 0, "", False)
    asked = normalized(question.replace("\x00", " ")[:LONGEST_QUESTION]).strip()
    routed = routing.route(asked, map(routing.rule_of, readable))
    if not asked:
        return SearchResult((), routed, 0, routed, False)
    limit = max(1, min(limit, MAX_LIMIT))
    row, requests = question_vector(asked) if any(base.vectors for base in readable) else (None, 0)
    vector = QuestionVector(row, model.name, model.dimensions) if model and row is not None else None
    question = wishes.without_unwanted(asked)
    parts = [of_part(part, vector, readable, role, limit, threshold) for part in parts_of(core_of(question))]
    if best_of([one for part in parts for one in part]) < UNSURE_BELOW and (clause := asking_clause(question)):
        again = of_part(clause, vector, readable, role, limit, threshold)
        parts = [again] if best_of(again) > UNSURE_BELOW else parts
    passages = in_turn(parts, limit)
    base = passages[0].base if passages else routed
    return SearchResult(tuple(passages), base, requests, routed, bool(passages) and base != routed)


def of_part(
    asked: str,
    vector: QuestionVector | None,
    readable: Sequence[Base],
    role: str,
    limit: int,
    threshold: float | None,
) -> list[Found]:
    """What answers one question, out of its own base; out of the others where that is better."""
    routed = routing.route(asked, map(routing.rule_of, readable))
    first = next(base for base in readable if base.slug == routed)
    others = [base for base in readable if base is not first]
    understood = understand(asked, [base.pk for base in readable])
    own = look_up(understood, vector, [first], role, limit)
    best = best_of(own)
    floor = first.fallback_threshold if threshold is None else threshold
    margin = 0.0 if best < floor else CLEARLY_BETTER
    is_large = sum(base.passages for base in readable) > LARGE
    if not others or (is_large and best >= max(floor, UNSURE_BELOW)):
        return own
    elsewhere = look_up(understood, vector, others, role, limit)
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


@dataclass(frozen=True, slots=True)
class Base:
    """What a search needs of a base: how many passages its active index has, and vectors of the model in use."""

    pk: int
    slug: str
    is_default: bool
    route_words: str
    veto_words: str
    fallback_threshold: float
    passages: int
    vectors: int


BASES = """
SELECT b.id, b.slug, b.is_default, b.route_words, b.veto_words, b.fallback_threshold,
    coalesce(i.passages, 0), CASE WHEN i.embedding_model = %s THEN i.passages ELSE 0 END
FROM knowledge_knowledgebase b LEFT JOIN knowledge_indexbuild i ON i.base_id = b.id AND i.active
WHERE b.visibility = ANY(%s) ORDER BY b.is_default DESC, b.slug
"""


def with_vectors(role: str, model: EmbeddingModel | None) -> list[Base]:
    """The bases a role may read, the default one first."""
    with planned_cursor() as cursor:
        cursor.execute(BASES, [model.name if model else None, access.visibilities(role)])
        return [Base(*row) for row in cursor.fetchall()]


def look_up(
    question: Question, vector: QuestionVector | None, bases: Sequence[Base | KnowledgeBase], role: str, limit: int
) -> list[Found]:
    """One hybrid search over these bases; with a vector they come from `with_vectors`."""
    keys = [base.pk for base in bases]
    among = sum(getattr(base, "vectors", None) or 0 for base in bases) if vector else 0
    match = question.match(keys)
    if not match and not among:
        return []
    way = next(name for name, most in WAYS.items() if among <= most)
    sql, values = statement(question, match, way, vector)
    values |= {"bases": keys, "visible": access.visibilities(role), "limit": limit}
    with planned_cursor() as cursor:
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
# Normalized, which changes no angle: a value just made lies at hand, the row's would be fetched at each comparison.
ASKED = """, asked AS MATERIALIZED (
    SELECT l2_normalize(embedding) AS v, binary_quantize(embedding)::bit({dimensions}) AS signs
    FROM knowledge_embeddingcache{index} WHERE id = %(vector)s
)"""
NEAR = "SELECT id, 1 - distance AS cosine, row_number() OVER (ORDER BY distance, id) AS place FROM ({nearest}) nearest"
# How the index is followed, in this statement only: it is read when the index is first asked, which takes the signs.
# Relaxed: what is found is put in order afterwards anyway.
INDEX = f""", (
        SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true),
            set_config('hnsw.ef_search', '{FOLLOWED}', true),
            set_config('hnsw.max_scan_tuples', '{FOLLOWED_AT_MOST}', true)
        OFFSET 0
    ) index"""
EXACT = """
    SELECT passage_id AS id, embedding <=> (SELECT v FROM asked) AS distance
    FROM knowledge_passagevector
    WHERE {have_vectors}
    ORDER BY distance LIMIT {arm}"""
BY_SIGNS = """
    SELECT id, embedding <=> (SELECT v FROM asked) AS distance
    FROM (
        SELECT passage_id AS id, embedding FROM knowledge_passagevector
        WHERE {have_vectors} AND model = {model}
        ORDER BY {signs} <~> (SELECT signs FROM asked) LIMIT {coarse}
    ) coarse
    ORDER BY distance LIMIT {arm}"""
# Up to how many vectors each way is taken.
WAYS: dict[str, float] = {"": 0, "exact": EXACT_UP_TO, "signs": hnsw.WORTH_FROM, "hnsw": float("inf")}
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
        SELECT id, cover * (1 + {heading} * (words @@ %(titles)s::tsquery)::int) AS cover,
            ts_rank('{{0.1, 0.2, 0.6, 1.0}}', words, %(any)s::tsquery, 33) AS rank
        FROM (
            SELECT id, words, cover
            FROM (
                SELECT id, words, ({sum}) / %(weight)s AS cover
                FROM knowledge_passage
                WHERE live AND base_id = ANY(ARRAY(SELECT id FROM scope)) AND words @@ %(match)s::tsquery
                LIMIT {candidates}
            ) candidates
            ORDER BY cover DESC, id LIMIT {kept}
        ) kept
    ) scored
    ORDER BY place LIMIT {arm}"""
CLOSENESS = 0.5
HEADING = 0.15  # how much surer a passage is whose heading has the question's most telling word
KEPT = 100
MOST_CANDIDATES = 600


def statement(question: Question, match: str, way: str, vector: QuestionVector | None) -> tuple[str, dict[str, Any]]:
    """The SQL of one search, and its values but for bases, visibility and limit. `way` is one of WAYS."""
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
    asked, near = "", NO_VECTORS
    if way and vector is not None:
        asked, inner = nearest(way, vector)
        near = NEAR.format(nearest=inner)
        values |= {"vector": vector.row, "model": vector.model}
    return FUSED.format(scope=SCOPE, asked=asked, words=words, near=near, rrf=RRF_CONSTANT), values


def nearest(way: str, vector: QuestionVector) -> tuple[str, str]:
    """The vector that is asked for, and the nearest ones to it, as pieces of SQL."""
    asked = ASKED.format(dimensions=vector.dimensions, index=INDEX if way == "hnsw" else "")
    if way == "exact":
        return asked, EXACT.format(arm=ARM, have_vectors=HAVE_VECTORS)
    signs = hnsw.expression(vector.dimensions)
    # The model is written out: the index is of one model, and is taken when the text says which.
    model = Literal(vector.model).as_string().replace("%", "%%")
    return asked, BY_SIGNS.format(arm=ARM, coarse=COARSE, have_vectors=HAVE_VECTORS, signs=signs, model=model)
