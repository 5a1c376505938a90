"""The order in which a brigade walks or drives through its day."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

EARTH_RADIUS_M = 6_371_000.0
# Two-opt compares pairs of legs; past this many comparisons the route is good enough for a page.
MOST_COMPARISONS = 60_000


@dataclass(frozen=True, slots=True)
class Stop:
    """One house to visit. `point` is (latitude, longitude) in degrees; None when the house's place is not known."""

    key: int
    street: str
    number: str
    point: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Route:
    """Keys of the stops in the order to visit them; `unplaced` have no coordinates and go by street, at the end."""

    placed: tuple[int, ...]
    unplaced: tuple[int, ...]


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """A sort key by which «9» comes before «10» and «9к2» after «9»."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in re.findall(r"\d+|\D+", text))


def by_street(stop: Stop) -> tuple[str, tuple[tuple[int, str], ...], int]:
    return stop.street, natural(stop.number), stop.key


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance on a plane that touches the town: exact enough within tens of kilometres."""
    latitude, longitude = math.radians(b[0] - a[0]), math.radians(b[1] - a[1])
    return EARTH_RADIUS_M * math.hypot(latitude, longitude * math.cos(math.radians((a[0] + b[0]) / 2)))


@lru_cache(maxsize=256)
def plan(stops: tuple[Stop, ...]) -> Route:
    """A short way through all stops, beginning at the first by street and number.

    It depends on nothing but the houses, so a visit keeps its place in the list while the day goes on.
    """
    inorder = sorted(stops, key=by_street)
    placed = [stop for stop in inorder if stop.point is not None]
    points = [stop.point for stop in placed if stop.point is not None]
    table = [[metres(a, b) for b in points] for a in points]
    order = shortened(nearest_neighbours(table), table)
    return Route(
        placed=tuple(placed[index].key for index in order),
        unplaced=tuple(stop.key for stop in inorder if stop.point is None),
    )


def nearest_neighbours(table: Sequence[Sequence[float]]) -> list[int]:
    """From the first point always on to the nearest one not yet visited; the earlier of two equally near."""
    order: list[int] = []
    left = list(range(len(table)))
    while left:
        here = order[-1] if order else left[0]
        following = min(left, key=lambda index: (table[here][index], index))
        order.append(following)
        left.remove(following)
    return order


def shortened(order: list[int], table: Sequence[Sequence[float]]) -> list[int]:
    """Two-opt on an open path: turn a stretch round wherever that shortens the way. The start stays."""
    order = list(order)
    last = len(order) - 1
    comparisons = 0
    improved = True
    while improved and comparisons < MOST_COMPARISONS:
        improved = False
        for i in range(1, last):
            for j in range(i + 1, last + 1):
                comparisons += 1
                before = table[order[i - 1]][order[i]]
                after = table[order[i - 1]][order[j]]
                if j < last:
                    before += table[order[j]][order[j + 1]]
                    after += table[order[i]][order[j + 1]]
                if after < before - 1e-6:
                    order[i : j + 1] = order[i : j + 1][::-1]
                    improved = True
    return order
