"""Which version of the product runs."""

from __future__ import annotations

import subprocess
from functools import cache

from vasdom.env import ROOT

UNKNOWN = "неизвестна"


@cache
def version() -> str:
    """The commit and its date, "1a2b3c4 от 21.11.2026"; from the file VERSION where a deployment left no git."""
    try:
        return (ROOT / "VERSION").read_text(encoding="utf-8").strip() or UNKNOWN
    except OSError:
        return _from_git() or UNKNOWN


def _from_git() -> str:
    # safe.directory: the service's user need not own the checkout.
    command = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "log", "-1", "--date=format:%d.%m.%Y"]
    try:
        done = subprocess.run(
            [*command, "--format=%h от %cd"], capture_output=True, text=True, timeout=5, check=False, encoding="utf-8"
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
