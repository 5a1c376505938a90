"""The model of tests: tells a long story about whatever it was asked, and what it was told stands in its requests.

In the process of a test: `twin.brain = story`. Apart: `python -m tests.phone.twins`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from providers.tests.openai_twin import OpenAITwin, Reply

FIRST = "Сейчас расскажу обо всём по порядку, слушайте внимательно."
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
TEXT = " ".join((FIRST, *SENTENCES))
"""About half a minute of speech, without a figure: those need a source."""


def story(body: Mapping[str, Any]) -> Reply:
    """The same long answer to everything; a request to rewrite a question gets the question back."""
    told = "".join(str(item["content"]) for item in body["messages"] if item["role"] in {"system", "developer"})
    if "Перепиши последний вопрос" in told:
        return Reply(last_question(body))
    return Reply(TEXT)


def last_question(body: Mapping[str, Any]) -> str:
    """What the caller is said to have said last."""
    return next((str(item["content"]) for item in reversed(body["messages"]) if item["role"] == "user"), "")


def history(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(role, text) of the conversation as the model was told it, without our own rules."""
    return [(item["role"], str(item["content"])) for item in body["messages"] if item["role"] in {"user", "assistant"}]


def requests_about(twin: OpenAITwin, text: str) -> list[Mapping[str, Any]]:
    """The bodies of the requests whose last question is this one."""
    return [one.body for one in twin.asked() if last_question(one.body).lower().strip(" .?!") == text]
