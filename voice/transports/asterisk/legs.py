"""Channels of ours: by what names they go, and what became of each."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from typing import Any

NORMAL_CLEARING = 16
"""Q.850's word for «hung up»."""


class Names:
    """The ids we give, by which they are known again after a crash: `vasdom-<app>-<kind>-<12 hex digits>`."""

    def __init__(self, app: str) -> None:
        self._prefix = f"vasdom-{app}-"
        self._pattern = re.compile(rf"{re.escape(self._prefix)}([a-z]+)-[0-9a-f]{{12}}")

    def new(self, kind: str) -> str:
        return f"{self._prefix}{kind}-{secrets.token_hex(6)}"

    def kind(self, name: str) -> str | None:
        """ "media", "operator" or "bridge"; None for what is not ours."""
        found = self._pattern.fullmatch(name)
        return found[1] if found else None


class Leg:
    """One channel, as its events tell of it.

    Attributes:
        in_stasis: resolved when it is in our application, which an operator's is when he answers.
        gone: resolved the moment it hangs up or leaves, with Q.850's cause.
        on_digit, on_ringing: called when it happens.
    """

    def __init__(self, name: str) -> None:
        loop = asyncio.get_running_loop()
        self.id = name
        self.in_stasis: asyncio.Future[None] = loop.create_future()
        self.gone: asyncio.Future[int] = loop.create_future()
        self.on_digit: Callable[[str], None] | None = None
        self.on_ringing: Callable[[], None] | None = None

    def happened(self, event: dict[str, Any]) -> None:
        match event["type"]:
            case "StasisStart":
                if not self.in_stasis.done():
                    self.in_stasis.set_result(None)
            case "StasisEnd" | "ChannelHangupRequest" | "ChannelDestroyed":
                self.lost(int(event.get("cause") or NORMAL_CLEARING))
            case "ChannelDtmfReceived":
                if self.on_digit is not None:
                    self.on_digit(str(event["digit"]))
            case "ChannelStateChange":
                if event["channel"].get("state") == "Ringing" and self.on_ringing is not None:
                    self.on_ringing()

    def lost(self, cause: int = NORMAL_CLEARING) -> None:
        if not self.gone.done():
            self.gone.set_result(cause)


class Legs:
    """The channels that this process knows."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._known: dict[str, Leg] = {}

    def watch(self, name: str) -> Leg:
        leg = self._known[name] = Leg(name)
        return leg

    def make(self, kind: str) -> Leg:
        """For a channel that we are about to ask for: nothing that it tells of is missed."""
        return self.watch(self.names.new(kind))

    def forget(self, leg: Leg) -> None:
        if self._known.get(leg.id) is leg:
            del self._known[leg.id]

    def get(self, name: str) -> Leg | None:
        return self._known.get(name)

    def established(self) -> list[Leg]:
        """Those that Asterisk must know of."""
        return [leg for leg in self._known.values() if leg.in_stasis.done() and not leg.gone.done()]
