"""Who may do what with calls, and who reads the callers' numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from houses.access import Role, grant, sees_all_houses, sees_phones
from houses.api.plain_text import without_phones

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

VIEW, RATE, CLEAR = "calls.view_call", "calls.rate_turn", "calls.clear_log"
HEAR, WATCH, STEER = "calls.hear_recording", "calls.watch_live", "calls.steer_call"
_OFFICE = {VIEW, RATE, HEAR, WATCH, STEER}
PERMISSIONS: dict[Role, set[str]] = {
    Role.DIRECTOR: {*_OFFICE, CLEAR, "calls.view_calllogsettings", "calls.change_calllogsettings"},
    Role.MANAGER: {*_OFFICE, "calls.view_calllogsettings"},
    Role.OPERATOR: _OFFICE,
    Role.VIEWER: {VIEW},
}
NUMBER = re.compile(r"\+?\d[\d\s()\-]{5,}\d")
MASK = "•••"
SHOWN_DIGITS = 2


def setup_roles(**_signal: Any) -> None:
    """Give each role its part; may be run any number of times."""
    grant(PERMISSIONS)


def may_read(user: User | AnonymousUser) -> bool:
    return user.has_perm(VIEW) and sees_all_houses(user)


def may_rate(user: User | AnonymousUser) -> bool:
    return user.has_perm(RATE)


def may_clear(user: User | AnonymousUser) -> bool:
    """May hide calls from the log and bring them back."""
    return user.has_perm(CLEAR)


def may_hear(user: User | AnonymousUser) -> bool:
    """May listen to the recordings of calls."""
    return may_read(user) and user.has_perm(HEAR)


def may_watch(user: User | AnonymousUser) -> bool:
    """May follow calls that go on."""
    return bool(user.is_active and user.is_staff and user.has_perm(WATCH))


def may_steer(user: User | AnonymousUser) -> bool:
    """May end a call that goes on, put it through and speak in it."""
    return may_watch(user) and user.has_perm(STEER)


def readable(text: str, user: User | AnonymousUser) -> str:
    """What was said, without the phone numbers in it for those who may not read them."""
    return text if sees_phones(user) else without_phones(text)


def caller_for(caller: str, user: User | AnonymousUser) -> str:
    """Who called; of a number, those who may not read phones see the last two digits."""
    return caller if sees_phones(user) else masked(caller)


def masked(caller: str) -> str:
    """Of a number, its last two digits."""
    return NUMBER.sub(lambda found: MASK + found[0][-SHOWN_DIGITS:], caller)


def citations_for(citations: list[Any], user: User | AnonymousUser) -> list[dict[str, Any]]:
    """The passages an answer rests on, as this reader may see them."""
    return [
        {key: readable(value, user) if isinstance(value, str) else value for key, value in citation.items()}
        for citation in citations
        if isinstance(citation, dict)
    ]
