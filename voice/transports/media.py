"""How the audio of calls comes to this process: what a way of doing it has to offer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from voice.engine.ports import CallTransport


class MediaTransport(CallTransport, Protocol):
    """A call's audio as the line holds it.

    Attributes:
        on_gone: called once when the far side ends the audio by itself.
    """

    on_gone: Callable[[], None] | None

    def end(self) -> None:
        """The call is over: frames end, what was held for it is free again. May be called twice."""


ExternalMedia = Callable[..., Awaitable[dict[str, Any]]]
"""Asks Asterisk for a media channel (`POST /channels/externalMedia`, the parameters as they are named there; channel id
and application are set already) and returns the channel."""


@dataclass(frozen=True, slots=True)
class MediaConfig:
    """What a way needs of the line's configuration; the fields are those of `LineConfig`. The last port is included."""

    server: str
    host: str
    first_port: int
    last_port: int
    websocket_client: str


class Media(Protocol):
    """One way, for all calls of one line. Made with a `MediaConfig`."""

    modules: tuple[str, ...]
    """The modules of Asterisk without which it cannot work."""

    def warnings(self, version: str) -> list[str]:
        """Russian sentences on what this version of Asterisk is known to do wrong."""

    async def open(self, ask: ExternalMedia) -> MediaTransport:
        """Have Asterisk make a media channel and join it. Raises LineError; then nothing is left behind."""

    async def close(self) -> None:
        """The line ends; its calls have ended before."""
