"""Words that are likely in a call, for recognisers that take hints: streets and the company's own names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db.models import Count

from houses.models import House
from knowledge.models import GlossaryTerm

DIGIT = re.compile(r"\d")
SHORTEST_NAME = 3
STREETS_PER_NAME = 10
"""Names made of letters alone («КТВ», «КТЗ») draw a model of Whisper's family away from what was said."""


def likely_words() -> tuple[str, ...]:
    """The likeliest first, for a recogniser reads some of them only: streets, and now and then a name of the glossary.

    Streets are in the order of how many houses they have, written as in «Фридриха Энгельса». Nothing with a digit: what
    a hint spells «1 Космонавтов» or «ISO 7500-1» is not said so.
    """
    streets = (
        House.objects.active()
        .exclude(street_key="")
        .values_list("street_key", flat=True)
        .annotate(houses=Count("pk"))
        .order_by("-houses", "street_key")
    )
    products = GlossaryTerm.objects.filter(enabled=True, kind=GlossaryTerm.Kind.PRODUCT, needs_number=False)
    names = (name.replace("~", "") for name in products.values_list("canonical", flat=True))
    return mixed(
        [street.title() for street in streets if not DIGIT.search(street)],
        [name for name in names if len(name) >= SHORTEST_NAME and not DIGIT.search(name)],
    )


def mixed(streets: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """Ten of the first, one of the second, until both are through; none twice."""
    found: list[str] = []
    for place in range(max(-(-len(streets) // STREETS_PER_NAME), len(names))):
        found += streets[place * STREETS_PER_NAME : (place + 1) * STREETS_PER_NAME]
        found += names[place : place + 1]
    return tuple(dict.fromkeys(found))
