"""Who calls from which number: an index made of the CRM's contacts, companies and our employees."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from houses.models.house import House, ManagementCompany


class PhoneContact(models.Model):
    """One thing that is known of a number; a number that is several people's has several rows.

    Rows are written by `houses.contacts` only. `STRANGER` remembers that the CRM does not know the number.
    """

    class Role(models.TextChoices):
        ELDER = "elder", "Старший дома"
        RESIDENT = "resident", "Житель"
        COMPANY = "company", "Управляющая компания"
        EMPLOYEE = "employee", "Сотрудник"
        STRANGER = "stranger", "Неизвестный"

    class Source(models.TextChoices):
        SYNC = "sync", "Синхронизация"
        CRM = "crm", "Поиск в CRM"

    number = models.CharField("телефон", max_length=16)
    name = models.CharField("имя", max_length=300, blank=True)
    role = models.CharField("кто это", max_length=8, choices=Role.choices)
    house = models.ForeignKey(House, models.CASCADE, null=True, related_name="+", verbose_name="дом")
    company = models.ForeignKey(ManagementCompany, models.CASCADE, null=True, related_name="+", verbose_name="УК")
    source = models.CharField("откуда", max_length=4, choices=Source.choices, default=Source.SYNC)
    seen_at = models.DateTimeField("узнан", default=timezone.now)

    class Meta:
        verbose_name = "номер телефона"
        verbose_name_plural = "номера телефонов"
        # It begins with the number, so it is what a call is looked up by as well.
        constraints = [
            models.UniqueConstraint(
                fields=["number", "role", "house", "company"], name="one_row_per_known_phone", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        """Without the number: titles are shown to every role."""
        return self.name or self.get_role_display()
