"""What is thought about a message before a model is asked, as one function of data: it may run in another process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge import glossary
from voice.access import Caller
from voice.gate import OPEN, Gate
from voice.memory import Session
from voice.snapshot import CallSettings, active_settings
from voice.thinking import Thought, know, think
from voice.turn import Stopwatch

REHEARSED = ("Сколько стоит уборка?", "Когда уборка на Лунной 5?")


@dataclass(frozen=True, slots=True)
class Pondered:
    """What came of it.

    Attributes:
        call: the settings that were given, or those that are active now.
        session: what is to be remembered from now on.
        caller: with what was looked up about them.
        about: what a model is told of the caller.
        timings: milliseconds by stage.
    """

    call: CallSettings
    thought: Thought
    session: Session
    caller: Caller
    about: str
    timings: Mapping[str, float]


def ponder(
    text: str, session: Session, caller: Caller, call: CallSettings | None, may_act: bool, rewritten: str = ""
) -> Pondered:
    """Everything but the model. Changes the session that it is given, too.

    Args:
        call: None = the revision that is active now.
        may_act: an effect may be had; a guess may not have one yet.
        rewritten: the question as a model put it, free of the conversation; then only the knowledge bases are asked.

    Raises:
        NotConfirmed: it would have had an effect, and may not.
    """
    watch = Stopwatch()
    call = call or active_settings()
    watch.mark("settings")
    with glossary.kept():
        if rewritten:
            thought = know(text, session, caller, call, watch.mark, rewritten)
        else:
            thought = think(text, session, caller, call, watch.mark, OPEN if may_act else Gate())
    about = caller.note if caller.phone and not thought.text else ""
    return Pondered(call, thought, session, caller, about, watch.timings)


def rehearse() -> None:
    """The first message of a process loads what the others find ready: dictionaries, streets, settings."""
    for text in REHEARSED:
        ponder(text, Session(), Caller(rehearses=True), None, may_act=False)
