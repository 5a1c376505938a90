"""«Журнал изменений»: who changed what, when, from what to what, in the words of the pages."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext

from houses.admin.base import OfficeChangeList, ReadOnlyAdmin
from houses.admin.filters import FilterForm, OpenChoiceField, date_field
from houses.admin.house_filters import is_key
from vasdom.admin_users import right_label

ACTIONS = {0: ("создание", "is-good"), 1: ("изменение", "is-busy"), 2: ("удаление", "is-bad"), 3: ("просмотр", "")}
EMPTY = "—"
MASKED = "скрыто"
LONGEST_VALUE = 160

admin.site.unregister(LogEntry)


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one entry, as a person reads it."""

    field: str
    old: str
    new: str


class AuditFilterForm(FilterForm):
    presets_of = ("date", "date_from", "date_to")
    main_fields = ("kind", "actor")

    kind = OpenChoiceField("Что")
    actor = OpenChoiceField("Кто")
    action = forms.ChoiceField(
        label="Действие",
        required=False,
        choices=[("", "Все"), ("create", "Создание"), ("update", "Изменение"), ("delete", "Удаление")],
    )
    date = date_field("День")
    date_from = date_field("С")
    date_to = date_field("По")
    object = forms.CharField(required=False, max_length=80, label="Ключ записи", widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = ContentType.objects.get_for_models(*auditlog.get_models()).items()
        named = sorted((str(capfirst(model._meta.verbose_name)), str(kind.pk)) for model, kind in kinds)
        self.offer("kind", [("", "Всё"), *((key, name) for name, key in named)])
        people = User.objects.filter(is_active=True).order_by("username").values_list("pk", "username")
        options = [("", "Все"), *((str(key), name) for key, name in people), ("none", "Система")]
        self.offer("actor", options)

    def preset_days(self, today: datetime.date) -> list[tuple[str, dict[str, datetime.date]]]:
        """The past: there is no trail of tomorrow."""
        *_, week, month = super().preset_days(today)
        return [("Сегодня", {"date": today}), ("Вчера", {"date": today - datetime.timedelta(days=1)}), week, month]

    def narrow(self, queryset: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
        if kind := wanted.get("kind"):
            queryset = queryset.filter(content_type=int(kind)) if is_key(kind) else queryset.none()
        if actor := wanted.get("actor"):
            queryset = queryset.filter(actor=int(actor) if is_key(actor) else None)
        if action := wanted.get("action"):
            queryset = queryset.filter(action={"create": 0, "update": 1, "delete": 2}[action])
        if key := wanted.get("object"):
            queryset = queryset.filter(object_pk=key)
        lookups = {"date": "timestamp__date", "date_from": "timestamp__date__gte", "date_to": "timestamp__date__lte"}
        for name, lookup in lookups.items():
            if day := wanted.get(name):
                queryset = queryset.filter(**{lookup: day})
        return queryset


class AuditChangeList(OfficeChangeList):
    def decorate(self, rows: list[Any]) -> None:
        read_changes(rows)


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    filter_form_class = AuditFilterForm
    card_template = "admin/houses/pages/audit_entry.html"
    list_display = ("when_cell", "who_cell", "action_cell", "what_cell", "changes_cell")
    list_display_links = None
    list_select_related = ("actor", "content_type")
    search_fields = ("object_repr",)
    search_help_text = "Название записи"
    ordering = ("-timestamp", "-pk")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OfficeChangeList]:
        return AuditChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("serialized_data")

    def card_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        read_changes([row])
        label, css = ACTIONS.get(row.action, ("", ""))
        return {"entry": row, "action_label": label, "action_class": css, "object_cell": self.what_cell(row)}

    @admin.display(description="Когда", ordering="timestamp")
    def when_cell(self, entry: LogEntry) -> SafeString:
        when = timezone.localtime(entry.timestamp)
        cell = '<a class="of of-strong of-nowrap" href="{}">{}</a>'
        address = reverse("admin:auditlog_logentry_change", args=[entry.pk])
        return format_html(cell, address, f"{when:%d.%m.%Y %H:%M:%S}")

    @admin.display(description="Кто", ordering="actor__username")
    def who_cell(self, entry: LogEntry) -> str:
        return str(entry.actor) if entry.actor else "система"

    @admin.display(description="Действие", ordering="action")
    def action_cell(self, entry: LogEntry) -> SafeString:
        label, css = ACTIONS.get(entry.action, ("", ""))
        return format_html('<span class="of of-chip {}">{}</span>', css, label)

    @admin.display(description="Что")
    def what_cell(self, entry: LogEntry) -> SafeString:
        model = entry.content_type.model_class()
        kind = str(model._meta.verbose_name) if model else entry.content_type.model
        address = address_of(entry) if entry.action != LogEntry.Action.DELETE else ""
        name = entry.object_repr
        shown = (
            format_html('<a class="of-link" href="{}">{}</a>', address, name) if address else format_html("{}", name)
        )
        return format_html('<span class="of of-house"><small>{}</small><span>{}</span></span>', kind, shown)

    @admin.display(description="Что изменилось")
    def changes_cell(self, entry: Any) -> SafeString:
        return mark_safe(render_to_string("admin/houses/parts/changes.html", {"changes": entry.read}))


def address_of(entry: LogEntry) -> str:
    kind = entry.content_type
    try:
        return reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[entry.object_pk])
    except NoReverseMatch:
        return ""


