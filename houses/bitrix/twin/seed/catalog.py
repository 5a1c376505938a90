"""Funnels and their stages. The ids of funnel 34 are real, its stages' names are plausible inventions."""

from __future__ import annotations

from houses.bitrix.twin.records import Category, Stage

ACTIVE = "C34:UC_PG9Y90"

# (status id, name, colour, semantics)
_CLEANING = (
    ("C34:NEW", "Новый дом", "#39A8EF", "process"),
    ("C34:UC_9KN8QQ", "Согласование договора", "#55D0E0", "process"),
    (ACTIVE, "Обслуживаем", "#47E4C2", "process"),
    ("C34:UC_T4M2HD", "Пауза", "#FFA900", "process"),
    ("C34:UC_6RZ0LX", "Расторжение", "#FF7A45", "process"),
    ("C34:WON", "Договор завершён", "#7BD500", "success"),
    ("C34:LOSE", "Отказ", "#FF5752", "failure"),
    ("C34:APOLOGY", "Анализ причины отказа", "#FF5752", "apology"),
)
_PLAIN = (
    ("NEW", "Новая", "#39A8EF", "process"),
    ("PREPARATION", "Подготовка документов", "#2FC6F6", "process"),
    ("EXECUTING", "В работе", "#47E4C2", "process"),
    ("WON", "Сделка успешна", "#7BD500", "success"),
    ("LOSE", "Сделка провалена", "#FF5752", "failure"),
)


def make_stages() -> list[Stage]:
    directories = {
        "DEAL_STAGE_34": _CLEANING,
        "DEAL_STAGE": _PLAIN,
        "DEAL_STAGE_2": tuple((f"C2:{row[0]}", *row[1:]) for row in _PLAIN),
    }
    stages: list[Stage] = []
    for entity, rows in directories.items():
        for index, (status, name, color, semantics) in enumerate(rows):
            stages.append(Stage(101 + 2 * len(stages), entity, status, name, 10 * (index + 1), color, semantics))
    return stages


def make_categories() -> list[Category]:
    return [Category(0, "Общая", 100), Category(2, "Продажи", 200), Category(34, "Уборка подъездов", 300)]
