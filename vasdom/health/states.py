"""What is said of one part of the product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils import timezone


class State(StrEnum):
    OK = "ok"
    OFF = "off"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a part says of itself at this moment.

    Attributes:
        reason: one Russian sentence, empty when all is well; never a secret, an address or a traceback.
        since: when this state began, if the part itself knows; otherwise the memory of states tells.
        note: a remark for the status page only.
        extra: further keys of this component in `/readyz`, JSON values.
    """

    state: State
    reason: str = ""
    since: datetime | None = None
    note: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Component:
    """A reading with its name and the moment its state began (None when nobody knows)."""

    name: str
    label: str
    state: State
    since: datetime | None
    reason: str
    note: str = ""
    advice: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        since = timezone.localtime(self.since).isoformat(timespec="seconds") if self.since else None
        return {"state": self.state.value, "since": since, "reason": self.reason or None, **self.extra}


class Status(StrEnum):
    """The product as a whole."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Health:
    """Everything at once: the whole and its parts, in the order they are shown."""

    status: Status
    components: Mapping[str, Component]


def ok(note: str = "", **extra: Any) -> Reading:
    return Reading(State.OK, note=note, extra=extra)


def off(reason: str, **extra: Any) -> Reading:
    return Reading(State.OFF, reason, extra=extra)


def failing(reason: str, *, since: datetime | None = None, **extra: Any) -> Reading:
    return Reading(State.FAILING, reason, since=since, extra=extra)
