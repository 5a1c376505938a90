"""Which CRM field means what: rows, so that a new month or a re-created field needs no deploy."""

from django.db import models

from houses.cleaning import CleaningType


class FieldMapping(models.Model):
    """A fixed field of the house passport and the CRM field it is read from. Pre-filled by a migration."""

    key = models.CharField("что это", max_length=40, unique=True, editable=False)
    title = models.CharField("название", max_length=120, editable=False)
    field_name = models.CharField("поле CRM", max_length=64, blank=True, help_text="Пусто — поле не читается")
    label = models.CharField("подпись в CRM", max_length=300, blank=True, editable=False)
    seen_at = models.DateTimeField("встречено в CRM", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "поле паспорта дома"
        verbose_name_plural = "поля паспорта дома"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class ScheduleField(models.Model):
    """A month field of the CRM («Дата уборки 1 | Сентябрь 2025»), found by its label at each sync.

    A field whose label is ambiguous (both August columns are called «Дата уборки 2») is a conflict: a person decides,
    nothing is read from it until then. A person's decision (`CONFIRMED`, `IGNORED`) is never overwritten by a sync.
    """

    class Kind(models.TextChoices):
        DATES = "dates", "Даты уборки"
        TYPE = "type", "Тип уборки"

    class State(models.TextChoices):
        FOUND = "found", "Распознано"
        CONFIRMED = "confirmed", "Подтверждено"
        CONFLICT = "conflict", "Спорное"
        IGNORED = "ignored", "Не читать"

    field_name = models.CharField("поле CRM", max_length=64, unique=True)
    label = models.CharField("подпись в CRM", max_length=300, blank=True)
    kind = models.CharField("содержит", max_length=8, choices=Kind.choices)
    year = models.PositiveSmallIntegerField("год")
    month = models.PositiveSmallIntegerField("месяц")
    slot = models.PositiveSmallIntegerField("слот", help_text="1 или 2")
    state = models.CharField("состояние", max_length=12, choices=State.choices, default=State.FOUND)
    problem = models.CharField("в чём спор", max_length=300, blank=True, editable=False)
    seen_at = models.DateTimeField("встречено в CRM", null=True, blank=True, editable=False)
    is_demo = models.BooleanField("демо", default=False, editable=False)

    class Meta:
        verbose_name = "поле графика"
        verbose_name_plural = "поля графика"
        ordering = ["-year", "-month", "slot", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "year", "month", "slot"],
                condition=models.Q(state__in=["found", "confirmed"]),
                name="one_field_per_month_slot",
            ),
            models.CheckConstraint(condition=models.Q(month__range=(1, 12)), name="schedule_month_is_a_month"),
        ]

    def __str__(self) -> str:
        return self.label or self.field_name


class EnumOption(models.Model):
    """One option of a CRM list field. Every month's type field has options with ids of its own."""

    field_name = models.CharField("поле CRM", max_length=64)
    option_id = models.BigIntegerField("ID варианта")
    text = models.CharField("текст", max_length=500)
    cleaning_type = models.CharField("тип уборки", max_length=2, choices=CleaningType.choices, blank=True)
    is_demo = models.BooleanField("демо", default=False, editable=False)

    class Meta:
        verbose_name = "вариант списка"
        verbose_name_plural = "варианты списков"
        ordering = ["field_name", "option_id"]
        constraints = [models.UniqueConstraint(fields=["field_name", "option_id"], name="one_row_per_option")]

    def __str__(self) -> str:
        return self.text
