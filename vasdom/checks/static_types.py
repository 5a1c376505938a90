"""mypy --strict over production code (pyproject.toml leaves tests and migrations out)."""

from __future__ import annotations

from pathlib import Path

from vasdom.checks.sources import run_tool
from vasdom.env import ROOT


def check(*paths: Path) -> list[str]:
    return run_tool("-m", "mypy", "--no-error-summary", *(str(path) for path in paths or (ROOT,)))
