"""Control questions about the sample documents, for an installation that has none."""

from __future__ import annotations

from collections import Counter
from typing import Any

from knowledge.demo import TITLES
from voice.models import ControlQuestion

GENERAL, TECH = TITLES["general"], TITLES["tech"]
QUESTIONS: tuple[dict[str, str], ...] = (
    {"question": "В какие часы работает офис?", "words": "9:00\n18:00", "document": GENERAL, "heading": "Часы работы"},
    {"question": "Как пожаловаться на уборку?", "words": "адрес", "heading": "Как пожаловаться на уборку"},
    {"question": "Сколько стоит уборка подъезда?", "document": GENERAL, "heading": "Сколько стоит уборка подъезда"},
    {"question": "Через сколько этажей меняют воду?", "words": "два этажа", "document": TECH},
    {"question": "Когда у нас уборка?", "words": "адрес", "outcome": "clarify"},
    {"question": "Какая зарплата у уборщицы?", "outcome": "unknown", "note": "О зарплате помощник не говорит"},
)


def seed(**_signal: Any) -> None:
    """Only where nobody has made any."""
    if not ControlQuestion.objects.exists():
        ControlQuestion.objects.bulk_create(ControlQuestion(is_demo=True, **values) for values in QUESTIONS)


def remove(*, removed: Counter[str], **_signal: Any) -> None:
    removed["контрольные вопросы"] += ControlQuestion.objects.filter(is_demo=True).delete()[0]
