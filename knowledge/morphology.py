"""The dictionary of Russian word forms, loaded once a process: half a second and thirty megabytes."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def analyzer() -> Any:
    """A `pymorphy3.MorphAnalyzer`; safe to be used by several threads, since it only reads."""
    import pymorphy3

    logging.getLogger("pymorphy3").setLevel(logging.WARNING)  # it tells how it loads
    return pymorphy3.MorphAnalyzer()
