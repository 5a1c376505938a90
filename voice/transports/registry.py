"""The ways by which audio may come. A new one is one file and one line here."""

from __future__ import annotations

from importlib import import_module

from voice.transports.errors import LineRefused
from voice.transports.media import Media, MediaConfig

MEDIA: dict[str, tuple[str, str]] = {
    "rtp": ("RTP (ExternalMedia)", "voice.transports.rtp.RtpMedia"),
    "websocket": ("WebSocket (chan_websocket)", "voice.transports.websocket.WebsocketMedia"),
}
"""Key → name for people, dotted path of the class."""


def make_media(key: str, config: MediaConfig) -> Media:
    if key not in MEDIA:
        raise LineRefused(f"Неизвестный способ передачи звука «{key}», есть: {', '.join(MEDIA)}.")
    module, _, name = MEDIA[key][1].rpartition(".")
    made: Media = getattr(import_module(module), name)(config)
    return made
