"""Reads CHANGELOG.md: releases, their groups and points. Only what a changelog needs of Markdown is understood."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_CODE = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


@dataclass(slots=True)
class Group:
    """«Добавлено» and the like, with its points; the points before the first heading have no title."""

    title: str
    points: list[str] = field(default_factory=list)

    def rendered(self) -> list[SafeString]:
        return [inline(point) for point in self.points]


@dataclass(slots=True)
class Release:
    title: str
    groups: list[Group] = field(default_factory=list)


def read(text: str) -> list[Release]:
    """Releases in the order of the file; what stands above the first one is left out.

    A point is a line that begins with «-» or «*», with the indented lines that follow it; a plain line is a point too.
    """
    releases: list[Release] = []
    for line in text.splitlines():
        stripped = line.strip()
        if line.startswith("## "):
            releases.append(Release(stripped[3:].strip().strip("[]").replace("] ", " ")))
        elif not releases or not stripped:
            continue
        elif line.startswith("### "):
            releases[-1].groups.append(Group(stripped[4:].strip()))
        else:
            _add_line(releases[-1], line, stripped)
    return releases


def _add_line(release: Release, line: str, stripped: str) -> None:
    if not release.groups:
        release.groups.append(Group(""))
    points = release.groups[-1].points
    if stripped[:2] in {"- ", "* "}:
        points.append(stripped[2:].strip())
    elif points and line[:1].isspace():
        points[-1] += f" {stripped}"
    else:
        points.append(stripped)


def inline(text: str) -> SafeString:
    """`code` and **strong** as HTML, links as their words; everything else is escaped."""
    html: str = escape(_LINK.sub(r"\1", text))
    html = _CODE.sub(r"<code>\1</code>", html)
    return mark_safe(_STRONG.sub(r"<strong>\1</strong>", html))
