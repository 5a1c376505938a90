"""Talking to the assistant in tests."""

from __future__ import annotations

from dataclasses import dataclass

from voice.assistant import Conversation
from voice.events import Citation, Citations, Delta, End


@dataclass(frozen=True)
class Answer:
    text: str
    end: End
    citations: tuple[Citation, ...]
    deltas: tuple[Delta, ...] = ()


async def ask(conversation: Conversation, text: str) -> Answer:
    """One message; the events must come in their order."""
    events = [event async for event in conversation.reply(text)]
    assert isinstance(events[-1], End)
    assert [type(event) for event in events] == sorted(
        (type(event) for event in events), key=[Delta, Citations, End].index
    )
    deltas = tuple(event for event in events if isinstance(event, Delta))
    said = "".join(delta.text for delta in deltas)
    assert said == events[-1].text
    assert "|" not in said
    cited = next((event.items for event in events if isinstance(event, Citations)), ())
    return Answer(said, events[-1], cited, deltas)
