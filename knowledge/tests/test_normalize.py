"""Speech becomes writing: units, machines, numbers; everything else stays."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from houses.addresses import address_keys
from knowledge.normalize import BUILTIN_TERMS, Glossary, Replacement, Term, explain, normalize
from knowledge.normalize.glossary import ANY_ENDING, form_atoms
from knowledge.tests.normalize_cases import PAIRS, SURVIVE

WORDS = sorted({word for said, _ in PAIRS for word in said.split()} | {line.split()[0] for line in SURVIVE})
PIECES = [*WORDS, "-", " / ", ",", ".", "·", "5", "1,5", "2024", "и", "на", "минус", "дефис", "а", "°", "%"]


@pytest.mark.parametrize(("said", "written"), PAIRS)
def test_what_is_said_is_written_as_the_company_writes_it(said: str, written: str) -> None:
    assert normalize(said) == written


@pytest.mark.parametrize("text", SURVIVE)
def test_other_words_addresses_and_plain_numbers_stay(text: str) -> None:
    assert normalize(text) == text.replace("\u0301", "")


@pytest.mark.parametrize("said", [said.upper() for said, _ in PAIRS if said.isalpha()])
def test_capitals_do_not_matter(said: str) -> None:
    assert normalize(said).lower() == normalize(said.lower()).lower()


def test_yo_is_e() -> None:
    assert normalize("трёхсот килоньютонов") == normalize("трехсот килоньютонов") == "300 кН"


@pytest.mark.parametrize("text", [*SURVIVE, *(written for _, written in PAIRS)])
def test_what_is_written_stays_written(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from([" ", "-", "", "  ", " - "])), max_size=14))
def test_twice_is_once_for_anything_made_of_the_glossarys_words(parts: list[tuple[str, str]]) -> None:
    once = normalize("".join(word + gap for word, gap in parts))
    assert normalize(once) == once


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_taken_and_twice_is_once(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once


@pytest.mark.parametrize(
    "piece",
    [
        "Есть РЭМ на тысячу килоньютон, мы моем подъезд на Кибальчича три. ",
        "слово ",
        "5",
        "сто ",
        "два до ",
        "-",
        " / ",
        "н м до сто рэм ",
    ],
)
def test_time_grows_with_the_length_only(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece.encode()))
        started = time.process_time()
        normalize(text)
        return time.process_time() - started

    seconds(10_000)
    assert seconds(100_000) < 40 * max(seconds(10_000), 0.002)  # ten times as long; a square would take a hundred


@pytest.mark.parametrize("address", ["Кибальчича три", "Ленина девять корпус два", "Мира 5 н", "дом 12 а", "Вольта 3"])
def test_an_address_means_the_same_afterwards(address: str) -> None:
    assert address_keys(normalize(address)) == address_keys(address)


def test_what_was_replaced_is_told_in_order() -> None:
    done = explain("рэм на тысячу килоньютон")
    assert done.text == "РЭМ на 1000 кН"
    assert done.replacements == (
        Replacement("рэм", "РЭМ", "product"),
        Replacement("тысячу", "1000", "number"),
        Replacement("килоньютон", "кН", "unit"),
    )


def test_no_form_stands_in_two_builtin_rules() -> None:
    seen: dict[object, str] = {}
    for term in BUILTIN_TERMS:
        for form in term.forms:
            key = tuple(form_atoms(form))
            assert key, form
            assert key not in seen, (form, term.canonical, seen.get(key))
            seen[key] = term.canonical


@pytest.mark.parametrize("canonical", sorted({term.canonical.replace(ANY_ENDING, "") for term in BUILTIN_TERMS}))
def test_what_the_builtin_rules_write_is_left_alone(canonical: str) -> None:
    assert normalize(canonical) == canonical


def test_a_glossary_of_ones_own_rules_alone() -> None:
    own = Glossary([Term("тряпочк~; тряпк~", "салфетк~", "abbreviation"), Term("пн", "понедельник", "abbreviation")])
    assert normalize("Две тряпочки в ПН, 5 килоньютон", own) == "Две салфетки в понедельник, 5 килоньютон"


def test_rules_that_chase_each_other_come_to_an_end() -> None:
    normalize("да", Glossary([Term("да", "нет", "abbreviation"), Term("нет", "да", "abbreviation")]))
    assert len(normalize("а", Glossary([Term("а", "а а", "abbreviation")]))) < 1000


def test_the_rules_need_no_framework() -> None:
    code = "import sys; from knowledge.normalize import normalize; normalize('рэм'); assert 'django' not in sys.modules"
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root, env={**os.environ, "PYTHONPATH": str(root)})