def read_changes(entries: Iterable[Any]) -> None:
    """Give each entry `read`, its changes as people read them; one query per related model."""
    rows = list(entries)
    names, rights = related_names(rows), rights_named(rows)
    for entry in rows:
        model = entry.content_type.model_class()
        changes = entry.changes_dict if isinstance(entry.changes_dict, dict) else {}
        entry.read = [
            Change(field_label(model, name), shown(model, name, values[0], names), shown(model, name, values[1], names))
            for name, values in changes.items()
            if isinstance(values, list) and len(values) == 2 and is_told(model, name)
        ]
        entry.read = [change for change in entry.read if change.new != EMPTY or change.old not in {EMPTY, MASKED}]
        entry.read += [
            many_change(model, name, change, rights) for name, change in changes.items() if isinstance(change, dict)
        ]


def is_told(model: type[Model] | None, name: str) -> bool:
    """Is this a field of the row itself? A new row's keys and its still empty relations say nothing."""
    field = field_of(model, name)
    if field is None:
        return True
    # A field nobody gave a name has none to be shown by: Django then makes one of the attribute's.
    return name != "id" and bool(getattr(field, "concrete", False)) and field.verbose_name != name.replace("_", " ")


def right_of(text: object) -> str:
    """The part of a stored right that names it: «auth | user | Can add user» → «Can add user»."""
    return str(text).rpartition(" | ")[2]


def rights_named(entries: Iterable[LogEntry]) -> dict[str, str]:
    """Rights given or taken in these entries, in the words of the pages: they are stored in Django's English."""
    changes = [change for entry in entries for change in (entry.changes_dict or {}).values()]
    stored = {right_of(row) for change in changes if isinstance(change, dict) for row in change.get("objects", ())}
    found = Permission.objects.filter(name__in=stored).select_related("content_type") if stored else ()
    return {right.name: right_label(right) for right in found}


def many_change(model: type[Model] | None, name: str, change: dict[str, Any], rights: dict[str, str]) -> Change:
    """Rows added to or taken from a many-to-many relation."""
    objects = ", ".join(rights.get(right_of(row), str(row)) for row in change.get("objects", ()))
    gone = change.get("operation") == "delete"
    return Change(field_label(model, name), objects if gone else EMPTY, EMPTY if gone else objects)


def related_names(entries: Iterable[LogEntry]) -> dict[tuple[type[Model], str], str]:
    """Names of the rows that foreign keys in these entries point to."""
    wanted: dict[type[Model], set[str]] = defaultdict(set)
    for entry in entries:
        model = entry.content_type.model_class()
        for name, values in (entry.changes_dict or {}).items():
            field = field_of(model, name)
            if isinstance(field, ForeignKey) and isinstance(values, list):
                wanted[field.related_model].update(str(value) for value in values if value not in (None, "None", ""))
    found = {}
    for target, keys in wanted.items():
        numeric = [key for key in keys if is_key(key)]
        usable = numeric if target._meta.pk.get_internal_type().endswith("AutoField") else list(keys)
        for row in target._default_manager.filter(pk__in=usable):
            found[target, str(row.pk)] = str(row)
    return found


def field_of(model: type[Model] | None, name: str) -> Any:
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def field_label(model: type[Model] | None, name: str) -> str:
    field = field_of(model, name)
    # Some packages name a field in plain English; our own translations know those names too.
    return gettext(str(getattr(field, "verbose_name", name))) if field else name


def shown(model: type[Model] | None, name: str, value: object, names: dict[tuple[type[Model], str], str]) -> str:
    """A stored value in words: choices by label, rows by name, dates and «да/нет» as people write them."""
    if value in (None, "None", ""):
        return EMPTY
    if "**" in str(value):
        return MASKED
    field, text = field_of(model, name), str(value)
    if isinstance(field, ForeignKey):
        return names.get((field.related_model, text), text)
    if field is not None and getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, text))
    if text in ("True", "False"):
        return "да" if text == "True" else "нет"
    kind = field.get_internal_type() if field is not None else ""
    if kind == "DateTimeField" and (moment := parse_datetime(text)):
        aware = (
            moment.replace(tzinfo=datetime.UTC) if timezone.is_naive(moment) else moment
        )  # auditlog keeps UTC without saying so
        return f"{timezone.localtime(aware):%d.%m.%Y %H:%M}"
    if kind == "DateField" and (day := parse_date(text)):
        return f"{day:%d.%m.%Y}"
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
