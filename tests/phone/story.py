"""The model of tests: tells a story about whatever it was asked; what it was told stands in its requests.

In the process of a test: `twin.brain = Story()`. Apart: `python -m tests.phone.twins`.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from providers.tests.openai_twin import Reply

KINDS = ("важный", "простой", "частый", "хороший", "полезный", "нужный", "верный")
MORE = (
    "интересный", "понятный", "любимый", "обычный", "сезонный", "домашний", "правильный", "небольшой",
    "главный", "последний",
)  # fmt: skip
SENTENCES = (
    "Сначала бригада приезжает на место и осматривает всё, что предстоит сделать.",
    "Потом мастер готовит раствор, раскладывает инструмент и закрывает пол плёнкой.",
    "Работа идёт сверху вниз, чтобы грязная вода не попадала на чистое.",
    "После каждого участка мастер меняет воду и проверяет, не осталось ли разводов.",
    "Затем всё вытирают насухо, убирают плёнку и проветривают помещение.",
    "В конце старший смотрит на работу вместе с вами и показывает, что получилось.",
    "Если что-то не понравится, бригада исправит это сразу и без доплаты.",
    "Мы бережно относимся к вещам и всегда предупреждаем соседей заранее.",
)


class Story:
    """Answers everything at the same length, and never twice in the same words: no clause of it is in a cache.

    No figure is in it, since a figure needs a source. A request to rewrite a question gets the question back.

    Args:
        sentences: how many follow the first; all of them last about half a minute.
    """

    def __init__(self, sentences: int = len(SENTENCES)) -> None:
        self.sentences = sentences
        self._words = itertools.cycle(itertools.product(MORE, KINDS))

    def __call__(self, body: Mapping[str, Any]) -> Reply:
        told = "".join(str(item["content"]) for item in body["messages"] if item["role"] in {"system", "developer"})
        if "Перепиши последний вопрос" in told:
            return Reply(last_question(body))
        more, kind = next(self._words)
        rest = (f"{sentence[:-1]}, вопрос {more} и {kind}." for sentence in SENTENCES[: self.sentences])
        return Reply(" ".join((f"Вопрос {more} и {kind}, сейчас всё расскажу.", *rest)))


def last_question(body: Mapping[str, Any]) -> str:
    """What the caller is said to have said last."""
    return next((str(item["content"]) for item in reversed(body["messages"]) if item["role"] == "user"), "")


def history(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(role, text) of the conversation as the model was told it, without our own rules."""
    return [(item["role"], str(item["content"])) for item in body["messages"] if item["role"] in {"user", "assistant"}]


def plain(text: str) -> str:
    return " ".join(text.lower().strip(" .?!…").split())
