"""Every template of ours parses, and every static file it names exists."""

from __future__ import annotations

import re
from pathlib import Path

from django.contrib.staticfiles.finders import find
from django.template import TemplateSyntaxError, engines
from django.template.backends.django import DjangoTemplates

from vasdom.checks.sources import tracked_files
from vasdom.env import ROOT

STATIC_TAG = re.compile(r"""{%\s*static\s+["']([^"']+)["']""")


def check(root: Path = ROOT) -> list[str]:
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)
    problems = []
    for path in tracked_files(root):
        if "templates" not in path.parts or path.suffix not in {".html", ".txt", ".js", ".xml"}:
            continue
        source = (root / path).read_text(encoding="utf-8")
        try:
            engine.from_string(source)
        except TemplateSyntaxError as exc:
            problems.append(f"{path}: {exc}")
        problems += [f"{path}: no static file {name}" for name in STATIC_TAG.findall(source) if find(name) is None]
    return problems
