"""What the actions share: a locked call, text that PostgreSQL can hold, who did it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.models import User

from calls.errors import UnknownCall
from calls.models import Call

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Person = User | AnonymousUser | None


def locked(call_id: UUID) -> Call:
    call = Call.objects.select_for_update().filter(pk=call_id).first()
    if call is None:
        raise UnknownCall("Такого звонка нет.")
    return call


def person_of(user: Person) -> User | None:
    """The person's row; None for a script and for the service key, which is nobody's."""
    return user if isinstance(user, User) else None


def storable(value: Any) -> Any:
    """Text, lists and dictionaries without what PostgreSQL cannot hold: NUL and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {storable(str(key)): storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [storable(inner) for inner in value]
    return value


def word(value: str, longest: int) -> str:
    """A short text of one line, as it is kept."""
    return " ".join(str(storable(value)).split())[:longest]


def whole_ms(value: float | None) -> int | None:
    """Milliseconds as they are kept; what is not known stays unknown."""
    return None if value is None else max(0, round(value))
