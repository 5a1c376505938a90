"""Imports what is heavy, away from the event loop and once."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from importlib import import_module


async def load(names: Sequence[str]) -> None:
    """In a thread, so that the loop goes on meanwhile; at once when they are there."""
    if any(name not in sys.modules for name in names):
        await asyncio.to_thread(_import, names)


def _import(names: Sequence[str]) -> None:
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")  # else every lost connection is told on stderr, past our log
    for name in names:
        import_module(name)
