"""What is read aloud for what is written: a table that a person has read, and what must hold for any text."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.spoken import spoken, warm_up
from voice.spoken.tables import words

CASES = Path(__file__).with_name("cases.txt")
ALLOWED = re.compile(r"[А-Яа-яЁё .,!?:;…—-]*")


def cases() -> Iterator[tuple[str, str]]:
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if " → " in line and not line.startswith("# "):
            written, _, said = line.partition(" → ")
            yield written, said


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    warm_up()


def test_the_table_is_long() -> None:
    assert len(list(cases())) >= 400


@pytest.mark.parametrize(("written", "said"), list(cases()))
def test_is_read_aloud_as_the_table_says(written: str, said: str) -> None:
    assert spoken(written) == said


PIECES = st.sampled_from(
    sorted(
        words(
            "до от с в на к по 5 21 600 0,5 1,5 12А 3/1 101к2 № % кН мм/с °C руб. ₽ тыс. млн г. ул. д. кв. корп. т. е. "
            "домов уборки этаже подъезд бригаде 16.09 16.09.2026 9:30 8:45–17:45 +7 495 000-00-00 РЭМ-600-А ИСО 7500-1 "
            "IV XXI info@vasdom.ru https://a1.ru M-Test ТСЖ УК ± ≤ × / & ½ ² ① ٣ ( ) « » — – - , . : ; ! ? :) ** _ + = "
            "2-х 15-го 5-этажный и т. д. 2-го %-ный $ € 7-ми А. П. IX -5 1-3"
        )
    )
)
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(PIECES, max_size=14).map(" ".join),
    st.lists(PIECES, max_size=10).map("".join),
    st.text(alphabet="0123456789.,-–/: ()+№%кНммгс", max_size=40),
)


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_no_figure_no_latin_letter_and_no_sign_is_ever_left(text: str) -> None:
    said = spoken(text)
    assert ALLOWED.fullmatch(said), said
    assert "  " not in said
    assert said == said.strip()


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_with_marks_only_the_mark_of_stress_is_added(text: str) -> None:
    said = spoken(text, stress={"домов": "дом+ов", "уборки": "уб+орки"}, marks=True)
    assert ALLOWED.fullmatch(said.replace("+", ""))
    assert not re.search(r"\+(?![аеёиоуыэюя])", said, re.IGNORECASE)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**15))
def test_any_number_is_said_without_a_figure_in_every_case(number: int) -> None:
    for frame in ("до {} кН", "к {} домам", "в {} домах", "{} руб.", "{}", "с {} по {} мм"):
        said = spoken(frame.replace("{}", str(number)))
        assert ALLOWED.fullmatch(said), said


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet="абвгдежзийклмнопрстуфхцчшщъыьэюя", min_size=4, max_size=12), max_size=9))
def test_plain_words_are_left_as_they_are(text: list[str]) -> None:
    plain = " ".join(text)
    assert spoken(plain) == plain


@pytest.mark.parametrize(
    "text",
    ["1 " * 700, "1.1." * 400, "(" * 900, "а-" * 800, "1-" * 800, "A1-" * 500, "5 мм, " * 200, "1:" * 900, "+" * 900],
)
def test_a_strange_long_text_takes_no_eternity(text: str) -> None:
    started = time.perf_counter()
    assert ALLOWED.fullmatch(spoken(text))
    assert time.perf_counter() - started < 5


async def test_is_called_from_an_event_loop_and_from_threads_at_once() -> None:
    written = [one for one, _ in cases()][:60]
    aside = await asyncio.gather(*(asyncio.to_thread(spoken, one) for one in written))
    assert aside == [spoken(one) for one in written]
