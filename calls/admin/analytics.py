"""«Аналитика звонков»: figures of some weeks, drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from calls import access
from calls.admin.phone_analytics import phone_context
from calls.analytics import KINDS, Day, Figures, Latency, Period, Stage, Week, figures
from calls.models import Call

CHOICES = {4: "4 недели", 12: "12 недель", 26: "Полгода", 52: "Год"}
DEFAULT_WEEKS = 4
KIND_WORDS = {"completed": "завершено", "interrupted": "прервано", "failed": "неудачно", "going_on": "идёт"}
SPARK_WIDTH, SPARK_HEIGHT = 100.0, 24.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a column, in percent from the top."""

    kind: str
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class DayBar:
    day: Day
    segments: tuple[Segment, ...]
    link: str
    told: str
    is_now: bool
    shows_day: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """p50 and p95 in percent of the longest; None where nothing was measured."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class WeekRow:
    week: Week
    sunday: date
    link: str
    bar: Bar | None


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage with its bar and the line of its weeks: the points of a polyline, and the last of them."""

    stage: Stage
    bar: Bar
    line: str
    last: tuple[float, float] | None


@require_safe
def view(request: HttpRequest) -> HttpResponse:
    if not access.may_read(request.user):
        raise PermissionDenied
    asked = request.GET.get("weeks", "")
    weeks = int(asked) if asked in {str(choice) for choice in CHOICES} else DEFAULT_WEEKS
    channel = request.GET.get("channel", "")
    channel = channel if channel in Call.Channel.values else ""
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    period = Period(monday - timedelta(weeks=weeks - 1), today, channel)
    found = figures(period)
    request.current_app = admin.site.name
    context = {
        "title": "Аналитика звонков",
        "found": found,
        "period": period,
        "days": day_bars(found, period),
        "weeks": week_rows(found, period),
        "stages": stage_rows(found),
        "questions": question_rows(found, request.user),
        "marks": mark_rows(found),
        "legend": KIND_WORDS.items(),
        "choices": [(str(number), label, number == weeks) for number, label in CHOICES.items()],
        "channels": [
            ("", "Все каналы", not channel),
            *((key, name, key == channel) for key, name in Call.Channel.choices),
        ],
        "list_address": list_link(period, period.first, period.last),
        "unanswered_address": list_link(period, period.first, period.last, mark="unanswered"),
        "rated_address": list_link(period, period.first, period.last, mark="rated"),
        "phone": phone_context(found.phone, period, list_link),
    }
    return TemplateResponse(request, "admin/calls/analytics.html", admin.site.each_context(request) | context)


def list_link(period: Period, start: date, end: date, **more: str) -> str:
    """The list of these calls."""
    params = {"date_from": start.isoformat(), "date_to": end.isoformat(), **more}
    if period.channel:
        params["channel"] = period.channel
    return f"{reverse('admin:calls_call_changelist')}?{urlencode(params)}"


def day_bars(found: Figures, period: Period) -> list[DayBar]:
    largest = max((day.total for day in found.days), default=0) or 1
    every = 7 * max(1, len(found.days) // 90)
    return [
        DayBar(
            day=day,
            segments=segments(day, largest),
            link=list_link(period, day.day, day.day),
            told=", ".join(f"{KIND_WORDS[kind]} {day.numbers[kind]}" for kind in KINDS if day.numbers[kind])
            or "звонков нет",
            is_now=day.day == timezone.localdate(),
            shows_day=(len(found.days) - 1 - number) % every == 0,
        )
        for number, day in enumerate(found.days)
    ]


def segments(day: Day, largest: int) -> tuple[Segment, ...]:
    """From the bottom up: what went well first."""
    pieces, top = [], 100.0
    for kind in KINDS:
        tall = round(100 * day.numbers[kind] / largest, 2)
        if tall:
            top -= tall
            pieces.append(Segment(kind, round(top, 2), tall))
    return tuple(pieces)


def week_rows(found: Figures, period: Period) -> list[WeekRow]:
    largest = max((week.whole.p95 for week in found.weeks if week.whole), default=0)
    rows = []
    for week in found.weeks:
        sunday = week.monday + timedelta(days=6)
        link = list_link(period, week.monday, sunday)
        rows.append(WeekRow(week, sunday, link, bar_of(week.whole, largest) if week.whole else None))
    return rows


def bar_of(latency: Latency, largest: float) -> Bar:
    whole = largest or 1
    return Bar(round(100 * latency.p50 / whole, 2), round(100 * latency.p95 / whole, 2))


def stage_rows(found: Figures) -> list[StageRow]:
    largest = max((stage.latency.p95 for stage in found.stages), default=0)
    rows = []
    for stage in found.stages:
        points = spark(stage.weeks)
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        rows.append(StageRow(stage, bar_of(stage.latency, largest), line, points[-1] if points else None))
    return rows


def spark(weeks: tuple[float | None, ...]) -> list[tuple[float, float]]:
    """A small line; weeks without a measurement are left out, not drawn as nothing."""
    largest = max((value for value in weeks if value is not None), default=0) or 1
    step = SPARK_WIDTH / max(len(weeks) - 1, 1)
    return [
        (round(number * step, 1), round(SPARK_HEIGHT - value / largest * (SPARK_HEIGHT - 2), 1))
        for number, value in enumerate(weeks)
        if value is not None
    ]


def question_rows(found: Figures, user: Any) -> list[dict[str, Any]]:
    largest = max((question.times for question in found.questions), default=0) or 1
    rows = []
    for question in found.questions:
        text = access.readable(question.text, user)
        link = f"{reverse('admin:calls_call_changelist')}?{urlencode({'q': text[:200]})}"
        part = round(100 * question.times / largest)
        rows.append({"question": question, "text": text, "link": link, "part": part})
    return rows


def mark_rows(found: Figures) -> list[tuple[int, int, int]]:
    """Mark, how often it was given, percent of the most frequent one."""
    largest = max(found.answers.marks.values(), default=0) or 1
    return [(mark, number, round(100 * number / largest)) for mark, number in sorted(found.answers.marks.items())][::-1]
