"""What an ear made of a street's name, and what it may have been."""

from __future__ import annotations

import pytest

from houses.models import House
from houses.tests.factories import make_house

pytestmark = pytest.mark.django_db
STREETS = ("Ленина", "Чичерина", "Маршала Жукова", "Малоярославецкая", "Николо-Козинская", "Баумана", "Болдина")


@pytest.fixture(autouse=True)
def _houses() -> None:
    for street in STREETS:
        make_house(title=f"{street} 44", address=f"улица {street}, 44, Калуга")
    make_house(title="Ленина 5", address="улица Ленина, 5, Калуга")


def meant(text: str) -> str | None:
    found = House.objects.nearest(text)
    return None if found is None else str(found)


@pytest.mark.parametrize(
    ("heard", "house"),
    [
        ("Стоп, Аннелинина 44", "Ленина 44"),
        ("чечеина 44", "Чичерина 44"),
        ("морш ложукова, 44", "Маршала Жукова 44"),
        ("Мулейрославецкая, 44", "Малоярославецкая 44"),
        ("миколокезинский 44", "Николо-Козинская 44"),
        ("белумана 44", "Баумана 44"),
    ],
)
def test_a_name_that_was_misheard_is_near_the_one_that_was_said(heard: str, house: str) -> None:
    assert meant(heard) == house


@pytest.mark.parametrize("heard", ["Лунной 5", "Чечеина 46", "чечеина", "Королёва 44", "Солнечная 44", ""])
def test_another_street_a_number_that_is_not_there_and_no_number_mean_nothing(heard: str) -> None:
    assert meant(heard) is None


def test_of_two_that_are_equally_near_none_is_meant() -> None:
    for street in ("Баженова", "Важенова"):
        make_house(title=f"{street} 7", address=f"улица {street}, 7, Калуга")
    assert meant("аженова 7") is None


def test_a_house_that_has_left_is_not_meant() -> None:
    house = House.objects.get(title="Чичерина 44")
    House.objects.filter(pk=house.pk).update(archived_at=house.synced_at)
    assert meant("чечеина 44") is None
