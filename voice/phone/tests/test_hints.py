"""Which words recognisers are told to expect."""

from __future__ import annotations

import pytest

from houses.tests.factories import make_house
from knowledge.models import GlossaryTerm
from voice.phone.hints import likely_words, mixed

pytestmark = pytest.mark.django_db


def test_streets_come_by_their_houses_and_nothing_that_is_not_said_as_it_is_spelled() -> None:
    GlossaryTerm.objects.all().delete()
    for address in ("улица Кирова, 1", "улица Фридриха Энгельса, 9", "улица Фридриха Энгельса, 11", "1-я улица, 3"):
        make_house(address=address)
    unit, product = GlossaryTerm.Kind.UNIT, GlossaryTerm.Kind.PRODUCT
    GlossaryTerm.objects.create(canonical="кН", heard="килоньютон~", kind=unit)
    GlossaryTerm.objects.create(canonical="стилоскоп~", heard="стелоскоп~", kind=product)
    GlossaryTerm.objects.create(canonical="СЛ-15", heard="эс эл 15", kind=product)
    GlossaryTerm.objects.create(canonical="МП", heard="эм пэ", kind=product, needs_number=True)
    assert likely_words() == ("Фридриха Энгельса", "Кирова", "стилоскоп")


def test_names_stand_far_between_and_nothing_stands_twice() -> None:
    streets = [f"улица {number}" for number in range(25)]
    words = mixed(streets, ["РГМ", "РГМ", "РЭМ"])
    assert [place for place, word in enumerate(words) if word.startswith("Р")] == [10, 26]
    assert [word for word in words if word.startswith("у")] == streets
