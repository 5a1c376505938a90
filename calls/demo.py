"""A handful of calls about the demo's houses, ended in every way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db.models import Q
from django.utils import timezone

from calls import demo_phone
from calls.access import setup_roles
from calls.actions import TurnRecord, close_call, note_greeting, open_call, rate_turn, record_turn
from calls.models import Call
from calls.retention import delete_calls
from houses.models import CleaningVisit, House

Channel, Status = Call.Channel, Call.Status
GREETING = "Здравствуйте! Компания «ВасДом», меня зовут Алиса. Чем могу помочь?"
UNKNOWN = "Я этого не знаю. Передам ваш вопрос сотруднику, он перезвонит."
TARIFF = {
    "document": "Общие сведения",
    "heading": "Услуги и цены",
    "text": "Стоимость уборки подъезда зависит от числа этажей и от графика. Сумму называет менеджер после осмотра.",
    "base": "general",
    "version": 1,
}
FLOORS = {
    "document": "Технические правила",
    "heading": "Виды уборки → Влажная уборка всех этажей",
    "text": "Влажная уборка всех этажей: моют лестничные марши и площадки сверху вниз, протирают перила и подоконники.",
    "base": "tech",
    "version": 1,
}


@dataclass(frozen=True, slots=True)
class Said:
    """A question and its answer; `when` puts the house's next cleaning into the answer."""

    question: str
    answer: str
    base: str = ""
    citation: dict[str, Any] | None = None
    answered: bool | None = True
    handed_over: bool = False
    rating: int | None = None
    comment: str = ""
    tool: str = ""


WHEN = Said("Когда у нас уборка, {house}?", "{visit}", tool="next_visit", rating=5)
PRICE = Said("Сколько стоит уборка подъезда?", TARIFF["text"], "general", TARIFF)  # type: ignore[arg-type]
MOPPING = Said("Что входит во влажную уборку?", FLOORS["text"], "tech", FLOORS, rating=4)  # type: ignore[arg-type]
COMPLAINT = Said(
    "После уборки на {house} остались разводы на втором этаже.",
    "Записала жалобу, бригада увидит её сегодня.", answered=True, tool="register_complaint",
)  # fmt: skip
GLASS = Said(
    "Вы моете окна снаружи?", UNKNOWN, answered=False, handed_over=True, rating=2, comment="Нужно добавить в базу"
)
THANKS = Said("Спасибо.", "Пожалуйста. Хорошего дня!", answered=None)
# Days ago, hour, minute, channel, caller, what was said, how it ended.
EXAMPLES: tuple[tuple[int, int, int, str, str, tuple[Said, ...], str], ...] = (
    (0, 9, 12, Channel.PHONE, "+70000000011", (WHEN, THANKS), Status.COMPLETED),
    (0, 9, 40, Channel.WS, "гость-4f1a", (PRICE,), Status.COMPLETED),
    (1, 10, 5, Channel.PHONE, "+70000000012", (COMPLAINT, THANKS), Status.COMPLETED),
    (1, 14, 31, Channel.PHONE, "+70000000013", (GLASS,), Status.INTERRUPTED),
    (2, 11, 20, Channel.WEB, "Оператор (демо)", (MOPPING, PRICE), Status.COMPLETED),
    (3, 8, 55, Channel.PHONE, "+70000000011", (WHEN, PRICE, THANKS), Status.COMPLETED),
    (4, 17, 2, Channel.PHONE, "+70000000014", (), Status.FAILED),
    (6, 12, 48, Channel.API, "bot-1", (GLASS, MOPPING), Status.COMPLETED),
    (9, 15, 16, Channel.PHONE, "+70000000015", (PRICE,), Status.INTERRUPTED),
    (13, 10, 30, Channel.WS, "гость-90cc", (WHEN,), Status.COMPLETED),
)
NUMBER = len(EXAMPLES) + len(demo_phone.EXAMPLES)
"""How many calls there are in all."""


