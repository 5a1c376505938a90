"""`manage.py speech_check`: figures that can be believed, and clear refusals."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from houses.tests.factories import make_house
from providers.audio import wav
from providers.tests.speech_adapters import QUESTION
from providers.tests.yandex_twin import YandexTwin
from voice.speech_check import distance, recordings, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def twin(settings: Any) -> Iterator[YandexTwin]:
    settings.OPENAI_API_KEY = ""
    with YandexTwin() as server:
        for name, value in server.settings.items():
            setattr(settings, name, value)
        yield server


def put(folder: Path, name: str, text: str, *, rate: int = 8000) -> None:
    (folder / f"{name}.wav").write_bytes(wav(QUESTION.pcm, rate))
    (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def checked(folder: Path, *options: str) -> str:
    output = StringIO()
    call_command("speech_check", str(folder), "--at-once", *options, stdout=output)
    return output.getvalue()


def test_words_numbers_and_names_are_counted(twin: YandexTwin, tmp_path: Path) -> None:
    put(tmp_path, "one", "Есть РГМ на шестьсот килоньютон?")
    put(tmp_path, "two", "Когда уборка?", rate=16_000)
    twin.state.answers += ["есть ргм на 500 килоньютон", "когда уборка"]
    told = checked(tmp_path, "--show")
    assert "Yandex SpeechKit: записей 2, не распознано 0; WER" in told
    assert "числа 0 из 1 (0,0 %)" in told
    assert "названия 1 из 1 (100,0 %)" in told
    assert "p50" in told
    assert "one: «Есть РГМ на шестьсот килоньютон?» → «есть ргм на 500 килоньютон»" in told
    assert "two:" not in told


def test_an_address_is_right_when_it_is_the_same_house() -> None:
    make_house(address="Кибальчича, 3")
    make_house(address="Кибальчича, 5")
    assert score("уборка на Кибальчича 3", "уборка на кибальчича дом 3").right_addresses == 1
    wrong = score("уборка на Кибальчича 3", "уборка на кибальчича 5")
    assert (wrong.addresses, wrong.right_addresses) == (1, 0)
    assert score("когда уборка", "когда уборка").addresses == 0


def test_numbers_in_words_and_in_figures_are_the_same() -> None:
    counted = score("пресс на шестьсот килоньютон", "пресс на 600 кН")
    assert (counted.wrong_words, counted.numbers, counted.right_numbers) == (0, 1, 1)
    counted = score("Маршала Жукова сорок четыре, первый подъезд", "Маршала Жукова, 44, первый подъезд")
    assert (counted.wrong_words, counted.numbers, counted.right_numbers) == (0, 2, 2)


@pytest.mark.parametrize(
    ("heard", "wrong"), [("а б в", 0), ("а в", 1), ("а б б в", 1), ("г", 3), ("", 3), ("в б а", 2)]
)
def test_words_are_counted_by_edit_distance(heard: str, wrong: int) -> None:
    assert distance(["а", "б", "в"], heard.split()) == wrong


def test_a_vendor_that_fails_is_told_by_recording(twin: YandexTwin, tmp_path: Path) -> None:
    put(tmp_path, "one", "Когда уборка?")
    twin.fail("status", method="recognize", code="UNAVAILABLE")
    told = checked(tmp_path, "--vendor", "yandex")
    assert "не распознано 1" in told
    assert "не распознано one: Нет связи с SpeechKit" in told


def test_what_cannot_be_checked_is_refused_in_a_sentence(twin: YandexTwin, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Нет каталога"):
        checked(tmp_path / "nothing")
    with pytest.raises(CommandError, match="нет записей"):
        checked(tmp_path)
    put(tmp_path, "one", "Когда уборка?")
    (tmp_path / "one.txt").unlink()
    with pytest.raises(CommandError, match=r"К записи нет текста: one\.txt"):
        checked(tmp_path)
    (tmp_path / "one.txt").write_text("…", encoding="utf-8")
    with pytest.raises(CommandError, match=r"one\.txt пуст"):
        checked(tmp_path)
    put(tmp_path, "one", "Когда уборка?", rate=44_100)
    with pytest.raises(CommandError, match=r"one\.wav: ожидается моно"):
        checked(tmp_path)
    (tmp_path / "one.wav").write_bytes(b"RIFF")
    with pytest.raises(CommandError, match="не читается"):
        checked(tmp_path)


def test_without_a_key_it_says_which(settings: Any, tmp_path: Path) -> None:
    settings.YANDEX_API_KEY = settings.YANDEX_OAUTH_TOKEN = settings.OPENAI_API_KEY = ""
    put(tmp_path, "one", "Когда уборка?")
    with pytest.raises(CommandError, match="YANDEX_API_KEY"):
        checked(tmp_path)
    with pytest.raises(CommandError, match="OPENAI_API_KEY"):
        checked(tmp_path, "--vendor", "openai")


def test_recordings_of_both_rates_have_the_same_length(tmp_path: Path) -> None:
    put(tmp_path, "one", "раз")
    put(tmp_path, "two", "два", rate=16_000)
    one, two = recordings(tmp_path)
    assert len(two.pcm) == pytest.approx(len(one.pcm) / 2, abs=8)
