"""How fast a search is over many passages. Called by the benchmarks, on an empty database of its own.

Passages are made of words drawn as in a language (a few stand everywhere, most are rare), vectors of clusters, as texts
about the same thing have. Half of the questions have a base's common words only. Two bases: both are searched through
the approximate index, and each by its own condition.

Each text is written once and stands in several passages, with a word of its own in each: working out the words of
50,000 texts would take longer than everything else together.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.db import connection

from knowledge import embedding, hnsw
from knowledge import search as module
from knowledge.index import count_words
from knowledge.models import Document, DocumentVersion, IndexBuild, KnowledgeBase
from knowledge.models.index import SLICES, WORDS_SQL
from knowledge.text import text_key

MODEL = "bench"
DIMENSIONS = 1536
CLUSTERS = 400
NOISES = 1000
WORDS_IN_PASSAGE = 130
TEXTS = 5_000
RECALLED = 40  # questions: an exact comparison of all vectors takes about a second
SHARES = {"general": 0.7, "tech": 0.3}
SYLLABLES = "ба ве го ди жу зо ка ле ми но пу ра се ти фо ха цы ше щу эк юр яс бро кла сне тры пли дра гве стро"
COMMON = (
    "уборка подъезд дом этаж бригада лестница площадка окно лифт договор жилец график акт вода пол средство работа "
    "день месяц управляющий компания жалоба чистый мыть перила"
)
COMMON_QUESTIONS = (
    "Сколько стоит уборка подъезда в нашем доме?",
    "Когда бригада моет лестницу и окна на этаже?",
    "Как пожаловаться на уборку лифта и площадки?",
    "Кто подписывает акт за месяц по дому?",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of whole searches on one connection; `recall` is the share of the exactly nearest ten of a base that
    came, in the base where it is least."""

    passages: int
    searches: int
    p50: float
    p95: float
    p99: float
    recall: float
    index_seconds: float


def measure(
    passages: int = 50_000, searches: int = 300, *, seed: int = 1, say: Callable[[str], None] = lambda _: None
) -> Measured:
    """Fill two bases with passages, then search them. Leaves the rows behind: give it a database to throw away."""
    dice = random.Random(seed)
    words = vocabulary(dice)
    shapes = Shapes(dice)
    say(f"making {passages} passages")
    with without_index_of_words():
        write_texts(words, dice)
        for slug, share in SHARES.items():
            fill(base_called(slug), int(passages * share), dice)
    say("their vectors")
    shapes.give_vectors()
    say("the index of vectors")
    began = time.perf_counter()
    hnsw.tend()
    index_seconds = time.perf_counter() - began
    settle()
    say("searching")
    asked = list(questions(searches, words, dice))
    with vectors_at_hand(asked, shapes):
        for question in asked[:20]:
            module.search(question, role="staff")
        times = []
        for question in asked:
            began = time.perf_counter()
            module.search(question, role="staff")
            times.append((time.perf_counter() - began) * 1000)
        found = min(recall(base_called(slug), asked[:RECALLED]) for slug in SHARES)
    times.sort()
    share_of = [times[min(len(times) - 1, int(len(times) * part))] for part in (0.5, 0.95, 0.99)]
    return Measured(passages, searches, *share_of, recall=found, index_seconds=index_seconds)


def base_called(slug: str) -> KnowledgeBase:
    return KnowledgeBase.objects.get_or_create(slug=slug, defaults={"title": slug, "is_default": slug == "general"})[0]


def vocabulary(dice: random.Random) -> list[str]:
    syllables = SYLLABLES.split()
    made = {"".join(dice.choices(syllables, k=dice.randint(2, 4))) for _ in range(40_000)}
    return COMMON.split() + sorted(made)


class Shapes:
    """Vectors in clusters: a centre and two noises out of a pool, added up by the database."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE bench_shape (kind text, number int, v vector)")
            with cursor.copy("COPY bench_shape FROM STDIN") as copy:
                for kind, count, width in (("centre", CLUSTERS, 1.0), ("noise", NOISES, 0.6)):
                    for number in range(count):
                        copy.write_row((kind, number, str([round(dice.gauss(0, width), 3) for _ in range(DIMENSIONS)])))
            cursor.execute("ANALYZE bench_shape")

    def give_vectors(self) -> None:
        """To every passage."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO knowledge_passagevector (passage_id, base_id, model, embedding)
                SELECT p.id, p.base_id, %s, c.v + n.v + m.v
                FROM (SELECT id, base_id,
                        (random() * %s)::int AS c, (random() * %s)::int AS n, (random() * %s)::int AS m
                      FROM knowledge_passage) p
                JOIN bench_shape c ON c.kind = 'centre' AND c.number = p.c
                JOIN bench_shape n ON n.kind = 'noise' AND n.number = p.n
                JOIN bench_shape m ON m.kind = 'noise' AND m.number = p.m
                """,
                [MODEL, CLUSTERS - 1, NOISES - 1, NOISES - 1],
            )

    def give_vector_to(self, question: str) -> None:
        """Near a centre, like a passage's. It has been asked before: what is measured is our own work."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO knowledge_embeddingcache (model, text_hash, is_question, used_at, embedding)"
                " SELECT %s, %s, true, now(), c.v + n.v + m.v FROM bench_shape c, bench_shape n, bench_shape m"
                " WHERE c.kind = 'centre' AND c.number = %s AND n.kind = 'noise' AND n.number = %s"
                " AND m.kind = 'noise' AND m.number = %s",
                [MODEL, key_of(question), self.dice.randrange(CLUSTERS), *self.dice.choices(range(NOISES), k=2)],
            )