def seed(*, today: date | None = None, **_signal: Any) -> int:
    """Put the examples; nothing when they are there, or when there is no demo. Returns how many."""
    houses = list(House.objects.active().filter(is_demo=True)[:60:6])
    if not houses or Call.objects.filter(is_demo=True).exists():
        return 0
    setup_roles()
    today = today or timezone.localdate()
    for number, (age, hour, minute, channel, caller, said, status) in enumerate(EXAMPLES):
        begun = timezone.make_aware(datetime.combine(today - timedelta(days=age), time(hour, minute)))
        begun = min(begun, timezone.now() - timedelta(minutes=20 - number))
        call_id = uuid5(NAMESPACE_URL, f"demo-call-{number}-{begun.date()}")
        house = houses[number % len(houses)]
        arrived = begun if channel == Channel.PHONE else None
        call = open_call(
            channel, caller, 1, house=house, call_id=call_id, started_at=begun, arrived_at=arrived
        )  # fmt: skip
        _talk(call, house, said, status, number)
    demo_phone.seed(houses[0], _visit(houses[0]), today)
    return NUMBER


def _talk(call: Call, house: House, said: tuple[Said, ...], status: str, seed_number: int) -> None:
    at, number = call.started_at, 0
    by_phone = call.channel == Channel.PHONE
    if by_phone and said:
        note_greeting(call.pk, 180 + seed_number * 13 % 90)

    def keep(**values: Any) -> int:
        nonlocal at, number
        number += 1
        begun, at = at, at + timedelta(seconds=2 + len(values["text"]) / 15)
        record_turn(call.pk, TurnRecord(number=number, started_at=begun, ended_at=at, revision_number=1, **values))
        return number

    if said:
        keep(speaker="assistant", text=GREETING)
    words = {"house": house.title, "visit": _visit(house)}
    for turn, one in enumerate(said):
        question = one.question.format(**words)
        keep(speaker="caller", text=question, normalised=question.lower().replace("ё", "е"))
        answer = keep(
            speaker="assistant",
            text=one.answer.format(**words),
            base=one.base,
            citations=[one.citation] if one.citation else [],
            tool_calls=[{"name": one.tool, "arguments": {"house": house.title}}] if one.tool else [],
            **_spent(seed_number * 3 + turn, one, by_phone),
            answered=one.answered,
            handed_over=one.handed_over,
            embedding_requests=None if one.tool or one.answered is None else int(seed_number % 2 == 0),
        )
        if one.rating:
            rate_turn(call.pk, answer, one.rating, comment=one.comment, user=None)
    close_call(call.pk, status, ended_at=at + timedelta(seconds=3))


def _visit(house: House) -> str:
    visit = CleaningVisit.objects.filter(house=house, date__gte=timezone.localdate()).order_by("date").first()
    if visit is None:
        return "Даты ближайшей уборки у меня нет. Уточню у сотрудника."
    return f"Ближайшая уборка — {visit.date:%d.%m.%Y}."


def _spent(step: int, one: Said, by_phone: bool) -> dict[str, Any]:
    if not by_phone:
        return {"timings": _timings(step, one)}
    timings = demo_phone.timings(step, with_model=not one.tool and one.answered is not None)
    return {"timings": timings, "first_audio_ms": sum(timings.values())}


def _timings(step: int, one: Said) -> dict[str, float]:
    """Made up like everything here, and steady: the same demo every time."""
    wave = step * 37 % 11
    timings = {"normalise": 1.5, "contextualise": 2.0 + wave / 5}
    if one.tool:
        return timings | {"tools": 14.0 + wave * 3}
    if one.answered is None:
        return timings
    return timings | {
        "embedding": 90.0 + wave * 22,
        "search": 8.0 + wave,
        "first_token": 380.0 + wave * 60,
        "generation": 700.0 + wave * 45,
    }


def remove(*, removed: Counter[str] | None = None, **_signal: Any) -> int:
    """Delete the demo's calls and those about its houses, with their turns. Returns how many calls."""
    number = delete_calls(Call.objects.filter(Q(is_demo=True) | Q(house__is_demo=True)))
    if removed is not None:
        removed[str(Call._meta.verbose_name_plural)] += number
    return number
