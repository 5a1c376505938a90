"""The telephone's part of «Аналитика звонков», drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from calls import stages
from calls.analytics.availability import GOAL, GREETED_WITHIN_MS, DayOfLine
from calls.analytics.period import Period
from calls.analytics.phone import OTHER, FirstAudio, Phone
from calls.templatetags.calls_words import call_length, share, spent

Link = Callable[[Period, date, date], str]
OTHER_LABEL, OTHER_CLASS = "прочее", "stage-8"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a column, in percent from the top."""

    style: str
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class Column:
    """A day; `marks` are lines across it, as (style, percent from the top)."""

    day: date
    head: str
    told: str
    link: str
    shows_day: bool
    pieces: tuple[Piece, ...] = ()
    marks: tuple[tuple[str, float], ...] = ()


def phone_context(found: Phone | None, period: Period, link: Link) -> dict[str, Any] | None:
    """For the template; None when another channel is asked for."""
    if found is None:
        return None
    names = {stage for day in found.days for stage in day.average}
    return {
        "found": found,
        "waits": _columns(period, link, {day.day: _wait(day, found) for day in found.days}),
        "stages": [(_style(name), _label(name)) for name in _in_order(names)],
        "line": _columns(
            period, link, {day.day: _answering(day) for day in found.availability.days if day.day is not None}
        ),
        "goal": share(GOAL),
        "within": call_length(timedelta(milliseconds=GREETED_WITHIN_MS)),
    }


def _columns(period: Period, link: Link, drawn: dict[date, dict[str, Any]]) -> list[Column]:
    every = 7 * max(1, len(period.days) // 90)
    nothing: dict[str, Any] = {"head": "", "told": "нет данных"}
    return [
        Column(
            day=day,
            link=link(period, day, day),
            shows_day=(len(period.days) - 1 - number) % every == 0,
            **drawn.get(day, nothing),
        )
        for number, day in enumerate(period.days)
    ]


def _wait(day: FirstAudio, found: Phone) -> dict[str, Any]:
    """The stages on top of each other, their sum the day's average; lines at p50 and p95."""
    highest = max((one.latency.p95 for one in found.days), default=0)
    highest = max(highest, *(sum(one.average.values()) for one in found.days)) or 1
    pieces, top = [], 100.0
    for name in _in_order(day.average):
        tall = round(100 * day.average[name] / highest, 2)
        top = round(top - tall, 2)
        pieces.append(Piece(_style(name), top, tall))
    parts = ", ".join(f"{_label(name)} {spent(day.average[name])}" for name in _in_order(day.average))
    told = f"p50 {spent(day.latency.p50)}, p95 {spent(day.latency.p95)}, ответов {day.latency.measured}; {parts}"
    marks = tuple(
        (f"mark-{name}", round(100 - 100 * getattr(day.latency, name) / highest, 2)) for name in ("p95", "p50")
    )
    return {
        "head": f"{day.latency.p50 / 1000:.1f}".replace(".", ","),
        "told": told,
        "pieces": tuple(pieces),
        "marks": marks,
    }


def _answering(day: DayOfLine) -> dict[str, Any]:
    good = round(100 * day.heard / day.arrived, 2)
    told = f"{share(day.share)}: поступило {day.arrived}, вовремя {day.heard}, позже {day.late}, не дошло {day.missed}"
    pieces = (Piece("fill-completed", round(100 - good, 2), good), Piece("fill-failed", 0, round(100 - good, 2)))
    return {
        "head": str(day.arrived),
        "told": told,
        "pieces": pieces,
        "marks": (("mark-goal", round(100 - 100 * GOAL, 2)),),
    }


def _in_order(names: Any) -> list[str]:
    known = [name for name in names if name != OTHER]
    return [*stages.in_order(dict.fromkeys(known, 0.0)), *([OTHER] if OTHER in names else [])]


def _style(name: str) -> str:
    return OTHER_CLASS if name == OTHER else f"stage-{stages.colour_of(name)}"


def _label(name: str) -> str:
    return OTHER_LABEL if name == OTHER else stages.label_of(name)