@contextmanager
def without_index_of_words() -> Iterator[None]:
    """It is quicker made at once than row by row; and rows are written with words that are worked out already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'knowledge_words'")
        (made_by,) = cursor.fetchone()
        cursor.execute("DROP INDEX knowledge_words")
        cursor.execute("ALTER TABLE knowledge_passage ALTER COLUMN words DROP EXPRESSION")
        yield
        cursor.execute(made_by)


def write_texts(words: list[str], dice: random.Random) -> None:
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bench_text (number int, heading text, text text, base_id int, id int)")
        with cursor.copy("COPY bench_text FROM STDIN") as copy:
            for number in range(TEXTS):
                heading = " ".join(dice.choices(words, cum_weights=weights, k=4))
                text = " ".join(dice.choices(words, cum_weights=weights, k=WORDS_IN_PASSAGE))
                copy.write_row((number, heading, text, 0, 0))
        cursor.execute(f"CREATE TEMP TABLE bench_words AS SELECT *, {WORDS_SQL} AS words FROM bench_text")
        cursor.execute("ANALYZE bench_words")


def fill(base: KnowledgeBase, count: int, dice: random.Random) -> None:
    document = Document.objects.create(base=base, title=f"Замер {base.slug}")
    version = DocumentVersion.objects.create(document=document, number=1, state="trained", text="…", text_hash="x")
    document.current = version
    document.save()
    build = IndexBuild.objects.create(base=base, state="done", active=True, passages=count, embedding_model=MODEL)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO knowledge_passage (base_id, document_id, version_id, build_id, ordinal, heading, text, start,
                "end", content_hash, cutting, live, words)
            SELECT %(base)s, %(document)s, %(version)s, %(build)s, n, heading, text || ' own' || n, 0, 1,
                lpad(n::text, 64, '0'), %(cutting)s, true,
                ts_delete(words, ARRAY['@0', '@s0'])
                    || array_to_tsvector(ARRAY['own' || n, '@' || %(base)s, '@s' || n %% %(slices)s])
            FROM generate_series(1, %(count)s) n JOIN bench_words ON number = (n * 7919 + %(shift)s) %% %(texts)s
            """,
            {
                "base": base.pk,
                "document": document.pk,
                "version": version.pk,
                "build": build.pk,
                "cutting": base.cutting,
                "count": count,
                "slices": SLICES,
                "shift": dice.randrange(TEXTS),
                "texts": TEXTS,
            },
        )
    count_words(base)


def settle() -> None:
    """What has just been written is not to be written while searches are timed."""
    with connection.cursor() as cursor:
        for table in ("knowledge_passage", "knowledge_passagevector", "knowledge_termcount"):
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("CHECKPOINT")


def questions(count: int, words: list[str], dice: random.Random) -> Iterator[str]:
    for number in range(count):
        common = dice.choice(COMMON_QUESTIONS)
        rare = " ".join(dice.sample(words[25:3000], 2) + dice.sample(words[:25], 2))
        yield f"{common if number % 2 else rare} {number}"


def key_of(question: str) -> str:
    return text_key(module.normalized(question).strip())


@contextmanager
def vectors_at_hand(asked: list[str], shapes: Shapes) -> Iterator[None]:
    for question in asked:
        shapes.give_vector_to(question)
    before = embedding.configured_model, module.configured_model
    embedding.configured_model = module.configured_model = lambda *_: Known()  # type: ignore[assignment,return-value]
    try:
        yield
    finally:
        embedding.configured_model, module.configured_model = before


class Known:
    name, dimensions = MODEL, DIMENSIONS

    async def embed(self, texts: Any) -> list[list[float]]:
        raise AssertionError(f"not asked before: {texts}")


def recall(base: KnowledgeBase, asked: list[str]) -> float:
    """Of the base's ten nearest vectors by exact comparison, how many a search brings among its first thirty."""
    found = wanted = 0
    for question in asked:
        row, _ = embedding.question_vector(module.normalized(question).strip())
        assert row is not None
        near = near_ids(base, module.QuestionVector(row, MODEL, DIMENSIONS), "hnsw")
        exact = near_ids(base, module.QuestionVector(row, MODEL, DIMENSIONS), "exact")[:10]
        found += len(set(exact) & set(near))
        wanted += len(exact)
    return found / wanted if wanted else 0.0


def near_ids(base: KnowledgeBase, vector: module.QuestionVector, way: str) -> list[int]:
    """The passages of the vector half of a search, nearest first."""
    asked, inner = module.nearest(way, vector)
    values = {"bases": [base.pk], "visible": ["public", "staff"], "vector": vector.row, "model": vector.model}
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {module.SCOPE}{asked} {inner}", values)
        return [pk for pk, _ in sorted(cursor.fetchall(), key=lambda pair: pair[1])]
