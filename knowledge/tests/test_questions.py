"""Which passages a question's words are looked for in."""

from __future__ import annotations

import pytest
from django.db import connection

from knowledge import questions
from knowledge.models import Passage
from knowledge.models.index import SLICES
from knowledge.questions import Question, Term, understand
from knowledge.search import search
from knowledge.tests.factories import base, teach

BASE = 7
PASSAGES = 40_000


def asked(**counts: int) -> Question:
    terms = tuple(Term(f"'{word}'", 1.0, {BASE: count}) for word, count in counts.items())
    return Question(terms, 0.0, {BASE: PASSAGES})


def test_rare_words_are_looked_for_everywhere_and_any_will_do() -> None:
    assert asked(перила=30, дом=39_000).match([BASE]) == "('перила') & ('@7')"
    assert asked(перила=30, лифт=200).match([BASE]) == "('перила' | 'лифт') & ('@7')"


def test_words_that_stand_everywhere_are_looked_for_together_and_in_some_slices() -> None:
    assert asked(дом=39_000, подъезд=38_000, лифт=39_500).match([BASE]) == "'подъезд' & 'дом' & ('@7') & ('@s0')"
    found = asked(дом=10_000, подъезд=10_000).match([BASE])  # together in 2,500 by chance: 12 of 64 slices
    assert found.count("@s") == 12


def test_words_that_hardly_stand_together_are_looked_for_everywhere() -> None:
    assert asked(лифт=1_000, подъезд=2_000).match([BASE]) == "'лифт' & 'подъезд' & ('@7')"


def test_a_word_of_no_passage_of_the_bases_finds_nothing() -> None:
    assert asked(лифт=10).match([8]) == ""


@pytest.mark.django_db
def test_every_passage_stands_in_one_slice_and_common_words_find_those_of_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    teach("\n<<->>\n".join(f"Уборка подъезда, дом номер {number}." for number in range(200)))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lexeme, count(*) FROM knowledge_passage, unnest(words) WHERE live AND lexeme LIKE '@s%' GROUP BY 1"
        )
        slices = dict(cursor.fetchall())
    assert len(slices) == SLICES
    assert sum(slices.values()) == Passage.objects.filter(live=True).count() == 200

    monkeypatch.setattr(questions, "CANDIDATES", 50)
    monkeypatch.setattr(questions, "SAMPLED", 50)
    found = search("уборка подъезда", role="public", limit=50)
    match = understand("уборка подъезда", [base().pk]).match([base().pk])
    assert match.count("@s") == SLICES // 4
    numbers = {one.passage_id % SLICES for one in found.passages}
    assert len(found.passages) == 30
    assert max(numbers) < SLICES // 4
