"""Lengths, shares and times of calls as people read them; what is not known is «нет данных»."""

from __future__ import annotations

from datetime import timedelta

from django import template

register = template.Library()
NO_DATA = "нет данных"
THIN_SPACE = "\u202f"


@register.filter
def call_length(value: timedelta | None) -> str:
    """«45 с», «2 м 05 с», «1 ч 02 м»."""
    if value is None:
        return NO_DATA
    seconds = round(value.total_seconds())
    if seconds < 60:
        return f"{seconds} с"
    if seconds < 3600:
        return f"{seconds // 60} м {seconds % 60:02d} с"
    return f"{seconds // 3600} ч {seconds % 3600 // 60:02d} м"


@register.filter
def spent(milliseconds: float | None) -> str:
    """«8 мс», «340 мс», «1,25 с»."""
    if milliseconds is None:
        return NO_DATA
    if milliseconds < 10:
        return f"{milliseconds:.1f} мс".replace(".", ",")
    if milliseconds < 1000:
        return f"{milliseconds:.0f} мс"
    return f"{milliseconds / 1000:.2f} с".replace(".", ",")


@register.filter
def share(value: float | None) -> str:
    """A share of 0–1 as whole percent; what is not quite all or nothing is never shown as 100 or 0."""
    if value is None:
        return NO_DATA
    whole = round(value * 100)
    whole = min(whole, 99) if value < 1 else whole
    whole = max(whole, 1) if value > 0 else whole
    return f"{whole}{THIN_SPACE}%"


@register.filter
def known(value: object) -> object:
    """The value, or «нет данных»; fractions with one digit."""
    if value is None:
        return NO_DATA
    return f"{value:.1f}".replace(".", ",") if isinstance(value, float) else value
