"""The signing key of an installation that was given none: made once, kept with the data."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def load_secret_key(var_dir: Path) -> str:
    """Read `secret_key` from the data folder; the first process to come creates it, readable by its owner only."""
    path = var_dir / "secret_key"
    if not path.exists():
        _create(path)
    return path.read_text(encoding="ascii")


def _create(path: Path) -> None:
    """Write aside and link: of two processes at once one wins, and nobody reads half a key."""
    handle, draft = tempfile.mkstemp(prefix=path.name, dir=path.parent)  # mkstemp: for the owner's eyes only
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(get_random_secret_key())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    os.unlink(draft)
