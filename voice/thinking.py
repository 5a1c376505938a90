"""From a message to what is known about it: the part of a reply that needs the database and no model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils import timezone

from knowledge.search import Found, search
from knowledge.text import normalized
from providers.extractive.parts import parts_of
from providers.extractive.wishes import without_unwanted
from voice import brain
from voice.access import Caller
from voice.events import CRM_BASE, Citation, Outcome, ToolUse
from voice.gate import OPEN, Gate
from voice.memory import Session
from voice.snapshot import CallSettings
from voice.talk import asks_again, small_talk
from voice.tools import followup, registry, rules
from voice.tools.reading import Read, fold, read
from voice.tools.spec import Asked, Context, Pending, Result, Slots
from voice.tools.work import NO_ADDRESS

Mark = Callable[[str], None]
ABOUT_WHAT = "Уточните, пожалуйста, о чём вы спрашиваете."


@dataclass(frozen=True, slots=True)
class Thought:
    """What is known of a message. With `text` the reply is ready; without, a model writes it from `citations`.

    Attributes:
        heard: the message, normalised; `question` has the subject of the conversation put in.
        unsure: it leans on the conversation and the rules found no subject; a model may rewrite it.
        ends: the caller says goodbye.
        tools_only: the knowledge bases have nothing, but a tool may; a model's own words are not said.
    """

    heard: str
    question: str = ""
    text: str = ""
    outcome: Outcome = Outcome.ANSWERED
    base: str = ""
    citations: tuple[Citation, ...] = ()
    tool_calls: tuple[ToolUse, ...] = ()
    offers_person: bool = False
    embedding_requests: int = 0
    unsure: bool = False
    tools_only: bool = False
    ends: bool = False


def think(text: str, session: Session, caller: Caller, call: CallSettings, mark: Mark, gate: Gate = OPEN) -> Thought:
    """Everything but the model. Changes what the session remembers.

    Raises:
        NotConfirmed: it would have had an effect, and the gate is shut.
    """
    heard = " ".join(text.replace("\x00", " ").split())
    if not heard:
        return Thought("", text=call.phrase_silence, outcome=Outcome.CLARIFY)
    ctx = context(caller, call, gate)
    said = replace(read(without_unwanted(heard), ctx.today, staff=caller.is_staff), text=heard)
    asked = rules.understand(said, caller, session.house)
    mark("understand")
    if asks_again(said.folded) and (last := session.last_said):
        return Thought(heard, heard, last, Outcome.TALK)
    if result := _pending(session, said, asked, ctx):
        mark("tool")
        return result
    if talk := small_talk(said.folded, call):
        return Thought(heard, heard, talk.text, Outcome.TALK, ends=talk.ends)
    if rules.is_human_wanted(said.folded):
        session.pending = None
        return Thought(heard, heard, call.phrase_transfer, Outcome.TRANSFER, offers_person=True)
    asked = asked or followup.carried(session, said, ctx) or rules.bare_address(said, caller)
    if asked is not None and registry.exists_for(asked.tool, caller):
        thought = use(asked, session, ctx, heard)
        mark("tool")
        return thought
    return know(heard, session, caller, call, mark)


def context(caller: Caller, call: CallSettings, gate: Gate = OPEN) -> Context:
    return Context(caller, timezone.localdate(), female=call.gender == "f", gate=gate)


def use(asked: Asked, session: Session, ctx: Context, heard: str, *, by: str = "rules") -> Thought:
    """Use a tool, and remember what it was about."""
    result = registry.run(asked.tool, ctx, asked.slots)
    return remember(asked, result, session, heard, by=by)


def remember(asked: Asked, result: Result, session: Session, heard: str, *, by: str = "rules") -> Thought:
    session.pending = result.pending
    session.request = Asked(asked.tool, followup.slots_after(result, asked.slots))
    session.topic = ()
    if result.house is not None:
        session.house = result.house
    arguments = {name: str(value) for name, value in _shown(asked).items() if value}
    used = ToolUse(asked.tool, arguments, result.text, result.outcome, by, result.task_id)
    base = CRM_BASE if result.citations or result.task_id else ""
    return Thought(
        heard, heard, result.text, result.outcome, base, result.citations, (used,), offers_person=result.offers_person
    )


def _shown(asked: Asked) -> dict[str, object]:
    """What the log keeps of a tool's question; the caller's words and phone stand in the turn itself."""
    slots = asked.slots
    when = f"{slots.when.start}…{slots.when.end}" if slots.when else ""
    return {
        "address": slots.address,
        "house": slots.house,
        "when": when,
        "brigade": slots.brigade,
        "company": slots.company,
        "state": slots.state,
        "stage": slots.stage,
        "measure": slots.measure,
    }


def _pending(session: Session, said: Read, asked: Asked | None, ctx: Context) -> Thought | None:
    pending = session.pending
    if pending is None:
        return None
    registers = pending.asked.tool.startswith("register_")
    if asked is not None and asked.tool != pending.asked.tool and not registers and not pending.houses:
        return None  # a question of its own
    answer = followup.answered(session, said, ctx)
    return remember(*answer, session, said.text) if answer else None


def know(heard: str, session: Session, caller: Caller, call: CallSettings, mark: Mark, rewritten: str = "") -> Thought:
    """What the knowledge bases hold. `rewritten`: the question as a model put it, free of the conversation."""
    clean = normalized(heard)
    resolved = followup.Resolved(rewritten) if rewritten else followup.resolve(clean, fold(clean), session.topic)
    with_model = brain.vendor_of(call.model_vendor) != brain.EXTRACTIVE
    unsure = resolved.unsure and with_model and not rewritten and bool(session.messages)
    if followup.has_no_subject(resolved.question) and not unsure:
        return Thought(clean, resolved.question, ABOUT_WHAT, Outcome.CLARIFY)
    limit = call.top_k * len(parts_of(resolved.question))
    found = search(resolved.question, role=caller.knowledge_role, limit=limit, threshold=call.fallback_threshold)
    mark("search")
    session.pending = None
    session.topic = followup.subject(resolved.question) or session.topic
    if found.best >= call.answer_threshold:
        citations = tuple(cited(one) for one in found.passages)
        return Thought(
            clean,
            resolved.question,
            base=found.base,
            citations=citations,
            embedding_requests=found.embedding_requests,
            unsure=unsure,
        )
    if with_model and (unsure or rules.may_concern_tools(fold(clean))):
        return Thought(
            clean, resolved.question, embedding_requests=found.embedding_requests, unsure=unsure, tools_only=True
        )
    session.pending = unknown_question(heard)
    return Thought(
        clean,
        resolved.question,
        call.phrase_unknown,
        Outcome.UNKNOWN,
        offers_person=True,
        embedding_requests=found.embedding_requests,
    )


def unknown_question(heard: str) -> Pending:
    """«Запишите»: the question that could not be answered becomes a request."""
    return Pending(Asked("register_request", Slots(words=f"Вопрос: {heard}", detail=NO_ADDRESS)), "note")


def cited(found: Found) -> Citation:
    """A found passage as what a reply rests on."""
    return Citation(
        found.document,
        found.heading,
        found.text,
        found.base,
        found.score,
        found.passage_id,
        found.document_id,
        found.version,
    )
