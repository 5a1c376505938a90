"""A model's answer over what was found: sentence by sentence, each looked at before it is said.

Whoever reads sees the first words at once, as far as no figure is among them; should the sentence then come to a figure
without a source, it ends there.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils import timezone

from providers.errors import BrokenOff, ProviderError
from providers.extractive.words import stems
from providers.llm import Message, TextDelta, ToolCall
from voice import brain, prompts, thinking
from voice.events import Citation, Outcome, ToolUse
from voice.gate import OPEN, Gate
from voice.grounding import Sources, facts_of
from voice.memory import Session
from voice.sentences import SentenceSplitter, split, tidy
from voice.snapshot import CallSettings
from voice.threads import in_thread
from voice.tools import registry
from voice.tools.reading import fold
from voice.tools.spec import Asked

if TYPE_CHECKING:
    from voice.pondering import Pondered
    from voice.thinking import Mark

logger = logging.getLogger(__name__)
MOST_CALLS = 3
SPOKEN_CLAUSE = 20
"""On the phone a sentence is not waited for: it is spoken from its first mark after so many letters."""
FIRST_WORDS = 20
"""In writing the first words are said as soon as there are so many letters of them."""
REWRITE_SECONDS = 2.5
LONGEST_REWRITTEN = 400
WITHHELD = "Точную цифру уточнит сотрудник."
WITHHELD_INSIDE = "— точную цифру уточнит сотрудник."
BROKEN_OFF = "Простите, ответ оборвался."
SHORTEST_QUOTATION = 12
NAMED = re.compile(r"^(?:Ответ из базы знаний: )?(?:По документу «[^»]*»: )?")
DOES_NOT_KNOW = re.compile(
    r"\b(?:(?:этого|точно) (?:я )?не знаю|я не знаю|не знаю\b|нет (?:такой |точной )?информации|не располагаю|"
    r"нет (?:таких )?(?:сведений|данных)|не могу (?:сказать|ответить))"
)


@dataclass(slots=True)
class Draft:
    """What has become of an answer that a model writes."""

    said: list[str] = field(default_factory=list)
    citations: tuple[Citation, ...] = ()
    tool_calls: list[ToolUse] = field(default_factory=list)
    outcome: Outcome = Outcome.ANSWERED
    offers_person: bool = False
    withheld: int = 0

    @property
    def text(self) -> str:
        return " ".join(self.said)

    @property
    def base(self) -> str:
        return self.citations[0].base if self.citations else ""


class Writer:
    """One answer of a model."""

    def __init__(self, found: Pondered, session: Session, mark: Mark, gate: Gate = OPEN) -> None:
        self.draft = Draft()
        self._session, self._mark, self._gate = session, mark, gate
        self._thought, self._caller, self._call, self._about = found.thought, found.caller, found.call, found.about
        self._sources = Sources()
        for one in found.thought.citations:
            self._sources.add(one.text, one.heading, one.document)
        self._of_tools: tuple[Citation, ...] = ()
        self.is_begun = False
        """The first words are said, their sentence is not over."""

    async def write(self) -> AsyncGenerator[str, None]:
        """The sentences; afterwards `draft` says the rest."""
        calls: list[ToolCall] = []
        broken = failed = False
        try:
            async for sentence in self._model_says(calls):
                yield sentence
        except BrokenOff as exc:
            logger.warning("the answer broke off: %s", exc.detail)
            broken = True
        except ProviderError as exc:
            logger.warning("no model answered: %s %s", exc.code, exc.detail)
            failed = True
        self._mark("generate")
        if any(registry.has_effect(call.name) for call in calls):
            await self._gate.opened()
        for call in calls[:MOST_CALLS]:
            for sentence in await in_thread(self._use, call):
                yield self._say(sentence)
        if calls:
            self._mark("tool")
        for sentence in self._ending(broken=broken, failed=failed):
            yield sentence

    async def _model_says(self, calls: list[ToolCall]) -> AsyncGenerator[str, None]:
        thought = self._thought
        messages = prompts.conversation(
            self._call,
            tuple(self._session.messages),
            thought.question,
            thought.citations,
            timezone.localtime(),
            self._about,
        )
        model = brain.language_model(self._call)
        is_spoken = self._caller.channel == "phone"
        splitter = SentenceSplitter(clause=SPOKEN_CLAUSE if is_spoken else 0)
        begun = False
        async with aclosing(model.reply(messages, registry.specs_for(self._caller))) as answer:
            async for piece in answer:
                if not begun:
                    begun = True
                    self._mark("first_token")
                if isinstance(piece, ToolCall):
                    calls.append(piece)
                    continue
                for sentence in self._checked(splitter.feed(piece.text) if isinstance(piece, TextDelta) else []):
                    yield sentence
                if not is_spoken and (words := self._first_words(splitter)):
                    yield words
        for sentence in self._checked(splitter.flush()):
            yield sentence

    def _checked(self, sentences: Sequence[str]) -> Iterator[str]:
        """Those that may be said."""
        for sentence in sentences:
            if self._may_say(sentence):
                yield self._say(sentence)
            elif self.is_begun:
                yield self._say(WITHHELD_INSIDE)

    def _first_words(self, splitter: SentenceSplitter) -> str:
        """The answer's first words, when they have come and there is no figure among them."""
        if self.draft.said or self._thought.tools_only:
            return ""
        words = splitter.beginning(FIRST_WORDS)
        if not words or facts_of(words):
            return ""
        splitter.give_beginning()
        self._say(words)
        self.is_begun = True
        return words

    def _say(self, sentence: str) -> str:
        self.is_begun = False
        self.draft.said.append(sentence)
        return sentence

    def _may_say(self, sentence: str) -> bool:
        """Not without knowledge, and no figure without a source."""
        if self._thought.tools_only:
            return False
        missing = self._sources.missing(sentence)
        self.draft.withheld += len(missing)
        return not missing

    def _use(self, call: ToolCall) -> list[str]:
        """Run a tool that the model asked for; its answer is complete and is said as it is."""
        if not registry.may_model_use(call.name, fold(self._thought.heard)):
            logger.warning("the model asked for %s, which the caller did not", call.name[:40])
            return []
        ctx = thinking.context(self._caller, self._call, self._gate)
        slots = registry.slots_of(call.arguments, ctx, self._thought.heard)
        used = thinking.use(Asked(call.name, slots), self._session, ctx, self._thought.heard, by="model")
        self._of_tools += used.citations
        self.draft.tool_calls += used.tool_calls
        self.draft.outcome = used.outcome
        self.draft.offers_person = self.draft.offers_person or used.offers_person
        self._sources.add(used.text)
        return split(used.text)

    def _ending(self, *, broken: bool, failed: bool) -> list[str]:
        """What is still to be said, and how it ended."""
        draft, call = self.draft, self._call
        more: list[str] = []
        if not draft.said:
            draft.outcome = Outcome.FAILED if broken or failed else Outcome.UNKNOWN
            draft.offers_person = True
            more = split(call.phrase_apology if broken or failed else call.phrase_unknown)
        elif broken:
            more = [f"… {BROKEN_OFF}" if self.is_begun else BROKEN_OFF]
        elif draft.said[1:] == [WITHHELD_INSIDE]:
            draft.outcome, draft.offers_person = Outcome.UNKNOWN, True
        elif draft.withheld:
            draft.offers_person = True
            more = [] if WITHHELD_INSIDE in draft.said else [WITHHELD]
        elif not draft.tool_calls and is_unknown(draft.text, call):
            draft.outcome, draft.offers_person = Outcome.UNKNOWN, True
        if draft.outcome in {Outcome.ANSWERED, Outcome.CLARIFY, Outcome.REFUSED}:
            used = () if draft.tool_calls else rested_on(draft.text, self._thought.citations)
            draft.citations = self._of_tools or used
        return [self._say(sentence) for sentence in more]


