"""What a line needs to know."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LineConfig:
    """One ARI connection: one application of one Asterisk.

    Attributes:
        ari_url: `http://127.0.0.1:8088`, with or without `/ari`.
        app: the name in `Stasis(…)`; belongs to exactly one process.
        media: a key of `voice.transports.registry.MEDIA`: "rtp" or "websocket".
        max_calls: how many calls there is room for; transfers with a briefing take the room of one more.
        media_host: where we listen for media and where Asterisk sends it: our address as Asterisk sees it.
        first_rtp_port: RTP takes four ports for each of `max_calls`, from here on.
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
    websocket_client: str = ""

    @property
    def server(self) -> str:
        """The address of Asterisk's HTTP server, without `/ari`."""
        return self.ari_url.rstrip("/").removesuffix("/ari")
