"""What one local Asterisk is like: its folder, its ports, its accounts."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ASSISTANT = "1000"
"""The number of the assistant; any other number leads to it, too."""
OPERATORS = tuple(str(number) for number in range(200, 210))
"""Accounts for people, or for tests in their place: the assistant puts callers through to `PJSIP/200` … `PJSIP/209`."""
SOFTPHONE = "100"
RTP_PORTS = (20_000, 21_999)
"""Below the range from which the system gives out ports by itself."""
LONGEST_SOCKET_PATH = 100
"""A unix socket's path has 107 bytes."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A SIP account."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PbxSettings:
    """One local Asterisk. It listens on `host` only, which is loopback.

    Attributes:
        folder: all that it writes: configuration, log, recordings, its state.
        http_port: of ARI; `sip_port` is of UDP.
        apps: the assistants' applications; a call goes to one of them, and to the next where that one is away.
        phones: accounts that may register: a softphone, the operators.
        media_client: the address of the assistant's media socket, `ws://127.0.0.1:9000/media`; Asterisk connects to it
            where a call is made with `external_host=vasdom`. Empty = there is no such socket.
    """

    folder: Path
    http_port: int
    sip_port: int
    ari_password: str = field(repr=False)
    ari_user: str = "vasdom"
    apps: tuple[str, ...] = ("asterisk-bot",)
    phones: tuple[Phone, ...] = ()
    rtp_ports: tuple[int, int] = RTP_PORTS
    media_client: str = ""
    host: str = "127.0.0.1"

    @property
    def ari_url(self) -> str:
        return f"http://{self.host}:{self.http_port}"

    @property
    def etc(self) -> Path:
        return self.folder / "etc"

    @property
    def log(self) -> Path:
        return self.folder / "log" / "messages.log"

    @property
    def sounds(self) -> Path:
        """`sound:name` plays `name.alaw` or `name.wav` (8 kHz) from here."""
        return self.folder / "data" / "sounds" / "ru"

    @property
    def recordings(self) -> Path:
        return self.folder / "spool" / "recording"

    @property
    def run(self) -> Path:
        """The folder of its socket: a short one elsewhere when this path is too long for a socket."""
        inside = self.folder / "run"
        if len(os.fsencode(inside / "asterisk.ctl")) <= LONGEST_SOCKET_PATH:
            return inside
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"vasdom-pbx-{os.getuid()}-{digest}"

    def phone(self, user: str) -> Phone:
        """The account of this name. Raises KeyError."""
        return {phone.user: phone for phone in self.phones}[user]


def new_phones() -> tuple[Phone, ...]:
    """Accounts with new passwords: a softphone's and the operators'."""
    return tuple(Phone(user, readable_password()) for user in (SOFTPHONE, *OPERATORS))


def free_port(kind: socket.SocketKind, wanted: int = 0, host: str = "127.0.0.1") -> int:
    """The wanted port if it is free, or else one that is."""
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port")


def readable_password() -> str:
    """One that a person can type into a telephone: without letters that look alike."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(12))
