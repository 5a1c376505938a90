"""The approximate index over the signs of vectors, for models with more of them than an exact look is quick over.

Why and where the border lies: docs/adr/0004. The index is made by the build that crosses the border and dropped by the
one that falls well below it; searches never ask whether it is there, they order by the expression it is made of, and
PostgreSQL takes it when it is.
"""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from django.db import DatabaseError, connection, transaction

logger = logging.getLogger(__name__)
WORTH_FROM = 10_000
"""Vectors of one model. The signs of fewer are all compared in 5–7 ms, which the index would not undercut."""
DROPPED_BELOW = WORTH_FROM // 2  # a base that loses and gains a few passages does not make the index again each time
LOCK = 0x686E7377  # "hnsw"
PREFIX = "knowledge_hnsw_"
BUILD_MEMORY = "256MB"  # the graph is built in memory; 50,000 vectors need about 60 MB of it


def expression(dimensions: int) -> str:
    """What the index holds and a search orders by: the signs, of a known length."""
    return f"(bits::bit({int(dimensions)}))"


def index_name(model: str, dimensions: int) -> str:
    return f"{PREFIX}{hashlib.sha256(model.encode()).hexdigest()[:10]}_{int(dimensions)}"


def tend() -> None:
    """Make the indexes that are due, drop those that are not. Other builds wait meanwhile, searches do not.

    Without an index searches are slower and no worse, so what fails here is logged and tried again by the next build.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            _tend(cursor)
    except DatabaseError:
        logger.exception("The approximate index could not be made")


def _tend(cursor: Any) -> None:
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    cursor.execute("SELECT model, length(bits), count(*) FROM knowledge_passagevector GROUP BY 1, 2 ORDER BY 1, 2")
    counts = {(model, dimensions): count for model, dimensions, count in cursor.fetchall()}
    cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'knowledge_passagevector'")
    present = {name for (name,) in cursor.fetchall() if name.startswith(PREFIX)}
    kept = {index_name(*key) for key, count in counts.items() if count >= DROPPED_BELOW}
    for name in sorted(present - kept):
        cursor.execute(f'DROP INDEX "{name}"')
        logger.info("The approximate index %s is not needed any more", name)
    for (model, dimensions), count in counts.items():
        if count >= WORTH_FROM and index_name(model, dimensions) not in present:
            _create(cursor, model, dimensions)
            logger.info("An approximate index over %d vectors was made", count)


def _create(cursor: Any, model: str, dimensions: int) -> None:
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # rows of this transaction may still wait to be checked
    cursor.execute("SELECT set_config('maintenance_work_mem', %s, true)", [BUILD_MEMORY])
    cursor.execute(
        f'CREATE INDEX "{index_name(model, dimensions)}" ON knowledge_passagevector'
        f" USING hnsw ({expression(dimensions)} bit_hamming_ops) WHERE model = %s",
        [model],
    )
