"""The three cleaning types of the company."""

from __future__ import annotations

from django.db import models


class CleaningType(models.TextChoices):
    """The labels are the short form; the CRM's full text stays with the schedule slot."""

    T1 = "T1", "Влажная уборка всех этажей"
    T2 = "T2", "Подметание и влажная уборка 1 этажа"
    T3 = "T3", "Влажная уборка 1 этажа"
