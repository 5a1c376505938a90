"""What the CRM's cards of houses lack, as a page and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, Func, OuterRef, Q, QuerySet
from django.db.models.functions import Length

from houses.models import ContactPhone, House
from houses.reports.export import CHUNK
from houses.reports.tables import Cell
from houses.schedule import periodicity_month, periodicity_of

HEADER = (
    "ID", "Адрес", "УК", "Бригада", "Подъезды", "Этажи", "Квартиры", "Периодичность", "Старший (ФИО)",
    "Старший (телефон)", "Старший (email)", "Недостающие поля",
)  # fmt: skip
SHORTEST_ADDRESS = 10
HIDDEN = "скрыт"
HAS_DATES = Func(
    "schedule",
    template="jsonb_path_exists(%(expressions)s, '$[*].dates[0]')",
    output_field=BooleanField(),
)
NAMELESS = Q(contact=None) | Q(contact__last_name="", contact__name="", contact__second_name="")
MARKS: tuple[tuple[str, str, Any], ...] = (
    ("Адрес", "address", Q(address_length__lt=SHORTEST_ADDRESS)),
    ("УК", "company", Q(company=None)),
    ("Бригада", "brigade", Q(brigade=None)),
    ("Подъезды", "entrances", Q(entrances=None)),
    ("Этажи", "floors", Q(floors=None)),
    ("Квартиры", "apartments", Q(apartments=None)),
    ("График уборки", "schedule", ~Q(HAS_DATES)),
    ("Старший (ФИО)", "elder", NAMELESS),
    ("Старший (телефон)", "phone", ~Exists(ContactPhone.objects.filter(contact=OuterRef("contact")))),
)
"""A mark's name, its short name in queries, and the condition under which a house gets it."""


def with_marks(houses: QuerySet[House]) -> QuerySet[House]:
    """The houses with a boolean `lacks_…` for every mark."""
    marked = houses.annotate(address_length=Length("address"))
    for _, short, condition in MARKS:
        marked = marked.annotate(**{f"lacks_{short}": ExpressionWrapper(Q(condition), output_field=BooleanField())})
    return marked.select_related("company", "brigade", "contact")


def marks_of(house: Any) -> tuple[str, ...]:
    """Names of the marks of a house that came from `with_marks()`."""
    return tuple(name for name, short, _ in MARKS if getattr(house, f"lacks_{short}"))


def lacking(houses: QuerySet[House], mark: str = "") -> QuerySet[House]:
    """Of the houses from `with_marks()`, those with this mark, or with any."""
    chosen = [short for name, short, _ in MARKS if mark in {"", name}]
    wanted = Q()
    for short in chosen:
        wanted |= Q(**{f"lacks_{short}": True})
    return houses.filter(wanted) if chosen else houses.none()


def mark_counts(houses: QuerySet[House]) -> tuple[int, dict[str, int]]:
    """How many houses there are in all, and how many have each mark: one query."""
    found = with_marks(houses).aggregate(
        all_houses=Count("pk"), **{short: Count("pk", filter=Q(**{f"lacks_{short}": True})) for _, short, _ in MARKS}
    )
    return found["all_houses"], {name: found[short] for name, short, _ in MARKS}


def file_rows(houses: QuerySet[House], *, phones: bool, wording: str, today: date) -> Iterator[tuple[Cell, ...]]:
    """Rows of the file; without the right to phones those and the e-mail are «скрыт» where there is one."""
    for house in with_marks(houses).prefetch_related("contact__phones").iterator(chunk_size=CHUNK):
        elder = house.contact
        slots = house.slots
        shown = periodicity_month(slots, wanted=None, today=today)
        numbers = ", ".join(phone.number for phone in elder.phones.all()) if elder else ""
        email = elder.email if elder else ""
        yield (
            house.bitrix_id,
            house.address,
            house.company.title if house.company else "",
            house.brigade.name if house.brigade else "",
            house.entrances,
            house.floors,
            house.apartments,
            periodicity_of(slots, shown, wording),
            elder.full_name if elder else "",
            numbers if phones or not numbers else HIDDEN,
            email if phones or not email else HIDDEN,
            ", ".join(marks_of(house)),
        )
