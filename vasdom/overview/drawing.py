"""Geometry of the charts. Colours come as CSS classes or checked hex codes, numbers as SVG attributes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from houses.analytics import Work

HEX_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
# Told apart in light and dark mode and by people who see red and green alike.
PALETTE = ("#2f7ed8", "#e0883a", "#2a9d78", "#9b6bd6", "#d4546a", "#4fb3c8", "#b59b2b", "#7a8699", "#c96fb3", "#6aa84f")
# What became of visits, in the order they are drawn; each names a CSS class.
KINDS = ("done", "in_progress", "ahead", "missed", "not_possible")
CENTER, RADIUS, HOLE = 60.0, 56.0, 36.0
FULL_TURN = math.tau


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of the ring: an SVG path in a box of 120 × 120 and its colour, a hex code or one of `KINDS`."""

    path: str
    color: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar, in percent of the chart: where it begins, how long it is, what it stands for."""

    kind: str
    start: float
    length: float


def color_of(wanted: str, index: int) -> str:
    """The CRM's own colour when it is one, otherwise one of ours."""
    return wanted if HEX_COLOR.fullmatch(wanted) else PALETTE[index % len(PALETTE)]


def ring(values: Sequence[int], colors: Sequence[str]) -> list[Slice]:
    """A ring clockwise from twelve o'clock; nothing for a sum of zero."""
    total = sum(values)
    slices: list[Slice] = []
    begun = 0
    for value, color in zip(values, colors, strict=True):
        if value:
            slices.append(Slice(_arc(begun / total, (begun + value) / total), color))
        begun += value
    return slices


def _arc(start: float, end: float) -> str:
    """The path between two parts of the turn; a whole turn is drawn as one that falls short by a hair."""
    end = min(end, start + 0.9999)
    wide = 1 if end - start > 0.5 else 0
    (ox, oy), (ex, ey) = _point(start, RADIUS), _point(end, RADIUS)
    (ix, iy), (jx, jy) = _point(end, HOLE), _point(start, HOLE)
    return (
        f"M{ox:.2f} {oy:.2f}A{RADIUS} {RADIUS} 0 {wide} 1 {ex:.2f} {ey:.2f}"
        f"L{ix:.2f} {iy:.2f}A{HOLE} {HOLE} 0 {wide} 0 {jx:.2f} {jy:.2f}Z"
    )


def _point(part: float, radius: float) -> tuple[float, float]:
    angle = part * FULL_TURN - FULL_TURN / 4
    return CENTER + radius * math.cos(angle), CENTER + radius * math.sin(angle)


def segments(work: Work, largest: int) -> list[Segment]:
    """A stacked bar of what became of the visits, done first; `largest` fills the whole length."""
    pieces: list[Segment] = []
    begun = 0
    for kind in KINDS:
        count = getattr(work, kind)
        if count:
            pieces.append(Segment(kind, round(100 * begun / largest, 2), round(100 * count / largest, 2)))
        begun += count
    return pieces
