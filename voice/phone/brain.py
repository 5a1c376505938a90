"""The assistant on the phone: answers of the conversation as clauses, the menu of keys, and when a person is wanted."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from voice import menu
from voice.assistant import Conversation
from voice.engine.events import Done, GoodBye, HandOver, Say, Step, TakeMessage
from voice.engine.ports import PendingReply
from voice.engine.session import DEAF
from voice.events import Citation, Citations, Delta, End, Outcome
from voice.phone.engine_settings import clauses, plain
from voice.phone.escalation import Escalations
from voice.phone.rules import Escalation, Reason
from voice.sentences import split
from voice.snapshot import CallSettings
from voice.spoken import ClauseSplitter
from voice.threads import in_thread

logger = logging.getLogger(__name__)
NOTHING_SAID = "Сообщения я не слышу."


@dataclass(frozen=True, slots=True)
class Record:
    """What the log keeps of a reply besides its words."""

    end: End
    citations: tuple[Citation, ...] = ()
    handed_over: bool = False


class PhoneBrain:
    """Implements `Brain` for one call."""

    def __init__(self, conversation: Conversation, call: CallSettings, *, call_id: UUID, phone: str) -> None:
        self._conversation, self._call, self._call_id, self._phone = conversation, call, call_id, phone
        self.escalations = Escalations(call.escalations)
        self._unheard, self._keys_offered = 0, False

    def begin(self, text: str) -> PendingReply:
        return Answer(self._conversation, self._call, self.escalations, text, self._understood)

    def dialled(self, digits: str) -> PendingReply:
        choice = menu.choice_of(digits)
        if choice is menu.Choice.NEXT_CLEANING:
            return Fixed(self._next_cleaning)
        if choice is menu.Choice.MESSAGE:
            return Fixed(self._message)
        return self.begin(digits) if len(digits) > 1 else self._offer_keys()

    def is_whole(self, digits: str) -> bool:
        return self._keys_offered and menu.choice_of(digits) is not None

    def unheard(self, failed: str) -> PendingReply:
        self._unheard += 1
        rule = self.escalations.misunderstood()
        if rule is not None and failed != DEAF:
            return Fixed(lambda: leading_to(rule, self._call))
        return self._offer_keys() if failed == DEAF or self._unheard > 1 else Fixed(self._misheard)

    def message_taken(self, seconds: float) -> PendingReply:
        async def thanks() -> list[Step]:
            if not seconds:
                return [Say(NOTHING_SAID), Say(plain(self._call.phrase_menu))]
            task = await in_thread(menu.message_left, str(self._call_id), self._phone, seconds=seconds)
            saved = self._call.said("Записала", "Записал")
            return [Say(f"{saved} сообщение. Номер обращения — {task.pk}."), GoodBye()]

        return Fixed(thanks)

    def noted(self, text: str) -> None:
        """A listener's word changes nothing of the conversation."""

    def _understood(self) -> None:
        self._unheard, self._keys_offered = 0, False

    def _offer_keys(self) -> PendingReply:
        self._keys_offered = True
        return Fixed(self._menu)

    async def _misheard(self) -> list[Step]:
        return [Say(plain(self._call.phrase_misheard))]

    async def _menu(self) -> list[Step]:
        return [Say(plain(self._call.phrase_no_recognition)), Say(plain(self._call.phrase_menu))]

    async def _next_cleaning(self) -> list[Step]:
        said = await in_thread(menu.next_cleaning_by_number, self._phone, self._call)
        return [Say(clause) for clause in clauses(said)]

    async def _message(self) -> list[Step]:
        return [Say(plain(self._call.phrase_message)), TakeMessage()]


async def leading_to(rule: Escalation, call: CallSettings) -> list[Step]:
    """The rule's words, then a person."""
    return [Say(plain(rule.phrase or call.phrase_transfer)), HandOver(rule.reason)]


def after_the_first_sentence(text: str) -> list[str]:
    """The clauses behind it."""
    return clauses(text)[len(clauses(split(text)[0])) :] if text else []


class Fixed:
    """A reply that needs no thought, only perhaps the database; thought of when the turn is certain."""

    def __init__(self, make: Callable[[], Awaitable[list[Step]]]) -> None:
        self._make = make

    async def steps(self) -> AsyncGenerator[Step, None]:
        for step in await self._make():
            yield step
        yield Done()

    def confirm(self) -> None: ...

    def heard(self, text: str, *, interrupted: bool) -> None: ...

    async def drop(self) -> None: ...


class Answer:
    """A reply of the conversation, spoken."""

    def __init__(
        self,
        conversation: Conversation,
        call: CallSettings,
        escalations: Escalations,
        text: str,
        understood: Callable[[], None],
    ) -> None:
        self._pending = conversation.begin(text)
        self._call, self._escalations, self._text, self._understood = call, escalations, text, understood

    async def steps(self) -> AsyncGenerator[Step, None]:
        splitter = ClauseSplitter()
        offer = after_the_first_sentence(plain(self._call.phrase_unknown))
        offered: list[str] = []
        citations: tuple[Citation, ...] = ()
        end: End | None = None
        async with aclosing(self._pending.events()) as events:
            async for event in events:
                if isinstance(event, Delta):
                    for clause in splitter.feed(event.text):
                        if clause in offer:
                            offered.append(clause)
                        else:
                            yield Say(clause)
                elif isinstance(event, Citations):
                    citations = event.items
                elif isinstance(event, End):
                    end = event
        if end is None:
            yield Done(failed=True)
            return
        rule = await self._rule(end)
        for step in self._what_follows(end, rule, offered):
            yield step
        timings = {name: end.timings[name] for name in ("search", "first_token") if name in end.timings}
        failed, unknown = end.outcome is Outcome.FAILED, end.outcome is Outcome.UNKNOWN
        record = Record(end, citations, handed_over=rule is not None or end.outcome is Outcome.TRANSFER)
        yield Done(record, unknown=unknown, failed=failed, timings=timings)

    def confirm(self) -> None:
        self._pending.confirm()

    def heard(self, text: str, *, interrupted: bool) -> None:
        self._pending.remember(text, interrupted=interrupted)

    async def drop(self) -> None:
        """Its events end with the reply's task."""

    async def _rule(self, end: End) -> Escalation | None:
        """The rule that leads to a person. What is counted is counted once the turn is certain."""
        await self._pending.confirmed()
        self._understood()
        if (rule := self._escalations.heard(self._text)) is not None:
            return rule
        if end.outcome is Outcome.TRANSFER:
            return self._escalations.asked()
        if end.outcome is Outcome.FAILED:
            return self._escalations.tool_failed()
        if end.outcome is Outcome.UNKNOWN:
            return self._escalations.unknown()
        if end.outcome is Outcome.CLARIFY:
            return self._escalations.misunderstood()
        self._escalations.answered()
        return None

    def _what_follows(self, end: End, rule: Escalation | None, offered: list[str]) -> list[Step]:
        """`offered`: to connect the caller, or to write the question down; left out when he is connected anyway."""
        if rule is not None:
            said_already = end.outcome is Outcome.TRANSFER and not rule.phrase
            words = [] if said_already else [Say(plain(rule.phrase or self._call.phrase_transfer))]
            return [*words, HandOver(rule.reason)]
        if end.outcome is Outcome.TRANSFER:
            return [HandOver(Reason.ASKED_FOR)]
        return [*map(Say, offered), *([GoodBye()] if end.ends else [])]
