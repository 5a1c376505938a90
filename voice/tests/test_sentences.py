"""Sentences for speech, cut while the text is still being written."""

from __future__ import annotations

import pytest

from voice.sentences import SentenceSplitter, split


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Здравствуйте! Чем помочь?", ["Здравствуйте!", "Чем помочь?"]),
        ("Дом на ул. Кибальчича, д. 3 убирают. Завтра.", ["Дом на ул. Кибальчича, д. 3 убирают.", "Завтра."]),
        ("Роман А. С. Пушкина. Он здесь.", ["Роман А. С. Пушкина.", "Он здесь."]),
        ("Улица им. К. Э. Циолковского. Да.", ["Улица им. К. Э. Циолковского.", "Да."]),
        ("Класс точности 0.5 и 9.30 утра. Всё.", ["Класс точности 0.5 и 9.30 утра.", "Всё."]),
        ("Стоит 300 руб. Звоните.", ["Стоит 300 руб.", "Звоните."]),
        ("Стоит 300 руб. в месяц. Звоните.", ["Стоит 300 руб. в месяц.", "Звоните."]),
        ("Моем полы, перила и т. д. Окна отдельно.", ["Моем полы, перила и т. д.", "Окна отдельно."]),
        ("Работаем с 2019 г. Приходите.", ["Работаем с 2019 г.", "Приходите."]),
        ("Мы в г. Калуга. Приезжайте.", ["Мы в г. Калуга.", "Приезжайте."]),
        ("Подождите... Нашла!", ["Подождите...", "Нашла!"]),
        ("Что?! Не может быть.", ["Что?!", "Не может быть."]),
        ("Он сказал: «Да.» Потом ушёл.", ["Он сказал: «Да.»", "Потом ушёл."]),
        ("1. Мойте пол. 2. Сушите.", ["1. Мойте пол.", "2. Сушите."]),
        ("Первое | второе| третье", ["Первое", "второе", "третье"]),
        ("Строка один\nстрока два", ["Строка один", "строка два"]),
        ("Тел. 8 000 000-00-01. Звоните.", ["Тел. 8 000 000-00-01.", "Звоните."]),
        ("Сайт vasdom.example. Почта есть.", ["Сайт vasdom.example.", "Почта есть."]),
        ("**Важно:** не мойте | ", ["Важно: не мойте"]),
        ("| | |", []),
        ("без конца", ["без конца"]),
    ],
)
def test_a_text_is_cut_into_sentences(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_it_does_not_matter_in_which_pieces_the_text_comes(size: int) -> None:
    text = "Дом на ул. А. С. Пушкина, д. 3. Моют в 9.30, т. е. утром! | Цена 1,5 тыс. руб. в месяц. Да?"
    splitter = SentenceSplitter()
    found = [each for start in range(0, len(text), size) for each in splitter.feed(text[start : start + size])]

    assert found + splitter.flush() == split(text)


def test_a_sentence_is_given_as_soon_as_the_next_one_begins() -> None:
    splitter = SentenceSplitter()

    assert splitter.feed("Первая фраза.") == []
    assert splitter.feed(" В") == ["Первая фраза."]


def test_an_endless_sentence_is_cut_at_a_comma() -> None:
    cut = split("слово, " * 100)

    assert len(cut) > 2
    assert all(len(each) <= 240 for each in cut)
    assert all(each.endswith(",") for each in cut)


def test_nothing_is_lost_but_bars_and_blanks() -> None:
    text = "Раз, два. Три|четыре! " * 30

    assert "".join("".join(split(text)).split()) == "".join(text.replace("|", "").split())


def test_on_the_phone_a_long_sentence_is_given_from_mark_to_mark() -> None:
    splitter = SentenceSplitter(clause=32)
    pieces = ("Мы убираем подъезды домов дважды ", "в неделю, а окна моем ", "весной и осенью, ", "если есть договор.")
    found = [part for text in pieces for part in splitter.feed(text)]

    assert found[0] == "Мы убираем подъезды домов дважды в неделю,"
    assert " ".join([*found, *splitter.flush()]) == "".join(pieces)


def test_the_beginning_of_a_sentence_is_whole_words_and_never_a_whole_sentence() -> None:
    splitter = SentenceSplitter()
    splitter.feed("Моем окна весной и осе")

    assert splitter.beginning(30) == ""
    assert splitter.beginning(10) == "Моем окна весной и"
    splitter.give_beginning()
    assert [*splitter.feed("нью. Потом "), *splitter.flush()] == ["осенью.", "Потом"]

    splitter.feed("Моем окна весной. ")
    assert splitter.beginning(10) == ""
