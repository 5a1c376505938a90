"""What a line needs to know."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice.transports.media import MediaConfig


@dataclass(frozen=True, slots=True)
class LineConfig:
    """One ARI connection: one application of one Asterisk.

    Attributes:
        ari_url: `http://127.0.0.1:8088`, with or without `/ari`.
        app: the name in `Stasis(…)`; belongs to exactly one process.
        media: a key of `voice.transports.registry.MEDIA`: "rtp" or "websocket".
        max_calls: how many calls there is room for.
        media_host: where we listen for media and where Asterisk sends it: our address as Asterisk sees it.
        first_rtp_port, last_rtp_port: two ports for every call, and two for every operator who is being briefed.
            Without a last port there are four for each of `max_calls`.
        websocket_client: the section of Asterisk's websocket_client.conf that connects to us; empty = we connect to
            Asterisk.
    """

    ari_url: str
    user: str
    password: str = field(repr=False)
    app: str = "asterisk-bot"
    media: str = "rtp"
    max_calls: int = 50
    media_host: str = "127.0.0.1"
    first_rtp_port: int = 18_000
    last_rtp_port: int | None = None
    websocket_client: str = ""

    @property
    def server(self) -> str:
        """The address of Asterisk's HTTP server, without `/ari`."""
        return self.ari_url.rstrip("/").removesuffix("/ari")

    def for_media(self) -> MediaConfig:
        last = self.last_rtp_port or self.first_rtp_port + 4 * self.max_calls
        return MediaConfig(self.server, self.media_host, self.first_rtp_port, last, self.websocket_client)
