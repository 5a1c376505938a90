"""Elders of houses: first names and patronymics only, with telephone numbers that do not exist."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from houses.bitrix.twin.records import PORTAL_ZONE, Contact

_NAMES = ("Анна", "Ольга", "Нина", "Вера", "Ирина", "Галина", "Елена", "Мария", "Лидия", "Тамара")
_PATRONYMICS = ("Ивановна", "Петровна", "Сергеевна", "Викторовна", "Андреевна", "Алексеевна", "Павловна")
_SPELLINGS = (
    "+7{}{}{}{}",
    "8 ({}) {}-{}-{}",
    "+7 {} {} {} {}",
    "8-{}-{}-{}-{}",
    "7{}{}{}{}",
    "8{}{}{}{}",
    "{} {}-{}-{}",
    "+7 ({}) {}-{}-{} (после 18:00)",
)


class ContactBook:
    """Makes contacts in turn; the same for the same seed."""

    def __init__(self, seed: int, today: date) -> None:
        self.contacts: dict[int, Contact] = {}
        self._random = random.Random(f"contacts {seed}")
        self._today = datetime(today.year, today.month, today.day, 9, 0, tzinfo=PORTAL_ZONE)

    def make(self) -> int:
        """A new contact's id."""
        count, rng = len(self.contacts), self._random
        number = 5001 + 2 * count
        updated = self._today - timedelta(days=10 + count % 400)
        contact = Contact(number, "", created=updated - timedelta(days=300), updated=updated)
        shape = rng.random()
        if shape < 0.7:
            contact.name, contact.second_name = rng.choice(_NAMES), rng.choice(_PATRONYMICS)
        elif shape < 0.9:
            contact.name = f"{rng.choice(_NAMES)} {rng.choice(_PATRONYMICS)}"
        else:
            contact.name, contact.last_name = "Контакт", str(count + 1)
        contact.phones = self._phones(count)
        if rng.random() < 0.3:
            contact.emails = [f"contact{number}@example.org"]
        if rng.random() < 0.1:
            contact.comments = "[B]Ключи[/B] у соседей"
        self.contacts[number] = contact
        return number

    def _phones(self, count: int) -> list[str]:
        """Spelt in many ways; some contacts have two, some none, some words instead of a number."""
        rng = self._random
        kind = rng.random()
        if kind < 0.07:
            return []
        if kind < 0.1:
            return ["нет"]
        phones = [spell_phone(1_000_000 + count, rng)]
        if kind > 0.85:
            phones.append(spell_phone(5_000_000 + count, rng))
        return phones


def spell_phone(subscriber: int, rng: random.Random) -> str:
    """Number +7 000 and seven digits (no such area code exists), as somebody might have typed it."""
    digits = f"{subscriber:07d}"
    return rng.choice(_SPELLINGS).format("000", digits[:3], digits[3:5], digits[5:])
