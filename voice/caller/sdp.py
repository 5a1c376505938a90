"""SDP: where each side wants its sound, and in which codec."""

from __future__ import annotations

import re
from dataclasses import dataclass

from voice.engine.g711 import ALAW, ULAW, Law

EVENT_PAYLOAD = 101
"""Our number for digits (RFC 4733); the other side may name another."""
LAWS = {law.payload_type: law for law in (ALAW, ULAW)}


@dataclass(frozen=True, slots=True)
class Description:
    """One side's offer or answer.

    Attributes:
        host, port: where its RTP is to be sent; port 0 = the stream is refused.
        laws: the codecs of ours that it takes, its favourite first.
        events: its payload type for digits; None = it takes none.
        direction: "sendrecv", "sendonly" (it has put us on hold), "recvonly" or "inactive".
    """

    host: str
    port: int
    laws: tuple[Law, ...]
    events: int | None
    direction: str = "sendrecv"

    @property
    def listens(self) -> bool:
        return self.direction in {"sendrecv", "recvonly"}


def parse(text: str) -> Description | None:
    """The audio stream of a session description; None where there is none."""
    media = re.search(r"^m=audio (\d+)\S* \S+ ([\d ]+?)\r?$", text, re.MULTILINE)
    if media is None:
        return None
    after = text[media.end() :].split("\nm=")[0]
    hosts = re.findall(r"^c=IN IP4 (\S+)", after, re.MULTILINE) or re.findall(r"^c=IN IP4 (\S+)", text, re.MULTILINE)
    types = [int(number) for number in media[2].split()]
    events = re.search(r"^a=rtpmap:(\d+) telephone-event/8000", after, re.MULTILINE | re.IGNORECASE)
    direction = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)\r?$", text, re.MULTILINE)
    return Description(
        host=hosts[0] if hosts else "",
        port=int(media[1]),
        laws=tuple(LAWS[number] for number in types if number in LAWS),
        events=int(events[1]) if events else None,
        direction=direction[1] if direction else "sendrecv",
    )


def write(own: Description, *, version: int = 1) -> str:
    """`version` has to grow with every new description of one session."""
    types = [law.payload_type for law in own.laws] + ([] if own.events is None else [own.events])
    lines = [
        "v=0",
        f"o=- 1 {version} IN IP4 {own.host}",
        "s=-",
        f"c=IN IP4 {own.host}",
        "t=0 0",
        f"m=audio {own.port} RTP/AVP {' '.join(map(str, types))}",
        *(f"a=rtpmap:{law.payload_type} {law.name}/8000" for law in own.laws),
    ]
    if own.events is not None:
        lines += [f"a=rtpmap:{own.events} telephone-event/8000", f"a=fmtp:{own.events} 0-15"]
    return "\r\n".join([*lines, "a=ptime:20", f"a={own.direction}", ""])
