"""What a house is found and sorted by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from houses.addresses.numbers import HouseNumber
from houses.addresses.reader import Reading, read
from houses.addresses.words import stem


@dataclass(frozen=True, slots=True)
class AddressKeys:
    """Street words in lower case without the type of street, and the number in a form that sorts («0009к0002»)."""

    street: str
    number: str


@dataclass(frozen=True, slots=True)
class SearchKeys(AddressKeys):
    """The keys of a house: those of its address (else of its title), and the words `by_address` looks up."""

    words: tuple[str, ...]


@lru_cache(maxsize=32_768)
def read_house(text: str) -> Reading:
    """The street and number of a CRM address or title; cached, search reads the same texts over and over."""
    return read(text, query=False)


def address_keys(text: str) -> AddressKeys:
    """The street and number an address names; empty strings for what it does not."""
    reading = read_house(text)
    return AddressKeys(" ".join(reading.street)[:300], _number_key(reading.number))


def search_keys(address: str, title: str) -> SearchKeys:
    """What a house is found by. Its title counts as well: it is the short address staff use."""
    by_address, by_title = read_house(address), read_house(title)
    words: set[str] = set()
    for reading in (by_address, by_title):
        if reading.street:
            words.update(reading.stems, {reading.joined})
            if reading.number:
                words.add(digits_key(reading.number))
    main = by_address if by_address.street else by_title
    number = main.number or by_title.number
    return SearchKeys(" ".join(main.street)[:300], _number_key(number), tuple(sorted(word[:60] for word in words)))


def _number_key(number: HouseNumber | None) -> str:
    return number.key[:40] if number else ""


def digits_key(number: HouseNumber) -> str:
    """The search word for a bare house number, apart from its letter and block."""
    return f"n{number.digits}"


def street_stems(street_key: str) -> frozenset[str]:
    """The stems of a stored street key."""
    return frozenset(f"#{word}" if word.isdecimal() else stem(word) for word in street_key.split())
