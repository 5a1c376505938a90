"""«Пробелы»: what people asked and got no good answer to, similar questions together.

A question is a gap when the assistant said that it does not know, or when a person rated its answer badly. Nothing is
kept about gaps: they are read from the log, and what has been taught since closes them by itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from calls.models import Call, Turn
from calls.querysets import BAD_RATING
from knowledge import access as knowledge_access
from knowledge.search import Found, search
from providers.extractive.words import stems
from voice.snapshot import CallSettings

MOST_TURNS = 3_000
MOST_GAPS = 60
MOST_VARIANTS = 6
ALIKE = 0.5
"""Share of the words of two questions that they have in common, from which on they ask the same."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question without a good answer. `rating` is the bad mark of the answer, which rested on the texts `cited`;
    None where the assistant did not know."""

    call_id: UUID
    number: int
    text: str
    at: datetime
    rating: int | None
    comment: str
    cited: tuple[str, ...]
    is_public: bool


@dataclass(slots=True)
class Group:
    """Questions that ask the same; the one asked most often stands for them."""

    words: frozenset[str]
    asked: list[Asked] = field(default_factory=list)

    @property
    def question(self) -> str:
        return Counter(one.text for one in self.asked).most_common(1)[0][0]

    @property
    def variants(self) -> list[str]:
        """How else it was asked."""
        others = Counter(one.text for one in self.asked)
        return [text for text, _ in others.most_common(MOST_VARIANTS + 1) if text != self.question][:MOST_VARIANTS]

    @property
    def times(self) -> int:
        return len(self.asked)

    @property
    def unknown(self) -> int:
        return sum(1 for one in self.asked if one.rating is None)

    @property
    def badly_rated(self) -> int:
        return self.times - self.unknown

    @property
    def last(self) -> Asked:
        return max(self.asked, key=lambda one: one.at)

    @property
    def comments(self) -> list[str]:
        return list(dict.fromkeys(one.comment for one in self.asked if one.comment))[:MOST_VARIANTS]

    @property
    def role(self) -> str:
        """Whose knowledge must hold the answer: everybody's, as soon as one stranger has asked."""
        return knowledge_access.PUBLIC if any(one.is_public for one in self.asked) else knowledge_access.STAFF


@dataclass(frozen=True, slots=True)
class Gap:
    """A group, and what the bases answer to it today: `found` is None while they know nothing better."""

    group: Group
    base: str
    found: Found | None

    @property
    def is_closed(self) -> bool:
        return self.found is not None


def gaps(call: CallSettings, *, days: int, channel: str = "") -> list[Gap]:
    """The most frequent gaps of the last days, each looked up anew as the active revision would."""
    found = [judged(group, call) for group in groups(questions(days, channel))[:MOST_GAPS]]
    return sorted(found, key=lambda gap: gap.is_closed)


def questions(days: int, channel: str = "") -> list[Asked]:
    """Every question without a good answer, the newest first."""
    before = Turn.objects.filter(
        call=OuterRef("call"), number__lt=OuterRef("number"), speaker=Turn.Speaker.CALLER
    ).order_by("-number")
    rows = (
        Turn.objects.filter(Q(answered=False) | Q(rating__lte=BAD_RATING), speaker=Turn.Speaker.ASSISTANT)
        .filter(call__hidden_at=None, started_at__gte=timezone.now() - timedelta(days=days))
        .annotate(question=Subquery(before.values("text")[:1]), channel=F("call__channel"))
        .exclude(question=None)
        .order_by("-started_at")
    )
    if channel:
        rows = rows.filter(call__channel=channel)
    values = rows.values_list(
        "call_id", "number", "question", "started_at", "answered", "rating", "comment", "citations", "channel"
    )
    return [
        Asked(
            call_id,
            number,
            " ".join(text.split()),
            at,
            None if answered is False else rating,
            comment,
            tuple(str(one.get("text", "")) for one in citations if isinstance(one, dict)),
            is_public=channel != Call.Channel.WEB,
        )
        for call_id, number, text, at, answered, rating, comment, citations, channel in values[:MOST_TURNS]
        if text.strip()
    ]


def groups(asked: Iterable[Asked]) -> list[Group]:
    """Similar questions together, the most frequent first; of equally frequent ones the latest."""
    same: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        same[one.text.casefold().replace("ё", "е").strip(" .!?…")].append(one)
    made: list[Group] = []
    by_word: dict[str, list[Group]] = defaultdict(list)
    for together in sorted(same.values(), key=len, reverse=True):
        words = stems(together[0].text)
        group = nearest(words, [group for word in words for group in by_word[word]])
        if group is None:
            group = Group(words)
            made.append(group)
            for word in words:
                by_word[word].append(group)
        group.asked += together
    return sorted(made, key=lambda group: (group.times, group.last.at), reverse=True)


def nearest(words: frozenset[str], known: Sequence[Group]) -> Group | None:
    """The group whose words are most like these; None where none is like them."""
    shares = [(len(words & group.words) / len(words | group.words), group) for group in known]
    share, group = max(shares, key=lambda pair: pair[0], default=(0.0, None))
    return group if share >= ALIKE else None


def judged(group: Group, call: CallSettings) -> Gap:
    """What would be answered today. For a badly rated answer the passage it rested on is no better answer."""
    result = search(group.question, role=group.role, limit=call.top_k, threshold=call.fallback_threshold)
    best = max(result.passages, key=lambda one: one.score, default=None)
    if best is None or best.score < call.answer_threshold:
        return Gap(group, result.routed, None)
    disliked = {text for one in group.asked if one.rating is not None for text in one.cited}
    return Gap(group, best.base, None if best.text in disliked or (group.badly_rated and not disliked) else best)
