"""Search over 50,000 passages in two bases, words and vectors, on one connection."""

from __future__ import annotations

import sys

from tests.bench.report import Figure

PASSAGES = 50_000
SEARCHES = 300


def search_figures() -> list[Figure]:
    """Fills the database of this process, which must be an empty one."""
    from knowledge.tests.bench_search import measure

    found = measure(PASSAGES, SEARCHES, say=told)
    over = f"{SEARCHES} searches"
    missed = round(100 * (1 - found.recall), 2)
    return [
        Figure(f"hybrid search over {PASSAGES} passages, one connection, p95", found.p95, "ms", 25, over),
        Figure("of a base's nearest ten vectors, missed by the index", missed, "%", 5, "both bases"),
    ]


def told(step: str) -> None:
    sys.stderr.write(f"search: {step}\n")
