"""Periods of background jobs: what runs, how often, and when it last did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_celery_beat import validators
from django_celery_beat.admin import PeriodicTaskAdmin as BeatTaskAdmin
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.admin import TabularInline

from houses.admin.base import OfficeAdmin
from houses.schedule import plural

for _model in (PeriodicTask, IntervalSchedule, CrontabSchedule, SolarSchedule, ClockedSchedule):
    admin.site.unregister(_model)

PERIODS = {"days": "дн.", "hours": "ч", "minutes": "мин", "seconds": "с", "microseconds": "мкс"}
WEEKDAYS = {"0": "вс", "1": "пн", "2": "вт", "3": "ср", "4": "чт", "5": "пт", "6": "сб", "7": "вс"}


def interval_text(interval: IntervalSchedule) -> str:
    """«каждые 5 мин»."""
    return f"каждые {interval.every} {PERIODS.get(interval.period, interval.period)}"


def crontab_text(crontab: CrontabSchedule) -> str:
    """«каждый день в 03:30», or the five fields when it is anything less plain."""
    rest = (crontab.day_of_month, crontab.month_of_year)
    if crontab.minute.isdecimal() and crontab.hour.isdecimal() and rest == ("*", "*"):
        when = f"в {int(crontab.hour):02}:{int(crontab.minute):02}"
        if crontab.day_of_week == "*":
            return f"каждый день {when}"
        days = crontab.day_of_week.split(",")
        if all(day in WEEKDAYS for day in days):
            return f"{', '.join(WEEKDAYS[day] for day in days)} {when}"
    every = crontab.minute.removeprefix("*/")
    if crontab.hour == crontab.day_of_week == "*" and rest == ("*", "*"):
        if crontab.minute == "*":
            return "каждую минуту"
        if every.isdecimal() and every != crontab.minute:
            return f"каждые {every} {plural(int(every), 'минуту', 'минуты', 'минут')}"
    fields = (crontab.minute, crontab.hour, crontab.day_of_month, crontab.month_of_year, crontab.day_of_week)
    return f"cron: {' '.join(fields)}"


def period_text(task: PeriodicTask) -> str:
    if task.interval:
        return interval_text(task.interval)
    if task.crontab:
        return crontab_text(task.crontab)
    return "—"


# The package's own words for its rows are half English («0 4 * * * (m/h/dM/MY/d)»), and they would stand in the crumbs
# of the pages and in the audit trail.
PeriodicTask.__str__ = lambda task: task.name
IntervalSchedule.__str__ = interval_text
CrontabSchedule.__str__ = crontab_text


class PeriodForm(ModelForm):  # type: ignore[type-arg]
    def clean(self) -> dict[str, Any]:
        """One period and no second; said before the package says it in English."""
        cleaned = super().clean() or {}
        if bool(cleaned.get("interval")) == bool(cleaned.get("crontab")) and not self.errors:
            self._validate_unique = False
            self.add_error("crontab", "Выберите одно из двух: «Через промежуток» или «По времени».")
        return cleaned


class CrontabForm(ModelForm):  # type: ignore[type-arg]
    """The five fields of a cron line, each refused in words with what is expected."""

    def clean_minute(self) -> str:
        return self._checked("minute", validators.minute_validator, "от 0 до 59")

    def clean_hour(self) -> str:
        return self._checked("hour", validators.hour_validator, "от 0 до 23")

    def clean_day_of_month(self) -> str:
        return self._checked("day_of_month", validators.day_of_month_validator, "от 1 до 31")

    def clean_month_of_year(self) -> str:
        return self._checked("month_of_year", validators.month_of_year_validator, "от 1 до 12")

    def clean_day_of_week(self) -> str:
        return self._checked("day_of_week", validators.day_of_week_validator, "от 0 (воскресенье) до 6 (суббота)")

    def _checked(self, name: str, validator: Callable[[str], None], numbers: str) -> str:
        value = str(self.cleaned_data[name]).strip()
        try:
            validator(value)
        except ValidationError as exc:
            raise ValidationError(
                f"Нужны числа {numbers} через запятую, «*» — каждые, или «*/5» — каждые пять."
            ) from exc
        return value


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(BeatTaskAdmin, OfficeAdmin):  # type: ignore[misc]
    change_list_template = OfficeAdmin.change_list_template
    change_form_template = None
    date_hierarchy = None
    list_display = ("name", "period_cell", "enabled_cell", "last_run_at", "total_run_count")
    list_filter = ()
    list_select_related = ("interval", "crontab")
    search_fields = ("name", "task")
    search_help_text = "Название или задание"
    ordering = ("name",)
    actions = ("enable_tasks", "disable_tasks")
    fieldsets = (
        (None, {"fields": ("name", "task_cell", "enabled", "description")}),
        ("Когда", {"fields": ("interval", "crontab", "start_time", "one_off", "last_run_at")}),
    )
    readonly_fields = ("task_cell", "last_run_at")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Which job runs is code; the office rules when and whether. So the package's choice of jobs is left out."""
        form = OfficeAdmin.get_form(self, request, obj, change, **kwargs | {"form": PeriodForm})
        for name, text in (("interval", interval_text), ("crontab", crontab_text)):
            if name in form.base_fields:
                form.base_fields[name].label_from_instance = text
        return form

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if context.get("original"):
            context["title"] = context["original"].name
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="Задание")
    def task_cell(self, task: PeriodicTask) -> str:
        return str(task.task)

    @admin.display(description="Когда")
    def period_cell(self, task: PeriodicTask) -> str:
        return period_text(task)

    @admin.display(description="Включено", ordering="enabled")
    def enabled_cell(self, task: PeriodicTask) -> SafeString:
        if task.enabled:
            return format_html('<span class="of of-chip is-good">{}</span>', "включено")
        return format_html('<span class="of of-chip is-warn">{}</span>', "выключено")


class TasksOfSchedule(TabularInline):  # type: ignore[misc]
    model = PeriodicTask
    fields = ("name", "enabled")
    readonly_fields = fields
    can_delete = False
    extra = 0
    show_change_link = True
    verbose_name_plural = "Задания с этим расписанием"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CrontabSchedule)
class CrontabAdmin(OfficeAdmin):
    form = CrontabForm
    list_display = ("text_cell", "minute", "hour", "day_of_month", "month_of_year", "day_of_week", "timezone")
    fields = (("minute", "hour"), ("day_of_week", "day_of_month"), "month_of_year")
    inlines = (TasksOfSchedule,)

    @admin.display(description="Когда")
    def text_cell(self, crontab: CrontabSchedule) -> str:
        return crontab_text(crontab)


@admin.register(IntervalSchedule)
class IntervalAdmin(OfficeAdmin):
    list_display = ("text_cell", "every", "period_cell")
    fields = (("every", "period"),)
    inlines = (TasksOfSchedule,)

    @admin.display(description="Как часто")
    def text_cell(self, interval: IntervalSchedule) -> str:
        return interval_text(interval)

    @admin.display(description="Единица")
    def period_cell(self, interval: IntervalSchedule) -> str:
        return str(PERIODS.get(interval.period, interval.period))
