"""Python's garbage collector, set for a web process.

As it comes, it walks the whole heap every few dozen answers: with all of Django and this product loaded that is
170,000 objects and 0.1 to 0.3 s in which nothing is served, a spike in one answer of twenty. What is loaded at the
start lives as long as the process, so it is taken out of the walks; what answers leave behind is found by small walks,
and the large one may be rare.
"""

from __future__ import annotations

import gc

from django.urls import get_resolver

NEW_OBJECTS_BEFORE_A_WALK = 5_000
SMALL_WALKS_BEFORE_A_LARGE_ONE = 1_000


def settle() -> None:
    """Load every view now, not at the first request, and leave what there is out of all later collections."""
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS_BEFORE_A_WALK, 10, SMALL_WALKS_BEFORE_A_LARGE_ONE // 10)
