"""Keys with which scripts and other systems enter the API."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from auditlog.registry import auditlog
from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone

LAST_USED_STEP = timedelta(minutes=1)
TOKEN_BYTES = 32


def digest_of(key: str) -> str:
    """SHA-256 of a key. The key itself is random and long, so a slow password hash would add nothing."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


class ApiTokenManager(models.Manager["ApiToken"]):
    def issue(self, owner: User, label: str) -> tuple[ApiToken, str]:
        """Make a token and its key; the key exists nowhere else and cannot be shown again."""
        token = ApiToken(owner=owner, label=label)
        key = token.set_new_key()
        token.save()
        return token, key

    def find(self, key: str) -> ApiToken | None:
        """The working token with this key: not revoked, its owner active."""
        found = self.select_related("owner").filter(digest=digest_of(key), revoked_at__isnull=True)
        return found.filter(owner__is_active=True).first()


class ApiToken(models.Model):
    """A key of one person: whoever shows it acts in the API with that person's role."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens", verbose_name="владелец"
    )
    label = models.CharField("для чего", max_length=120)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField("создан", auto_now_add=True)
    last_used_at = models.DateTimeField("последнее обращение", null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField("отозван", null=True, blank=True, editable=False)

    objects = ApiTokenManager()

    class Meta:
        verbose_name = "токен API"
        verbose_name_plural = "токены API"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.label

    def set_new_key(self) -> str:
        """Give an unsaved token its key; only the digest is kept."""
        key = secrets.token_urlsafe(TOKEN_BYTES)
        self.digest = digest_of(key)
        return key

    def touch(self) -> None:
        """Note the use, at most once a minute: a busy script costs no write per request."""
        now = timezone.now()
        if self.last_used_at and now - self.last_used_at < LAST_USED_STEP:
            return
        # Of several requests at once one writes; the others find the moment already fresh.
        stale = models.Q(last_used_at__isnull=True) | models.Q(last_used_at__lte=now - LAST_USED_STEP)
        ApiToken.objects.filter(stale, pk=self.pk).update(last_used_at=now)
        self.last_used_at = now

    def revoke(self) -> None:
        """Close the token for good; a second time changes nothing."""
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])


auditlog.register(ApiToken, exclude_fields=["digest", "last_used_at"])
