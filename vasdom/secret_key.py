"""The signing key of an installation that was given none: made once, kept with the data."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def load_secret_key(var_dir: Path) -> str:
    """Read `secret_key` from the data folder; the first process to come creates it, readable by its owner only."""
    path = var_dir / "secret_key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key := get_random_secret_key())
    return key
