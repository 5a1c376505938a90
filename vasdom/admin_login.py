"""The office's door: the admin's sign-in, with the same cap on guessing as the brigades' one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm

from houses.brigade_pages import sign_in_limit
from houses.brigade_pages.sign_in import TOO_MANY, address_of


class OfficeSignInForm(AuthenticationForm):  # type: ignore[misc]
    """Refuses further tries of an account or address that has failed too often within the hour."""

    def clean(self) -> dict[str, Any]:
        username = str(self.cleaned_data.get("username") or "")[:200]
        address = address_of(self.request) if self.request else ""
        if sign_in_limit.blocked(username, address):
            raise ValidationError(TOO_MANY, code="too_many")
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            sign_in_limit.count_failure(username, address)
            raise
        sign_in_limit.forget(username)
        return cleaned
