"""Asking the control questions: wanted with a change, run by a job after its commit, kept with what was before."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerDown

from providers import bridge
from voice.learning.asking import Answer, rehearsed
from voice.models import ControlQuestion, ControlResult, ControlRun
from voice.snapshot import CallSettings, active_settings

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)
AT_ONCE = 4
LOST_AFTER = timedelta(minutes=20)
"""A run that has not ended by then was killed with its worker."""
KEPT_RUNS = 200
State, Reason = ControlRun.State, ControlRun.Reason


@dataclass(frozen=True, slots=True)
class Row:
    """A question with its last answer and the one before."""

    question: ControlQuestion
    now: ControlResult | None
    before: ControlResult | None

    @property
    def change(self) -> str:
        """«broken», «repaired», or nothing where it is as it was."""
        if self.now is None or self.before is None or self.now.passed == self.before.passed:
            return ""
        return "repaired" if self.now.passed else "broken"


def want_run(reason: str, *, about: str = "", user: User | None = None) -> ControlRun | None:
    """See that the questions are asked once this transaction stands; None when there are none.

    A run that waits already will do: it is locked until this transaction stands, so that no worker can begin it
    before.
    """
    if not ControlQuestion.objects.filter(enabled=True).exists():
        return None
    with transaction.atomic():
        run = ControlRun.objects.select_for_update().filter(state=State.WAITING).first()
        run = run or ControlRun.objects.create(reason=reason, about=about[:200], requested_by=user)
        transaction.on_commit(ring)
    return run


def ring() -> None:
    """The row is the truth: a lost ring is made good by the next period."""
    from voice import jobs

    try:
        jobs.ask_control_questions.apply_async(retry=False)
    except BrokerDown:
        logger.warning("The queue does not answer: control questions will be asked by the next period")


def run_waiting() -> int:
    """Ask for every run that waits, oldest first; returns how many were run. Of two workers each takes its own."""
    number = 0
    while (run := _claimed()) is not None:
        try:
            ask_for(run)
        except Exception:  # one run is fenced off from the others
            logger.exception("Control questions could not be asked")
            ControlRun.objects.filter(pk=run.pk).update(state=State.FAILED, finished_at=timezone.now())
        number += 1
    return number


def _claimed() -> ControlRun | None:
    """The race of two workers is decided by the UPDATE: the second one finds no row in the state «waiting»."""
    for pk in ControlRun.objects.filter(state=State.WAITING).order_by("pk").values_list("pk", flat=True):
        taken = ControlRun.objects.filter(pk=pk, state=State.WAITING)
        if taken.update(state=State.RUNNING, started_at=timezone.now()):
            return ControlRun.objects.get(pk=pk)
    return None


def run_now(reason: str, *, user: User | None = None) -> ControlRun:
    """Ask at once, in this process."""
    run = ControlRun.objects.create(reason=reason, requested_by=user, state=State.RUNNING, started_at=timezone.now())
    return ask_for(run)


def ask_for(run: ControlRun) -> ControlRun:
    """Ask every enabled question of the active revision, and keep the answers."""
    settings = active_settings()
    questions = list(ControlQuestion.objects.filter(enabled=True))
    answers = bridge.call(ask_each([question.question for question in questions], settings))
    results = [result_of(run, each, answer, settings) for each, answer in zip(questions, answers, strict=True)]
    with transaction.atomic():
        ControlResult.objects.bulk_create(results)
        run.state, run.finished_at, run.revision_number = State.DONE, timezone.now(), settings.number
        run.total, run.failed = len(results), sum(not one.passed for one in results)
        run.save(update_fields=["state", "finished_at", "revision_number", "total", "failed"])
    return run


async def ask_each(questions: Sequence[str], settings: CallSettings | None) -> list[Answer]:
    """The answers to questions that have nothing to do with each other, a few at a time."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(question: str) -> Answer:
        async with places:
            return await rehearsed([question], settings)

    return list(await asyncio.gather(*map(one, questions)))


def result_of(run: ControlRun, question: ControlQuestion, answer: Answer, settings: CallSettings) -> ControlResult:
    faults = question.expected.faults(answer)
    return ControlResult(
        run=run,
        question=question,
        passed=not faults,
        faults=faults,
        answer=answer.text,
        outcome=answer.outcome.value,
        citations=[{"document": one.document, "heading": one.heading} for one in answer.citations],
        revision_number=settings.number,
    )


def rows(questions: QuerySet[ControlQuestion] | None = None) -> list[Row]:
    """The questions with their last two answers; two queries."""
    answers = ControlResult.objects.filter(question=OuterRef("pk")).order_by("-pk").values("pk")
    found = list(
        (ControlQuestion.objects.all() if questions is None else questions).annotate(
            now=Subquery(answers[:1]), before=Subquery(answers[1:2])
        )
    )
    keys = {key for one in found for key in (one.now, one.before) if key}
    results: dict[Any, ControlResult] = ControlResult.objects.select_related("run").in_bulk(keys)
    return [Row(one, results.get(one.now), results.get(one.before)) for one in found]


def failures() -> int:
    """How many enabled questions were last answered wrong; one query."""
    last = ControlResult.objects.filter(question=OuterRef("pk")).order_by("-pk").values("passed")[:1]
    return ControlQuestion.objects.filter(enabled=True).annotate(passed=Subquery(last)).filter(passed=False).count()


def tidy_up() -> None:
    """Mark what died with its worker, and want it again; forget old runs."""
    lost = ControlRun.objects.filter(state=State.RUNNING, started_at__lt=timezone.now() - LOST_AFTER)
    for run in lost:
        if ControlRun.objects.filter(pk=run.pk, state=State.RUNNING).update(
            state=State.FAILED, finished_at=timezone.now()
        ):
            want_run(run.reason, about=run.about)
    kept = ControlRun.objects.order_by("-pk").values_list("pk", flat=True)[:KEPT_RUNS]
    oldest = min(kept, default=0)
    ControlRun.objects.filter(pk__lt=oldest).delete()
