"""How the line is: its processes, and which speech vendors are on, for the pages of the office."""

from __future__ import annotations

from dataclasses import dataclass

import redis
from django.conf import settings

from voice import health, voices
from voice.phone.fields import VENDOR_NAMES

ARI = ("ARI_URL", "ARI_USER", "ARI_PASSWORD")


@dataclass(frozen=True, slots=True)
class VendorState:
    """One vendor of speech. `why` says what it lacks, empty = it is on."""

    name: str
    hears: bool
    speaks: bool
    why: str

    @property
    def does(self) -> str:
        return " и ".join(word for word, able in (("распознаёт", self.hears), ("говорит", self.speaks)) if able)


@dataclass(frozen=True, slots=True)
class LineState:
    """What is known of the line at this moment.

    Attributes:
        missing: environment variables without which there is no phone.
        processes: None when Valkey does not answer.
    """

    missing: tuple[str, ...]
    processes: tuple[health.Process, ...] | None
    vendors: tuple[VendorState, ...]

    @property
    def calls(self) -> int | None:
        """Calls in all processes; None when nobody says."""
        return sum(process.calls for process in self.processes) if self.processes else None

    @property
    def trouble(self) -> str:
        """Why the line does not answer, one Russian sentence; nothing = it does, or is switched off."""
        if self.missing:
            return ""
        if self.processes is None:
            return "Неизвестно: Valkey не отвечает"
        if not self.processes:
            return "Процесс телефона не запущен или не даёт о себе знать"
        if not any(process.connected for process in self.processes):
            return "Нет связи с Asterisk"
        return ""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the processes say, each thing once."""
        told = (warning for process in self.processes or () for warning in process.warnings)
        return tuple(dict.fromkeys(told))


def line_state() -> LineState:
    """Asks Valkey and the environment, nobody else; a second at most."""
    try:
        found = tuple(health.processes())
    except redis.RedisError:
        found = None
    return LineState(tuple(name for name in ARI if not getattr(settings, name)), found, vendor_states())


def vendor_states() -> tuple[VendorState, ...]:
    return tuple(
        VendorState(label, vendor in voices.RECOGNIZERS, vendor in voices.SYNTHESIZERS, voices.missing(vendor))
        for vendor, label in VENDOR_NAMES.items()
    )
