"""Which house a question is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from houses.addresses.reader import Reading, read
from houses.addresses.search import Query, may_be_known, rank_house
from houses.addresses.words import HOUSE_MARKS, STREET_TYPES, stem
from houses.models import House
from voice.access import Caller
from voice.dates import looks_like_street
from voice.events import Outcome
from voice.tools.spec import Asked, Context, Pending, Result, Slots
from voice.wording import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OFFERED = 6
MORE_HOUSES = 14
CLAUSE = re.compile(r"[,.;!?]\s+")


@dataclass(frozen=True, slots=True)
class Place:
    """One `house`; or several that it may be; or the `unknown` address as it was said; or nothing at all."""

    house: House | None = None
    candidates: tuple[House, ...] = ()
    unknown: str = ""

    def __bool__(self) -> bool:
        return bool(self.house or self.candidates or self.unknown)


def is_street(word: str) -> bool:
    """Whether a word, in lower case with ё as е, is of a street we clean on."""
    return looks_like_street(word) and House.objects.active().filter(search_keys__contains=[stem(word)]).exists()


def find_place(text: str, caller: Caller) -> Place:
    """The house a text names; dates and numbers of brigades must be out of it.

    Who tells a story names the address in one clause of it, and the numbers of the others are no house's.
    """
    place = _find(text, caller)
    if place.house is not None or place.candidates:
        return place
    clauses = [clause for clause in CLAUSE.split(text) if clause.strip()]
    for clause in reversed(clauses) if len(clauses) > 1 else ():
        if (found := _find(clause, caller)).house is not None:
            return found
    return place


def _find(text: str, caller: Caller) -> Place:
    reading = read(text, query=True)
    if not reading.words:
        return Place()
    found = caller.houses().by_address(text) if may_be_known(reading) else []
    if not found:
        named = named_address(text, reading)
        return Place(unknown=named) if named else Place()
    query = Query.of(reading, reading.words)
    best = rank_house(query, found[0])
    if reading.number is None:
        if best is None:
            return Place()  # a street that is only alike, and no house number: this is no address
        return Place(found[0]) if len(found) == 1 else Place(candidates=tuple(found))
    alike = exact(found, reading)
    if len(alike) > 1 and best is not None:
        alike = [house for house in alike if rank_house(query, house) == best] or alike
    return Place(alike[0]) if len(alike) == 1 else Place(candidates=tuple(alike or found))


def exact(found: Sequence[House], reading: Reading) -> list[House]:
    """Those with the very number that was said; a single house stands for a number that it only begins with."""
    for number in reading.numbers:
        same = [house for house in found if house.number_key == number.key]
        if same:
            return same
    return list(found)


def named_address(text: str, reading: Reading) -> str:
    """«Лунной 5»: the words that look like an address which is not ours; nothing when none do."""
    if reading.number is None:
        return ""
    match = re.search(
        rf"(?:\b\d{{1,2}}\s+)?([^\W\d_][\w-]*)[\s,.]+(?:([^\W\d_]+)[\s,.]+)?{reading.number.digits}(?!\d)\S*", text
    )
    if match is None:
        return ""
    words = [word.lower().replace("ё", "е") for word in (match[1], match[2] or "") if word]
    streets = [word for word in words if word not in HOUSE_MARKS and word not in STREET_TYPES]
    if not streets or not all(map(looks_like_street, streets)):
        streets = [word for word in streets if looks_like_street(word)][-1:]
        if not streets or words[-1] not in {*streets, *HOUSE_MARKS}:
            return ""
    start = text.lower().replace("ё", "е").rfind(streets[0], 0, match.end())
    start = match.start() if match[0][:1].isdecimal() else start  # «8 Марта 5»
    return " ".join(text[max(start, 0) : match.end()].split()).strip(" ,.?!")


# --- what is done with it


def with_house(tool: str, ctx: Context, slots: Slots, then: Callable[[House], Result]) -> Result:
    """Find the house and go on; else the question that is still to be answered."""
    if slots.house is not None:
        house = ctx.caller.houses().filter(pk=slots.house).select_related("brigade", "company", "contact").first()
        if house is not None:
            return then(house)
    place = find_place(slots.address, ctx.caller) if slots.address else Place()
    if place.house is not None:
        return then(place.house)
    asked = Asked(tool, slots)
    if place.candidates:
        return which_house(place.candidates, asked)
    if place.unknown:
        return unknown_house(ctx, place.unknown, asked)
    if len(ctx.caller.homes) == 1:
        return then(ctx.caller.homes[0])  # whatever is answered names the house
    if ctx.caller.homes:
        return which_house(ctx.caller.homes, asked)
    return Result(
        "Подскажите, пожалуйста, адрес: улицу и номер дома.", Outcome.CLARIFY, pending=Pending(asked, "house")
    )


def which_house(candidates: Sequence[House], asked: Asked) -> Result:
    """One question about several houses."""
    keys = tuple(house.pk for house in candidates[:MORE_HOUSES])
    pending = Pending(asked, "house", keys)
    if len(candidates) <= OFFERED:
        names = listed([str(house) for house in candidates], "или")
        text = f"Уточните, пожалуйста, какой дом: {names}?"
    else:
        names = listed([str(house) for house in candidates[:OFFERED]], "или")
        text = f"Там у нас несколько домов, например {names}. Назовите, пожалуйста, номер дома."
    return Result(text, Outcome.CLARIFY, pending=pending)


def is_it_home(home: House, asked: Asked) -> Result:
    """Before something is done for a house that is known by the caller's number only."""
    return Result(f"Это про дом {home}, верно?", Outcome.CLARIFY, pending=Pending(asked, "house", (home.pk,)))


def unknown_house(ctx: Context, said: str, asked: Asked) -> Result:
    found = ctx.said("нашла", "нашёл")
    where = "среди домов вашей бригады" if ctx.caller.is_brigade else "среди домов, которые мы убираем"
    nobody = f"Не {found} такого дома {where}: «{said}»."
    if (house := ctx.caller.houses().nearest(said)) is not None:
        pending = Pending(asked, "house", (house.pk,))
        return Result(f"{nobody} Может быть, {house}?", Outcome.CLARIFY, pending=pending)
    return Result(
        f"{nobody} Проверьте, пожалуйста, улицу и номер.",
        Outcome.UNKNOWN,
        pending=Pending(asked, "house"),
        offers_person=True,
    )
