"""How fast a search is over many passages. Called by the benchmarks, on an empty database of its own.

Passages are made of words drawn as in a language (a few stand everywhere, most are rare), vectors of clusters, as texts
about the same thing have. Half of the questions have a base's common words only.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.db import connection

from knowledge import embedding
from knowledge import search as module
from knowledge.index import count_words
from knowledge.models import (
    Document,
    DocumentVersion,
    EmbeddingCache,
    IndexBuild,
    KnowledgeBase,
    Passage,
)
from knowledge.text import text_key

MODEL = "bench"
DIMENSIONS = 1536
CLUSTERS = 400
NOISES = 1000
WORDS_IN_PASSAGE = 130
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
    """Milliseconds of whole searches on one connection; `recall` is the share of the exactly nearest ten that came."""

    passages: int
    searches: int
    p50: float
    p95: float
    p99: float
    recall: float


def measure(
    passages: int = 50_000, searches: int = 300, *, seed: int = 1, say: Callable[[str], None] = lambda _: None
) -> Measured:
    """Fill the first base with passages, then search it. Leaves the rows behind: give it a database to throw away."""
    dice = random.Random(seed)
    words = vocabulary(dice)
    base = KnowledgeBase.objects.get_or_create(slug="general", defaults={"title": "Замер", "is_default": True})[0]
    shapes = Shapes(dice)
    say(f"making {passages} passages")
    fill(base, passages, words, dice)
    say("their vectors")
    shapes.give_vectors(base)
    say("searching")
    asked = list(questions(searches, words, shapes, dice))
    with vectors_at_hand(asked):
        for question, _ in asked[:20]:
            module.search(question, role="staff")
        times = []
        for question, _ in asked:
            began = time.perf_counter()
            module.search(question, role="staff")
            times.append((time.perf_counter() - began) * 1000)
    times.sort()
    share = [times[min(len(times) - 1, int(len(times) * part))] for part in (0.5, 0.95, 0.99)]
    return Measured(passages, searches, *share, recall=recall(base, asked[:40]))


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
            for kind, count, width in (("centre", CLUSTERS, 1.0), ("noise", NOISES, 0.6)):
                rows = [
                    (kind, number, str([round(dice.gauss(0, width), 3) for _ in range(DIMENSIONS)]))
                    for number in range(count)
                ]
                cursor.executemany("INSERT INTO bench_shape VALUES (%s, %s, %s)", rows)

    def give_vectors(self, base: KnowledgeBase) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO knowledge_passagevector (passage_id, base_id, model, embedding)
                SELECT p.id, p.base_id, %s, c.v + n.v + m.v
                FROM (SELECT id, base_id,
                        (random() * %s)::int AS c, (random() * %s)::int AS n, (random() * %s)::int AS m
                      FROM knowledge_passage WHERE base_id = %s) p
                JOIN bench_shape c ON c.kind = 'centre' AND c.number = p.c
                JOIN bench_shape n ON n.kind = 'noise' AND n.number = p.n
                JOIN bench_shape m ON m.kind = 'noise' AND m.number = p.m
                """,
                [MODEL, CLUSTERS - 1, NOISES - 1, NOISES - 1, base.pk],
            )
            for table in ("knowledge_passage", "knowledge_passagevector", "knowledge_termcount"):
                cursor.execute(f"VACUUM ANALYZE {table}")
            cursor.execute("CHECKPOINT")  # what has just been written is not to be written while searches are timed

    def another(self) -> Any:
        """The vector of a question: near a centre, like a passage's."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.v + n.v + m.v FROM bench_shape c, bench_shape n, bench_shape m"
                " WHERE c.kind = 'centre' AND c.number = %s AND n.kind = 'noise' AND n.number = %s"
                " AND m.kind = 'noise' AND m.number = %s",
                [self.dice.randrange(CLUSTERS), self.dice.randrange(NOISES), self.dice.randrange(NOISES)],
            )
            return json.loads(cursor.fetchone()[0])


def fill(base: KnowledgeBase, count: int, words: list[str], dice: random.Random) -> None:
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
    document = Document.objects.create(base=base, title="Замер")
    version = DocumentVersion.objects.create(document=document, number=1, state="trained", text="…", text_hash="x")
    document.current = version
    document.save()
    build = IndexBuild.objects.create(base=base, state="done", active=True, passages=count, embedding_model=MODEL)
    for start in range(0, count, 2000):
        rows = (
            Passage(
                base=base,
                document=document,
                version=version,
                build=build,
                ordinal=number,
                heading=" ".join(dice.choices(words, cum_weights=weights, k=4)),
                text=" ".join(dice.choices(words, cum_weights=weights, k=WORDS_IN_PASSAGE)),
                start=0,
                end=1,
                content_hash=f"{number:064}",
                cutting=base.cutting,
                live=True,
            )
            for number in range(start, min(start + 2000, count))
        )
        Passage.objects.bulk_create(rows)
    count_words(base)


def questions(count: int, words: list[str], shapes: Shapes, dice: random.Random) -> Iterator[tuple[str, Any]]:
    for number in range(count):
        common = dice.choice(COMMON_QUESTIONS)
        rare = " ".join(dice.sample(words[25:3000], 2) + dice.sample(words[:25], 2))
        yield f"{common if number % 2 else rare} {number}", shapes.another()


@contextmanager
def vectors_at_hand(asked: list[tuple[str, Any]]) -> Iterator[None]:
    """Every question has been asked before: what is measured is our own work, and not a provider's."""
    EmbeddingCache.objects.bulk_create(
        [
            EmbeddingCache(
                model=MODEL, text_hash=text_key(module.normalized(question)), embedding=vector, is_question=True
            )
            for question, vector in asked
        ],
        ignore_conflicts=True,
    )
    before = embedding.configured_model, module.model_name
    embedding.configured_model = lambda *_: Known()  # type: ignore[assignment,return-value]
    module.model_name = lambda: MODEL
    try:
        yield
    finally:
        embedding.configured_model, module.model_name = before


class Known:
    name, dimensions = MODEL, DIMENSIONS

    async def embed(self, texts: Any) -> list[list[float]]:
        raise AssertionError(f"not asked before: {texts}")


def recall(base: KnowledgeBase, asked: list[tuple[str, Any]]) -> float:
    """Of the ten nearest vectors by exact comparison, how many the coarse comparison brings among its first thirty."""
    found = wanted = 0
    with connection.cursor() as cursor:
        for _, vector in asked:
            values = {"vector": module.Vector(vector).to_text(), "model": MODEL}
            cursor.execute(
                "SELECT passage_id FROM knowledge_passagevector ORDER BY embedding <=> %(vector)s::vector LIMIT 10",
                values,
            )
            exact = {pk for (pk,) in cursor.fetchall()}
            near = module.NEAR_COARSE.format(arm=module.ARM, coarse=module.COARSE, have_vectors=module.HAVE_VECTORS)
            sql = f"WITH {module.SCOPE}{module.ASKED} {near}"
            cursor.execute(sql, values | {"bases": [base.pk], "visible": ["public"]})
            found += len(exact & {pk for pk, _ in cursor.fetchall()})
            wanted += len(exact)
    return found / wanted if wanted else 0.0
