"""The three cleaning types of the company, and how to tell them apart by the CRM's text."""

from __future__ import annotations

import re

from django.db import models


class CleaningType(models.TextChoices):
    """The labels are the short form; the CRM's full text stays with the schedule slot."""

    T1 = "T1", "Влажная уборка всех этажей"
    T2 = "T2", "Подметание и влажная уборка 1 этажа"
    T3 = "T3", "Влажная уборка 1 этажа"


# The order matters: the sweeping's full text names «всех этажей» and «1 этажа» too, so «подмет» is asked first.
_SIGNS = (
    (re.compile(r"подмет"), CleaningType.T2),
    (re.compile(r"(?<!\d)1 этаж"), CleaningType.T3),
    (re.compile(r"всех этаж"), CleaningType.T1),
)


def classify(text: str) -> CleaningType | None:
    """The cleaning type a CRM option's text stands for; None when it is none of the three."""
    plain = " ".join(text.lower().replace("ё", "е").split())
    for sign, cleaning_type in _SIGNS:
        if sign.search(plain):
            return cleaning_type
    return None
