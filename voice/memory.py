"""What a process remembers of conversations: the last things said and their subject, bounded in number and in size.

It is per process: a conversation whose messages reach another process begins anew there, and loses only the
antecedents of its pronouns. The log of what was said is the database's.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

from providers.llm import Message, Role

if TYPE_CHECKING:
    from voice.tools.spec import Asked, Pending

SESSIONS = 1_000
KEPT_SECONDS = 30 * 60.0
TURNS = 12
LONGEST_REMEMBERED = 600


@dataclass(slots=True)
class Session:
    """One conversation. `house` is the key of the house that was spoken of, `request` what was last asked of a tool,
    `pending` what an answer is waited for, `topic` the words of the last question to the knowledge base."""

    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=TURNS))
    topic: tuple[str, ...] = ()
    house: int | None = None
    request: Asked | None = None
    pending: Pending | None = None
    used_at: float = 0.0

    def fork(self) -> Session:
        """The same memories, to go on with by itself."""
        return replace(self, messages=self.messages.copy())

    def restore(self, other: Session) -> None:
        """Be what `other` was; it is not to be used any more."""
        for each in fields(self):
            setattr(self, each.name, getattr(other, each.name))

    def heard(self, text: str) -> None:
        self._keep("user", text)

    def said(self, text: str) -> None:
        self._keep("assistant", text)

    @property
    def last_said(self) -> str:
        """What the assistant said last; nothing before it has said anything."""
        return next((one.content for one in reversed(self.messages) if one.role == "assistant"), "")

    def _keep(self, role: Role, text: str) -> None:
        if text:
            self.messages.append(Message(role, text[:LONGEST_REMEMBERED]))


class Sessions:
    """The conversations of this process: the least recently used go first, and those that nobody continues."""

    def __init__(
        self,
        limit: int = SESSIONS,
        kept_seconds: float = KEPT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit, self._kept_seconds, self._clock = limit, kept_seconds, clock
        self._rows: OrderedDict[tuple[str, ...], Session] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, *key: str) -> Session:
        """The conversation of this key, a new one when it is unknown or forgotten."""
        with self._lock:
            now = self._clock()
            self._forget(now)
            session = self._rows.pop(key, None) or Session()
            session.used_at = now
            self._rows[key] = session
            while len(self._rows) > self._limit:
                self._rows.popitem(last=False)
            return session

    def put(self, session: Session, *key: str) -> None:
        """What is remembered from now on."""
        self.get(*key)
        with self._lock:
            session.used_at = self._rows[key].used_at
            self._rows[key] = session

    def drop(self, *key: str) -> None:
        """Forget it: the call is over."""
        with self._lock:
            self._rows.pop(key, None)

    def _forget(self, now: float) -> None:
        while self._rows:
            key, oldest = next(iter(self._rows.items()))
            if now - oldest.used_at <= self._kept_seconds:
                return
            del self._rows[key]


SESSIONS_OF_PROCESS = Sessions()
