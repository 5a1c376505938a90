"""Russian numbers, plurals and moments in templates."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone

from houses import schedule

register = template.Library()
NO_DATA = "нет данных"
THIN_SPACE = "\u202f"


@register.filter
def number(value: int | None) -> str:
    """«30 153», or «нет данных»."""
    return NO_DATA if value is None else f"{value:,}".replace(",", THIN_SPACE)


@register.filter
def percent(share: float | None) -> str:
    """A share of 0–1 as whole percent, or «нет данных». What is not quite all is never shown as 100."""
    if share is None:
        return NO_DATA
    whole = round(share * 100)
    if whole == 100 and share < 1:
        whole = 99
    if whole == 0 and share > 0:
        whole = 1
    return f"{whole}{THIN_SPACE}%"


@register.filter
def plural(count: int, forms: str) -> str:
    """`{{ 5|plural:"дом,дома,домов" }}` → «домов»."""
    return schedule.plural(count, *forms.split(","))


@register.filter
def moment(value: datetime | None) -> str:
    """«12:03», with the date when it is not today's; «нет данных» for None."""
    if value is None:
        return NO_DATA
    local = timezone.localtime(value)
    return f"{local:%H:%M}" if local.date() == timezone.localdate() else f"{local:%d.%m.%Y} в {local:%H:%M}"


@register.filter
def duration(seconds: int | None) -> str:
    """«3 мин», «2 ч 5 мин», «4 д 1 ч»."""
    if seconds is None:
        return NO_DATA
    minutes = max(seconds, 0) // 60
    if minutes < 1:
        return "меньше минуты"
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "д"), (hours, "ч"), (minutes, "мин"))
    return " ".join(f"{count}\u00a0{unit}" for count, unit in parts if count)
