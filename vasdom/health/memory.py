"""Since when each part is in its state: kept in Valkey, so that a restart of ours forgets nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import redis

from vasdom.health.states import Reading
from vasdom.health.stores import valkey

KEY = "vasdom:health:states"


@dataclass(frozen=True, slots=True)
class Known:
    state: str
    since: datetime

    def dump(self) -> str:
        return json.dumps({"state": self.state, "since": self.since.isoformat()})

    @classmethod
    def load(cls, text: str) -> Known:
        value = json.loads(text)
        return cls(value["state"], datetime.fromisoformat(value["since"]))


# What was seen while Valkey was away; put there as soon as it is back.
_unsaved: dict[str, Known] = {}
_lock = threading.Lock()


def since(readings: Mapping[str, Reading], now: datetime, *, reachable: bool) -> dict[str, datetime]:
    """The moment each state began, remembering the states just read.

    A state never seen before counts from `now`. Two processes that see the same change at once write the same thing up
    to a second's difference, and the last one stays.
    """
    with _lock:
        known = (_read() if reachable else {}) | _unsaved
        current = {
            name: known[name]
            if name in known and known[name].state == reading.state
            else Known(reading.state, reading.since or now)
            for name, reading in readings.items()
        }
        changed = {name: value for name, value in current.items() if known.get(name) != value}
        _unsaved.update(changed)
        if reachable and _unsaved and _write(_unsaved):
            _unsaved.clear()
    return {name: value.since for name, value in current.items()}


def _read() -> dict[str, Known]:
    try:
        with valkey() as client:
            return {name: Known.load(text) for name, text in client.hgetall(KEY).items()}
    except redis.RedisError:
        return {}


def _write(values: Mapping[str, Known]) -> bool:
    try:
        with valkey() as client:
            client.hset(KEY, mapping={name: value.dump() for name, value in values.items()})
    except redis.RedisError:
        return False
    return True


def forget() -> None:
    """Drop what this process holds; for tests."""
    _unsaved.clear()
