"""What to do with what a lost process left in Asterisk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from voice.transports.asterisk.legs import Names


@dataclass(frozen=True, slots=True)
class Conversation:
    """A caller and an operator who talk without us."""

    bridge: str
    caller: str
    operator: str


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Channels to hang up, callers for the dialplan's net, bridges to destroy, conversations to watch over."""

    hang_up: list[str] = field(default_factory=list)
    go_on: list[str] = field(default_factory=list)
    destroy: list[str] = field(default_factory=list)
    adopt: list[Conversation] = field(default_factory=list)

    def any(self) -> bool:
        return bool(self.hang_up or self.go_on or self.destroy or self.adopt)


def leftovers(
    names: Names,
    channels: Sequence[dict[str, Any]],
    bridges: Sequence[dict[str, Any]],
    in_app: Collection[str],
    known: Callable[[str], bool],
) -> Leftovers:
    """Sort what is ours and unknown to this process; all else is left alone.

    Args:
        channels, bridges: as ARI lists them.
        in_app: ids of the channels in our application.
        known: is this channel or bridge in the hands of this process?
    """
    there = {channel["id"] for channel in channels}
    found = Leftovers()
    talking: set[str] = set()
    for bridge in bridges:
        if names.kind(bridge["id"]) is None or known(bridge["id"]):
            continue
        talk = _conversation(names, bridge)
        if talk is None:
            found.destroy.append(bridge["id"])
        else:
            found.adopt.append(talk)
            talking |= {talk.caller, talk.operator}
    for channel in sorted(there | set(in_app)):
        if known(channel) or channel in talking:
            continue
        if names.kind(channel) is not None:
            found.hang_up.append(channel)
        elif channel in in_app:
            found.go_on.append(channel)
    return found


def _conversation(names: Names, bridge: dict[str, Any]) -> Conversation | None:
    operators = [channel for channel in bridge["channels"] if names.kind(channel) == "operator"]
    callers = [channel for channel in bridge["channels"] if names.kind(channel) is None]
    if len(operators) == len(callers) == 1 and len(bridge["channels"]) == 2:
        return Conversation(bridge["id"], callers[0], operators[0])
    return None
