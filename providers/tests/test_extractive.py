"""Answers out of passages alone."""

from __future__ import annotations

import pytest

from providers.extractive.blocks import blocks
from providers.extractive.model import Extractive, ExtractiveConfig
from providers.llm import Message, Passage, TextDelta
from vasdom.errors import InvalidInput

MEMO = """# Памятка

## Периодичность

Влажная уборка всех этажей проводится 1 раз в месяц. Подметание — 2 раза в месяц, т.е. раз в две недели. Мытьё окон —
2 раза в год (апрель и октябрь).

<<->>

## Цены

| Услуга | Цена | Срок |
|---|---|---|
| Мытьё окон | 150 руб. за окно | 3 дня |
| Дезинфекция | 1 200 руб. | |

- Звоните с 9 до 18 ч.
- Адрес: г. Калуга, ул. Кибальчича, д. 3, к. 2. Директор — И. И. Иванов.
1. Сначала **напишите** [заявление](https://example.org).
"""
COMPLAINTS = "Сотрудники моют лестницы и перила. Жалобу можно подать в чате! Ответим за 3.5 часа?"
PASSAGES = (Passage(MEMO, document="Памятка"), Passage(COMPLAINTS, heading="Как пожаловаться"))
MARK = "Ответ из базы знаний: "


async def answer(question: str, passages: tuple[Passage, ...] = PASSAGES, **config: object) -> str:
    model = Extractive(ExtractiveConfig(**config))  # type: ignore[arg-type]
    messages = [Message("system", "Правила."), Message("user", question, passages=passages)]
    return "".join([piece.text async for piece in model.reply(messages) if isinstance(piece, TextDelta)])


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Когда моют окна?", "Мытьё окон — 2 раза в год (апрель и октябрь)."),
        ("сколько стоит помыть окно", "Мытьё окон: цена — 150 руб. за окно; срок — 3 дня."),
        ("Почём дезинфекция подъезда?", "Дезинфекция: цена — 1 200 руб."),
        ("как часто подметают", "Подметание — 2 раза в месяц, т.е. раз в две недели."),
        ("Какой у вас адрес?", "Адрес: г. Калуга, ул. Кибальчича, д. 3, к. 2."),
        ("кто директор", "Директор — И. И. Иванов."),
        ("куда звонить", "Звоните с 9 до 18 ч."),
        ("хочу пожаловаться на уборщицу", "Жалобу можно подать в чате!"),
        ("что с заявлением", "Сначала напишите заявление."),
    ],
)
async def test_the_sentence_that_answers_comes_first_and_is_marked(question: str, expected: str) -> None:
    assert (await answer(question)).startswith(MARK + expected)


@pytest.mark.parametrize("question", ["курс доллара на завтра", "Сколько стоит вертолёт?"])
async def test_what_no_passage_speaks_of_is_not_known(question: str) -> None:
    assert await answer(question) == "Не знаю: в базе знаний ответа на это нет."


async def test_without_passages_nothing_is_known() -> None:
    assert (await answer("Когда моют окна?", ())).startswith("Не знаю")
    assert (await answer("а сколько?", ())).startswith("Не знаю")


async def test_a_question_without_a_word_of_its_own_trusts_the_best_passage() -> None:
    assert (await answer("а сколько?")).startswith(MARK + "Влажная уборка")


async def test_sentences_are_whole_and_the_answer_is_short() -> None:
    long = Passage(" ".join(f"Уборка дома {number} идёт по плану." for number in range(50)))
    said = (await answer("уборка", (long,), max_chars=100)).removeprefix(MARK)
    assert said == "Уборка дома 0 идёт по плану. Уборка дома 1 идёт по плану. Уборка дома 2 идёт по плану."
    assert said.endswith(".")


async def test_one_long_sentence_is_not_cut() -> None:
    sentence = "Уборка " + "очень " * 100 + "нужна."
    assert await answer("уборка", (Passage(sentence),)) == MARK + sentence


async def test_the_latest_passages_count() -> None:
    messages = [
        Message("user", "Когда окна?", passages=(Passage("Окна моют весной."),)),
        Message("assistant", "Весной."),
        Message("system", "Выдержки.", passages=(Passage("Перила моют каждый день."),)),
        Message("user", "А перила?"),
    ]
    pieces = [piece async for piece in Extractive(ExtractiveConfig()).reply(messages)]
    assert pieces == [TextDelta(MARK + "Перила моют каждый день.")]


async def test_words_of_the_heading_lead_to_its_sentences() -> None:
    said = await answer("оплата", (Passage("Реквизиты стоят в договоре.", heading="Оплата услуг"),))
    assert said == MARK + "Реквизиты стоят в договоре."


def test_separators_and_marks_are_never_said() -> None:
    said = " ".join(sentence for block in blocks(MEMO) for sentence in block.sentences)
    assert not {"<<->>", "|", "#", "*", "["} & set(said.split())
    assert "**" not in said
    assert "example.org" not in said


def test_a_configuration_that_could_say_nothing_is_refused() -> None:
    with pytest.raises(InvalidInput):
        ExtractiveConfig(max_sentences=0)
