"""Who is asking: the service key, a person's token, or a person's session (which DRF itself reads)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from houses.models import Employee
from vasdom.models import ApiToken

SCHEMES = {"token", "bearer"}


class ServicePrincipal(AnonymousUser):
    """Whoever shows the service key (`X-API-Key`): a trusted program that sees and may do everything.

    It is no row of the database. `key_id` tells two keys apart while one replaces the other; it is not the key.
    """

    username: Any = "X-API-Key"
    is_active: Any = True
    is_superuser: Any = True

    def __init__(self, key_id: str) -> None:
        super().__init__()
        self.key_id = key_id

    def __str__(self) -> str:
        return str(self.username)

    @property
    def employee(self) -> Employee:
        """Nobody's row; raises what Django raises for a person without one."""
        raise Employee.DoesNotExist

    @property
    def is_anonymous(self) -> Any:
        return False

    @property
    def is_authenticated(self) -> Any:
        return True

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return True

    def has_perms(self, perm_list: Any, obj: Any = None) -> bool:
        return True

    def has_module_perms(self, module: str) -> bool:
        return True


class KeyAuthentication(BaseAuthentication):
    """`X-API-Key: <one of API_SECRET_KEY>`. Without a configured key this door is closed, not open.

    A header with a wrong key is refused even when the request also carries a valid session: a script with a stale key
    must learn of it rather than work by accident.
    """

    def authenticate(self, request: Request) -> tuple[ServicePrincipal, None] | None:
        given = request.META.get("HTTP_X_API_KEY")
        if given is None:
            return None
        matched = matching_key(given)
        if matched is None:
            raise AuthenticationFailed("Ключ X-API-Key не подходит.", code="wrong_key")
        return ServicePrincipal(matched), None

    def authenticate_header(self, request: Request) -> str:
        """Names the schemes of all doors: DRF asks only the first class of the list."""
        return 'Token realm="api", ApiKey realm="api"'


def matching_key(given: str) -> str | None:
    """A short name of the configured key that was given, or None; takes the same time whichever differs where."""
    # Servers decode headers as Latin-1; a key with other letters arrives as the bytes it was sent as.
    digest = hashlib.sha256(given.encode("latin-1", "replace")).hexdigest()
    found = None
    for key in settings.API_KEYS:
        expected = hashlib.sha256(key.encode()).hexdigest()
        if hmac.compare_digest(digest, expected):
            found = expected[:16]
    return found


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token <key>` (or `Bearer`): acts as the token's owner, with the owner's role."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, key = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
        if scheme.lower() not in SCHEMES:
            return None
        token = ApiToken.objects.find(key.strip())
        if token is None:
            raise AuthenticationFailed(
                "Токен не подходит: он неизвестен, отозван или владелец отключён.", code="wrong_key"
            )
        token.touch()
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        return 'Token realm="api"'
