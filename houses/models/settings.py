"""What the office may tune for houses."""

from __future__ import annotations

from django.db import models

from houses import schedule


class OfficeSettings(models.Model):
    """The one row of settings; read it through `OfficeSettings.load()`."""

    Wording = schedule.Wording

    periodicity_wording = models.CharField(
        "слова периодичности",
        max_length=12,
        choices=Wording.choices,
        default=Wording.COUNTED,
        help_text="Как называть два мытья всех этажей и два мытья первого этажа за месяц",
    )
    late_report_days = models.PositiveSmallIntegerField(
        "опоздание отчёта, дней",
        default=3,
        help_text="Сколько дней после уборки бригада ещё может отчитаться о ней",
    )

    class Meta:
        verbose_name = "настройки домов"
        verbose_name_plural = "настройки домов"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_house_settings")]

    def __str__(self) -> str:
        return "Настройки домов"

    @classmethod
    def load(cls) -> OfficeSettings:
        return cls.objects.get_or_create(pk=1)[0]
