"""Who looks at the calls that go on, and what of them this person may read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from calls import access
from houses.access import sees_phones
from houses.api.plain_text import without_phones
from vasdom.errors import Forbidden
from voice.live.state import State


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person with the rights he had when he was looked up."""

    key: int
    name: str
    may_steer: bool
    sees_phones: bool

    def state(self, state: State) -> State:
        """A call's state as this person may read it."""
        return state if self.sees_phones else state | self._fields(state) | {"lines": self._lines(state["lines"])}

    def change(self, message: dict[str, Any]) -> dict[str, Any]:
        """A message of the group `calls.live` likewise."""
        fields, lines = message["fields"], message["lines"]
        if not self.sees_phones:
            fields, lines = self._fields(fields), self._lines(lines)
        return {"id": message["id"], "seq": message["seq"], "fields": fields, "lines": lines}

    def _fields(self, fields: dict[str, Any]) -> dict[str, Any]:
        clean = {key: without_phones(value) if key in SPOKEN else value for key, value in fields.items()}
        if "caller" in clean:
            clean["caller"] = access.masked(clean["caller"])
        return clean | ({"contact": ""} if "contact" in clean else {})

    def _lines(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                key: without_phones(value) if isinstance(value, str) and key != "at" else value
                for key, value in line.items()
            }
            for line in lines
        ]


SPOKEN = ("interim", "saying")


def viewer_of(user_key: int | None) -> Viewer:
    """Looks the person's rights up anew.

    Raises:
        Forbidden: he may not watch, or not any more.
    """
    user = User.objects.filter(pk=user_key or 0).first()
    if user is None or not access.may_watch(user):
        raise Forbidden("Ваша роль не позволяет видеть идущие звонки.")
    name = user.get_full_name() or user.username
    return Viewer(user.pk, name, access.may_steer(user), sees_phones(user))
