"""Figures of the log: every one is counted from rows, and None where there are none."""

from __future__ import annotations

from dataclasses import dataclass

from calls.analytics.latency import Latency, Stage, latencies, stage_rows
from calls.analytics.log import KINDS, Answers, Day, Week, answers_by_week, days, together, weeks
from calls.analytics.period import Period
from calls.analytics.phone import Phone, phone
from calls.analytics.questions import Question, cache_share, questions, solved_shares
from calls.models import Call
from calls.querysets import CallCounts

__all__ = [
    "KINDS",
    "Answers",
    "Day",
    "Figures",
    "Latency",
    "Period",
    "Phone",
    "Question",
    "Stage",
    "Week",
    "figures",
]


@dataclass(frozen=True, slots=True)
class Figures:
    """All of the page."""

    counts: CallCounts
    answers: Answers
    days: tuple[Day, ...]
    weeks: tuple[Week, ...]
    whole: Latency | None
    stages: tuple[Stage, ...]
    questions: tuple[Question, ...]
    solved_share: float | None
    cache_share: float | None
    phone: Phone | None


def figures(period: Period) -> Figures:
    """A fixed number of queries."""
    spent = latencies(period)
    by_week = answers_by_week(period)
    solved = solved_shares(period)
    return Figures(
        counts=Call.objects.filter(period.calls()).counts(),
        answers=together(by_week.values()),
        days=days(period),
        weeks=weeks(period, by_week, spent, solved),
        whole=spent.get(("", None)),
        stages=stage_rows(period, spent),
        questions=questions(period),
        solved_share=solved.get(None),
        cache_share=cache_share(period),
        phone=phone(period),
    )
