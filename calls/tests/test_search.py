"""Finding a call by what was said in it."""

from __future__ import annotations

import pytest

from calls.models import Call
from calls.search import search_calls
from calls.tests.factories import PHONE, make_call
from houses.tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_words_are_found_in_any_form_in_any_turn_and_by_their_beginning() -> None:
    call = make_call("Когда вымоют подъезд на Кибальчича,3?", "Ёлочную гирлянду не трогаем, мм/мин.")
    make_call("Совсем другое")
    user = make_user("Оператор")
    for text in (
        "подъезды",
        "ПОДЪЕЗДОМ когда",
        "кибальч",
        "елочная гирлянда",
        "ёлочная подъезд",
        "и подъезд на",
        "мин",
    ):
        assert list(search_calls(Call.objects.all(), text, user)) == [call], text
    assert list(search_calls(Call.objects.all(), "подъезд окно", user)) == []


def test_calls_are_found_by_number_session_and_id() -> None:
    user = make_user("Оператор")
    call = make_call("а", caller=PHONE)
    chat = make_call("б", caller="гость-77", channel="ws")
    everything = Call.objects.all()
    assert list(search_calls(everything, "8 000 000-00-01", user)) == [call]
    assert list(search_calls(everything, "ГОСТЬ", user)) == [chat]
    assert list(search_calls(everything, str(chat.pk)[:8], user)) == [chat]


@pytest.mark.parametrize("text", ["'", "и", "!&|()", "\\", "a:*b", "''; --", "%", "«»", "а" * 500, "😀"])
def test_nothing_typed_breaks_the_search(text: str) -> None:
    make_call("слова")
    assert list(search_calls(Call.objects.all(), text, make_user("Оператор"))) == []


def test_an_empty_search_narrows_nothing() -> None:
    make_call("а")
    assert search_calls(Call.objects.all(), " \x00 ", make_user("Просмотр")).count() == 1
