"""Running the evaluation set: every case is asked for real, in the database that `world.build` has filled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.contrib.auth.models import User

from knowledge import access as knowledge_access
from knowledge.search import search
from tasks.models import Task
from voice.assistant import Conversation
from voice.events import Outcome
from voice.learning import validity
from voice.learning.asking import Answer, ask_all
from voice.learning.cases import Case, CaseClass
from voice.learning.expectations import Source
from voice.learning.world import People
from voice.snapshot import active_settings

RECALL_AT = 5
NOT_IN_BASE = "not_in_base"


@dataclass(frozen=True, slots=True)
class Judged:
    """One case and what came of it.

    Attributes:
        recall: share of the expected places among the first `RECALL_AT` found passages; None = none is expected.
        faults: what is wrong with the answer; `dishonest` what is wrong with its citations.
    """

    case: Case
    answer: Answer
    recall: float | None
    faults: tuple[str, ...]
    dishonest: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        return not self.faults and not self.dishonest

    @property
    def is_refused(self) -> bool:
        return self.answer.outcome in {Outcome.UNKNOWN, Outcome.REFUSED}


def run(
    classes: Sequence[CaseClass], people: People, progress: Callable[[CaseClass], None] = lambda one: None
) -> dict[str, list[Judged]]:
    """Ask every case, one after another."""
    judged: dict[str, list[Judged]] = {}
    for each in classes:
        judged[each.name] = [judge(case, people.get(case.person)) for case in each.cases]
        progress(each)
    return judged


def judge(case: Case, user: User | None) -> Judged:
    """Ask one case and look at the answer."""
    before = Task.objects.count()
    conversation = Conversation(f"evaluation-{uuid4()}", channel="web" if user else "ws", user=user)
    try:
        *earlier, answer = asyncio.run(ask_all(conversation, (*case.before, case.ask)))
    finally:
        conversation.close()
    faults = case.expected.faults(answer)
    added = Task.objects.count() - before
    if case.tasks is not None and added != case.tasks:
        faults.append(f"задач поставлено {added}, ожидалось {case.tasks}")
    return Judged(case, answer, recall(case, answer, user), tuple(faults), tuple(validity.faults(answer, earlier)))


def recall(case: Case, answer: Answer, user: User | None) -> float | None:
    """How many of the expected places the search finds, with the question as the conversation understood it."""
    wanted = case.expected.sources
    if not wanted or answer.end is None:
        return None
    role = knowledge_access.role_of(user) if user is not None else knowledge_access.PUBLIC
    question = answer.end.question or answer.end.heard
    settings = active_settings()
    found = search(question, role=role, limit=RECALL_AT, threshold=settings.fallback_threshold)
    places = [(one.document, one.heading) for one in found.passages]
    return sum(any(_found(place, places) for place in choice) for choice in wanted) / len(wanted)


def _found(place: Source, places: Sequence[tuple[str, str]]) -> bool:
    return any(place.fits(document, heading) for document, heading in places)
