"""Who is asking: from which page, from which address, signed in or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from channels.auth import get_user
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.http.request import split_domain_port, validate_host

from voice.access import may_chat

Scope = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose page opened the socket.

    Attributes:
        is_allowed: our own page, a site of CORS_ORIGINS, or no page at all (a program sends no `Origin`).
        is_foreign: a site of CORS_ORIGINS. Its visitors are strangers here, whatever cookie their browser sends along.
    """

    is_allowed: bool
    is_foreign: bool


def origin_of(scope: Scope) -> Origin:
    """Judge the `Origin` header. A repeated or unreadable one is nobody's."""
    given = headers(scope, b"origin")
    if not given:
        return Origin(is_allowed=True, is_foreign=False)
    if len(given) > 1:
        return Origin(is_allowed=False, is_foreign=False)
    origin = given[0].lower()
    if is_own(origin, scope):
        return Origin(is_allowed=True, is_foreign=False)
    listed = {allowed.lower() for allowed in settings.CORS_ALLOWED_ORIGINS}
    return Origin(is_allowed=origin in listed, is_foreign=True)


def is_own(origin: str, scope: Scope) -> bool:
    """A page of this site: of SITE_URL, or of the very host that was asked, which must be one of ALLOWED_HOSTS."""
    if origin in {trusted.lower() for trusted in settings.CSRF_TRUSTED_ORIGINS}:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    host = next(iter(headers(scope, b"host")), "").lower()
    domain, port = split_domain_port(host)
    # A proxy may pass the host on without its port.
    same = parts.netloc == host if port else parts.hostname == domain
    return bool(host) and same and parts.scheme in {"http", "https"} and validate_host(domain, settings.ALLOWED_HOSTS)


def address_of(scope: Scope) -> str:
    """The visitor's address."""
    direct = str((scope.get("client") or [""])[0])
    return believed_address(direct, ",".join(headers(scope, b"x-forwarded-for")))


def believed_address(direct: str, forwarded_for: str) -> str:
    """`X-Forwarded-For` is believed only from a proxy on this machine, and only its last entry, which that proxy wrote.

    Of IPv6 the network: a household has 2^64 addresses of its own.
    """
    forwarded = forwarded_for.rpartition(",")[2].strip()
    address = forwarded if forwarded and (not direct or _is_loopback(direct)) else direct
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((known, 64), strict=False)) if known.version == 6 else str(known)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def headers(scope: Scope, name: bytes) -> list[str]:
    """Every value of a header, as Latin-1 text."""
    return [value.decode("latin-1").strip() for key, value in scope.get("headers", ()) if key.lower() == name]


# --- people


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose message this is, as of now.

    Attributes:
        user: someone who may chat as staff; None = a stranger, for whom there are public knowledge and public tools.
        who: whose messages and conversations are counted together.
        name: what the call log calls a person who signed in; empty for a stranger.
    """

    user: User | AnonymousUser | None
    who: str
    name: str = ""

    @property
    def is_trusted(self) -> bool:
        return self.user is not None


def visitor(user: User | AnonymousUser | None, address: str) -> Visitor:
    """The visitor behind a login, the service key or an address. A login that may not chat is a stranger's."""
    if user is None or not user.is_authenticated or not may_chat(user):
        return Visitor(None, f"address:{address}")
    person = f"user:{user.pk}" if user.pk else f"key:{getattr(user, 'key_id', '')}"
    return Visitor(user, person, user.get_username())


async def signed_in(scope: Scope, origin: Origin) -> User | None:
    """Whose session the socket has now: it is read anew, it may have ended since. On a foreign page nobody's."""
    key = None if origin.is_foreign else scope["session"].session_key
    if not key:
        return None
    store = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = await get_user({"session": store})  # type: ignore[typeddict-item]
    return user if isinstance(user, User) and user.is_active else None
