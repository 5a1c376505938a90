"""Small helpers of the office's templates."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django import forms, template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from houses.cleaning import CleaningType

register = template.Library()
NO_DATA = format_html('<span class="of-none" title="{}">—</span>', "нет данных")
THIN_SPACE = "\u202f"


@register.filter
def spaced(value: object) -> str:
    """A whole number with thin spaces between thousands: 30 153."""
    return f"{value:,}".replace(",", THIN_SPACE) if isinstance(value, int) else str(value)


@register.filter
def or_no_data(value: object) -> object:
    """The value; for one that the CRM did not give, a dash that says «нет данных»."""
    if value is None or value == "":
        return NO_DATA
    return spaced(value)


@register.filter
def plural_ru(count: int, forms_of_word: str) -> str:
    """The right one of three words: {{ 5|plural_ru:"дом,дома,домов" }} is «домов»."""
    one, few, many = forms_of_word.split(",")
    tens, ones = abs(count) % 100, abs(count) % 10
    if ones == 1 and tens != 11:
        return one
    return few if 2 <= ones <= 4 and not 12 <= tens <= 14 else many


@register.filter
def fields_named(form: forms.Form, names: Iterable[str]) -> list[forms.BoundField]:
    return [form[name] for name in names]


@register.filter
def other_fields(form: forms.Form) -> list[forms.BoundField]:
    """The fields of a filter form that are not among its main ones."""
    main = getattr(form, "main_fields", ())
    return [form[name] for name in form.fields if name not in main]


@register.simple_tag
def type_chip(cleaning_type: str) -> SafeString:
    """A coloured chip with the short name of a cleaning type; «тип неизвестен» when the CRM gave none."""
    if not cleaning_type:
        return format_html('<span class="of-chip">{}</span>', "тип неизвестен")
    label = CleaningType(cleaning_type).label
    return format_html(
        '<span class="of-chip is-{}" title="{}">{}</span>', cleaning_type.lower(), label, SHORT_TYPES[cleaning_type]
    )


SHORT_TYPES = {"T1": "Все этажи", "T2": "Подметание", "T3": "1 этаж"}
STATUS_CLASSES = {"planned": "", "in_progress": "is-busy", "done": "is-good", "not_possible": "is-bad"}


@register.simple_tag
def status_chip(status: str, label: str) -> SafeString:
    return format_html('<span class="of-chip {}">{}</span>', STATUS_CLASSES.get(status, ""), label)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """The address's query with some parameters set, or taken out where None: {% query p=2 per_page=None %}."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value is not None:
            params[name] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag
def figure(number: int, base: str, **params: object) -> SafeString:
    """A number that opens its rows: {% figure 5 visits_address brigade=1 status="done" %}; zero is shown faintly."""
    if not number:
        return format_html('<span class="of-zero">{}</span>', 0)
    given = {name: str(value) for name, value in params.items() if value not in (None, "")}
    return format_html('<a href="{}?{}">{}</a>', base, urlencode(given), spaced(number))
