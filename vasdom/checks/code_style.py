"""ruff: rules and layout."""

from __future__ import annotations

from pathlib import Path

from vasdom.checks.sources import run_tool
from vasdom.env import ROOT


def check(root: Path = ROOT) -> list[str]:
    rules = run_tool("-m", "ruff", "check", "--output-format", "concise", ".", cwd=root)
    layout = run_tool("-m", "ruff", "format", "--check", "--output-format", "concise", ".", cwd=root)
    return rules + layout
