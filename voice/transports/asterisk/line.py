"""The connection to an Asterisk, and the calls on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from voice.transports.asterisk.call import AsteriskCall
from voice.transports.asterisk.config import LineConfig


class AsteriskLine:
    """One ARI application. Reconnects by itself; puts in order what it finds at every connection.

    Attributes:
        connected: events come.
        version: Asterisk's, "22.10.1"; empty before the first connection.
        warnings: Russian sentences for the status page.
    """

    def __init__(self, config: LineConfig) -> None:
        self.config = config
        self.connected = False
        self.version = ""
        self.warnings: list[str] = []

    @property
    def calls(self) -> list[AsteriskCall]:
        """Those that have not ended."""
        raise NotImplementedError

    async def run(self, on_call: Callable[[AsteriskCall], Awaitable[None]]) -> None:
        """Take calls for ever, each in a task of its own.

        When `on_call` returns the call is hung up; when it fails, or this is cancelled, the call is left to the
        dialplan. A caller who talks with an operator stays with him when this is cancelled.

        Raises:
            LineRefused: another process took the application, the password is wrong, or Asterisk cannot do what
                `media` asks for.
        """
        raise NotImplementedError