def is_unknown(text: str, call: CallSettings) -> bool:
    """The answer is that there is none."""
    if text == tidy(call.phrase_unknown):
        return True
    return DOES_NOT_KNOW.search(fold(text)) is not None and len(text) < 200


def rested_on(text: str, citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """The passages that are quoted or whose words the answer uses, most first; then those without which a figure of it
    would stand nowhere; the best found one where none of it can be told."""
    said = stems(text)
    sentences = [quotation(sentence) for sentence in split(text)]
    shared = []
    for one in citations:
        written = letters(f"{one.heading} {one.text}")
        is_quoted = any(sentence in written for sentence in sentences if len(sentence) >= SHORTEST_QUOTATION)
        shared.append((len(said & stems(f"{one.heading} {one.text}")), is_quoted, one))
    most = max((count for count, _, _ in shared), default=0)
    if not most:
        return tuple(citations[:1])
    quoted = any(is_quoted for _, is_quoted, _ in shared)
    used = [each for each in shared if (each[1] if quoted else each[0] * 2 >= most)]
    used.sort(key=lambda each: -each[0])
    return with_figures(text, [one for _, _, one in used], citations)


def with_figures(text: str, used: list[Citation], citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """And the passages that hold what the used ones lack of the answer's figures."""
    sources = Sources()
    for one in used:
        sources.add(one.text, one.heading, one.document)
    for one in citations:
        missing = sources.missing(text)
        if not missing:
            break
        if one not in used and missing & facts_of(f"{one.document} {one.heading} {one.text}"):
            used.append(one)
            sources.add(one.text, one.heading, one.document)
    return tuple(used)


@lru_cache(maxsize=512)
def letters(text: str) -> str:
    """Letters and digits only: what is left of a sentence however it was laid out."""
    return re.sub(r"[\W_]+", "", fold(text))


def quotation(sentence: str) -> str:
    """A sentence without the names of where it comes from."""
    return letters(NAMED.sub("", sentence))


async def rewritten(question: str, session: Session, call: CallSettings) -> str:
    """The question free of the conversation, by the contextualiser prompt; nothing when it does not come in time."""
    system = Message("system", prompts.filled(call.contextualize_prompt, name=call.name))
    messages = [system, *session.messages, Message("user", question)]
    said: list[str] = []
    try:
        async with (
            asyncio.timeout(REWRITE_SECONDS),
            aclosing(brain.language_model(call).reply(messages)) as answer,
        ):
            async for piece in answer:
                if isinstance(piece, TextDelta):
                    said.append(piece.text)
    except (ProviderError, TimeoutError) as exc:
        logger.warning("a question was not rewritten: %s", type(exc).__name__)
        return ""
    return tidy(" ".join("".join(said).split()))[:LONGEST_REWRITTEN]
