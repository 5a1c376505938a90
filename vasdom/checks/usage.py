"""Which packages production code uses: imports, and dotted names in strings (settings name classes that way)."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from vasdom.checks.sources import production_modules
from vasdom.env import ROOT

DOTTED_NAME = re.compile(r"[A-Za-z_]\w*(\.\w+)*(:\w+)?")


@cache
def used_packages(root: Path = ROOT) -> frozenset[str]:
    """The top-level import names, "rest_framework" and the like."""
    names: set[str] = set()
    for path in production_modules(root):
        names |= names_in(path.read_text(encoding="utf-8"))
    return frozenset(names)


def names_in(source: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and DOTTED_NAME.fullmatch(node.value):
            names.add(node.value)
    return {name.partition(".")[0] for name in names}
