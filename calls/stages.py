"""The stages an answer takes, in the order they follow each other, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

STAGES: dict[str, str] = {
    "endpoint": "ожидание конца фразы",
    "recognition": "распознавание речи",
    "normalise": "нормализация",
    "contextualise": "уточнение вопроса",
    "embedding": "вектор вопроса",
    "search": "поиск в базе",
    "tools": "инструменты",
    "first_token": "модель: до первого слова",
    "generation": "модель: остальной ответ",
    "clause": "модель: первая фраза",
    "synthesis": "синтез речи",
    "playout": "выдача звука в линию",
    "first_audio": "до первого звука",
}
"""A stage that is not listed is shown under its own name, after these."""
TOTAL = "total"
"""The whole of it, where somebody measured it; it is no stage, and not drawn."""
_ORDER = {stage: number for number, stage in enumerate(STAGES)}
PHONE = ("endpoint", "recognition", "search", "first_token", "clause", "synthesis", "playout")
"""What a caller waits for, from the end of his speech to the first sound of the answer."""
COLOURS = 8
# Neighbours in a bar are told apart, those of the phone and those of a written answer.
_COLOUR = {
    "endpoint": 1, "recognition": 6, "normalise": 3, "contextualise": 1, "embedding": 4, "search": 5, "tools": 2,
    "first_token": 7, "generation": 8, "clause": 8, "synthesis": 3, "playout": 4, "first_audio": 2,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """One stage of one answer: where its bar begins and how long it is, in percent; `colour` counts from 1."""

    stage: str
    label: str
    milliseconds: float
    start: float
    length: float
    colour: int


def label_of(stage: str) -> str:
    return "всего" if stage == TOTAL else STAGES.get(stage, stage)


def colour_of(stage: str) -> int:
    return _COLOUR.get(stage, COLOURS)


def in_order(stages: Mapping[str, float]) -> list[str]:
    return sorted((stage for stage in stages if stage != TOTAL), key=lambda name: (_ORDER.get(name, len(_ORDER)), name))


def whole(timings: Mapping[str, float]) -> float:
    """Milliseconds from the end of the question to the end of the work, 0 when nothing was measured."""
    return sum(timings[stage] for stage in in_order(timings)) or timings.get(TOTAL, 0)


def pieces(timings: Mapping[str, float]) -> list[Piece]:
    """The bar of where the time went; nothing for no measured stage."""
    total = sum(timings[stage] for stage in in_order(timings))
    drawn, begun = [], 0.0
    for stage in in_order(timings) if total else []:
        spent = timings[stage]
        drawn.append(
            Piece(
                stage,
                label_of(stage),
                spent,
                round(100 * begun / total, 2),
                round(100 * spent / total, 2),
                colour_of(stage),
            )
        )
        begun += spent
    return drawn
