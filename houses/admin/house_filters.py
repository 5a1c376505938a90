"""What the list of houses may be narrowed by, and in which order a search puts them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Case, CharField, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce
from django.http import QueryDict

from houses.admin.filters import NONE, FilterForm, OpenChoiceField, date_field, type_of_user
from houses.models import Brigade, House, ManagementCompany, Stage
from houses.quality import Issue
from houses.querysets import NO_BRIGADE

RANKED_LIMIT = 300


class HouseFilterForm(FilterForm):
    """`brigade` and `company` are ids, or part of the name."""

    presets_of = ("cleaning_date", "date_from", "date_to")
    main_fields = ("brigade", "company")

    brigade = OpenChoiceField("Бригада")
    company = OpenChoiceField("УК")
    cleaning_date = date_field("Дата уборки")
    date_from = date_field("Уборки с")
    date_to = date_field("Уборки по")
    stage = OpenChoiceField("Стадия")
    issue = forms.ChoiceField(label="Недостающие данные", required=False)
    archived = forms.ChoiceField(
        label="Архив", required=False, choices=[("", "Действующие"), ("1", "Только архив"), ("all", "Все")]
    )

    def __init__(self, data: QueryDict, *, user: type_of_user) -> None:
        super().__init__(data, user=user)
        brigades, companies, stages = known_names()
        self.offer("brigade", [("", "Все бригады"), *brigades, (NONE, NO_BRIGADE)])
        self.offer("company", [("", "Все УК"), *companies, (NONE, "Не указана")])
        self.offer("stage", [("", "Все стадии"), *stages, (NONE, "Без стадии")])
        issues = [("", "Не важно"), ("any", "Есть замечания"), (NONE, "Без замечаний"), *Issue.choices]
        self.fields["issue"].choices = issues  # type: ignore[attr-defined]

    def narrow(self, queryset: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
        queryset = by_archive(queryset, wanted.get("archived", ""))
        if brigade := wanted.get("brigade"):
            queryset = by_brigade(queryset, brigade)
        if company := wanted.get("company"):
            queryset = by_company(queryset, company)
        if stage := wanted.get("stage"):
            queryset = queryset.filter(stage_id=None if stage == NONE else stage)
        if issue := wanted.get("issue"):
            queryset = by_issue(queryset, issue)
        if day := wanted.get("cleaning_date"):
            queryset = queryset.on_dates(day, day)  # type: ignore[attr-defined]
        if wanted.get("date_from") or wanted.get("date_to"):
            queryset = queryset.on_dates(wanted.get("date_from"), wanted.get("date_to"))  # type: ignore[attr-defined]
        return queryset

    @property
    def month(self) -> tuple[int, int] | None:
        """The month whose periodicity the list shows: that of the date filter, if there is one."""
        if not self.is_valid():
            return None
        day: date | None = next(
            (self.cleaned_data[name] for name in ("cleaning_date", "date_from", "date_to") if self.cleaned_data[name]),
            None,
        )
        return (day.year, day.month) if day else None


Choices = list[tuple[str, str]]


def known_names() -> tuple[Choices, Choices, Choices]:
    """Brigades, companies and stages as choices, each in its own order: one query for the three lists."""
    text = CharField()
    parts = [
        Brigade.objects.order_by().values_list(Value(0), Cast("pk", text), "name", Coalesce("number", Value(99))),
        ManagementCompany.objects.order_by().values_list(Value(1), Cast("pk", text), "title", Value(0)),
        Stage.objects.order_by().values_list(Value(2), Cast("pk", text), "name", "sort"),
    ]
    found: tuple[Choices, Choices, Choices] = ([], [], [])
    for kind, key, name, _ in sorted(parts[0].union(*parts[1:], all=True), key=lambda row: (row[0], row[3], row[2])):
        found[kind].append((key, name))
    return found


def brigade_choices() -> Choices:
    return [(str(key), name) for key, name in Brigade.objects.values_list("pk", "name")]


def by_archive(queryset: QuerySet[Any], which: str) -> QuerySet[Any]:
    if which == "all":
        return queryset
    return queryset.filter(archived_at__isnull=which != "1")


def by_brigade(queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
    if value == NONE:
        return queryset.filter(brigade__isnull=True)
    if is_key(value):
        return queryset.filter(brigade=int(value))
    return queryset.filter(brigade__name__icontains=value)


def by_company(queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
    if value == NONE:
        return queryset.filter(company__isnull=True)
    if is_key(value):
        return queryset.filter(company=int(value))
    return queryset.for_company_text(value)  # type: ignore[attr-defined,no-any-return]


def is_key(value: str) -> bool:
    """Could be an id of ours; more digits than a bigint holds could not."""
    return value.isascii() and value.isdecimal() and len(value) < 19


def by_issue(queryset: QuerySet[Any], code: str) -> QuerySet[Any]:
    if code == "any":
        return queryset.exclude(issues=[])
    if code == NONE:
        return queryset.filter(issues=[])
    return queryset.filter(issues__contains=[code])


def search_houses(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Houses by address as people type it, best first; then by title, company or deal number."""
    text = text.strip()
    ranked = [house.pk for house in House.objects.by_address(text)[:RANKED_LIMIT]]
    other = Q(title__icontains=text) | Q(company__title__icontains=text)
    if is_key(text):
        other |= Q(bitrix_id=int(text))
    rank = Case(
        *(When(pk=key, then=Value(place)) for place, key in enumerate(ranked)),
        default=Value(len(ranked)),
        output_field=IntegerField(),
    )
    found: QuerySet[Any] = queryset.filter(Q(pk__in=ranked) | other).annotate(search_rank=rank)
    return found
