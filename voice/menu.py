"""The menu of keys: what the line does when speech is not recognised, and without any key of a vendor."""

from __future__ import annotations

from enum import StrEnum

from django.utils import timezone

from houses import contacts
from houses.models import House
from tasks.actions import create_task
from tasks.models import Task
from vasdom.errors import InvalidInput
from voice.access import Caller
from voice.snapshot import CallSettings
from voice.thinking import context
from voice.tools.spec import Slots
from voice.tools.visits import next_visits

MOST_HOUSES = 3


class Choice(StrEnum):
    """The keys. Any other one: say the menu again."""

    NEXT_CLEANING = "1"
    MESSAGE = "2"
    PERSON = "0"


def choice_of(digit: str) -> Choice | None:
    return Choice(digit) if digit in set(Choice) else None


def next_cleaning_by_number(phone: str, call: CallSettings) -> str:
    """Key 1: the next cleaning of the caller's house, in sentences to be said; one for each of up to three houses."""
    card = contacts.find(phone)
    if card is None or not card.houses:
        found = call.said("нашла", "нашёл")
        return f"Дома по вашему номеру я не {found}. Нажмите ноль, и я соединю с сотрудником."
    caller = Caller("phone", phone=phone)
    asked = context(caller, call)
    said = [next_visits(asked, Slots(house=house.pk)).text for house in card.houses[:MOST_HOUSES]]
    more = len(card.houses) - MOST_HOUSES
    return " ".join(said) + (" Про остальные дома скажет сотрудник: нажмите ноль." if more > 0 else "")


def message_left(call_id: str, phone: str, *, seconds: float, house: House | None = None) -> Task:
    """Key 2: a message was spoken; somebody has to listen to the call's recording.

    Args:
        seconds: how long the message is.
        house: the caller's, when it is known.
    """
    if house is None and (card := contacts.find(phone)) is not None:
        house = card.house
    text = f"Прослушать сообщение с телефона ({round(seconds)} с): оно в записи звонка {call_id[:8]}."
    try:
        return _put(text, call_id, phone, house)
    except InvalidInput as exc:
        if exc.field != "contact_phone":
            raise
        return _put(text, call_id, "", house)


def _put(text: str, call_id: str, phone: str, house: House | None) -> Task:
    return create_task(
        text,
        kind=Task.Kind.REQUEST,
        house=house,
        due=timezone.localdate(),
        source="phone",
        contact_phone=phone,
        comment=f"Звонок {call_id[:8]}",
    )
