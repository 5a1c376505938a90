"""What is known of one house, and who answers for it."""

from __future__ import annotations

from datetime import date

from houses.freshness import freshness
from houses.models import House, OfficeSettings
from houses.schedule import NOT_GIVEN, periodicity_month, periodicity_of
from voice import wording
from voice.dates import PREPOSITIONAL
from voice.events import Outcome
from voice.tools.places import find_place, with_house
from voice.tools.spec import Context, Result, Slots, rows
from voice.wording import listed, say_near

PASSPORT = "Карточка дома"
NO_DATA = "нет данных"


def house_by_address(ctx: Context, slots: Slots) -> Result:
    """Whether we clean a house and how often; to the staff also who does it and how large it is."""
    return with_house("house_by_address", ctx, slots, lambda house: _about(ctx, slots, house))


def elder_contact(ctx: Context, slots: Slots) -> Result:
    """The elder of a house with the phone."""
    return with_house("elder_contact", ctx, slots, lambda house: _elder(house))


def _about(ctx: Context, slots: Slots, house: House) -> Result:
    state = freshness()
    facts = {
        "service": [f"Да, дом {house} мы убираем."],
        "periodicity": [_periodicity(ctx, house)],
        "next": [_next(ctx, house)],
        "general": [_general(ctx, house)],
    }
    wanted = [slots.detail] if slots.detail in {"periodicity", "general"} else ["service", "periodicity", "next"]
    if ctx.caller.is_staff:
        facts |= {
            "brigade": [f"{house} убирает {house.brigade}." if house.brigade else f"У дома {house} бригады нет."],
            "company": [f"УК дома {house}: {house.company or NO_DATA}."],
            "size": [_size(house)],
        }
        if slots.detail in facts:
            wanted = [slots.detail]
        elif not slots.detail:
            wanted = ["brigade", "company", "size", "periodicity", "next"]
    text = " ".join(sentence for name in wanted for sentence in facts[name] if sentence)
    cited = rows(PASSPORT, str(house), text, state.sentence)
    return Result(f"{text} {wording.age(state)}".strip(), Outcome.ANSWERED, (cited,), house=house.pk)


def _size(house: House) -> str:
    parts = (("квартир", house.apartments), ("подъездов", house.entrances), ("этажей", house.floors))
    return f"{house}: {', '.join(f'{name} — {NO_DATA if value is None else value}' for name, value in parts)}."


def _periodicity(ctx: Context, house: House) -> str:
    month = periodicity_month(house.slots, wanted=None, today=ctx.today)
    phrase = periodicity_of(house, month, OfficeSettings.load().periodicity_wording) if month else NOT_GIVEN
    if month is None or phrase == NOT_GIVEN:
        return f"Периодичность уборки дома {house} не указана."
    return f"Периодичность уборки дома {house} в {PREPOSITIONAL[month[1] - 1]} — {phrase}."


def _general(ctx: Context, house: House) -> str:
    coming = [day for day in sorted(house.general_dates) if day >= ctx.today]
    if coming:
        return f"Генеральная уборка на {house} — {listed([say_near(day, ctx.today) for day in coming[:3]])}."
    if house.general_dates:
        last = max(house.general_dates)
        return f"Впереди генеральной уборки на {house} в графике нет. Последняя дата — {say_near(last, ctx.today)}."
    return f"Дата генеральной уборки на {house} не указана."


def _next(ctx: Context, house: House) -> str:
    found = ctx.caller.houses().filter(pk=house.pk).with_next_visit(ctx.today).first()
    day: date | None = getattr(found, "next_visit", None)
    return f"Ближайшая уборка — {say_near(day, ctx.today)}." if day else ""


def _elder(house: House) -> Result:
    state = freshness()
    contact = house.contact
    if contact is None:
        text = f"У дома {house} старший в Bitrix24 не указан."
    else:
        numbers = [phone.number for phone in contact.phones.all()]
        phones = f"телефон {listed(numbers)}" if numbers else "телефон не указан"
        text = f"Старший дома {house} — {contact}, {phones}."
    cited = rows(PASSPORT, str(house), text, state.sentence)
    return Result(f"{text} {wording.age(state)}".strip(), Outcome.ANSWERED, (cited,), house=house.pk)


def company_contact(ctx: Context, slots: Slots) -> Result:
    """Phone, mail and address of a management company, by its name or by a house."""
    from houses.models import ManagementCompany
    from houses.text import plain

    if not slots.company and slots.house is None and not find_place(slots.address, ctx.caller):
        return Result("Какой управляющей компании? Назовите её или адрес дома.", Outcome.CLARIFY)
    if not slots.company:
        return with_house("company_contact", ctx, slots, lambda house: _company(house.company, str(house), house.pk))
    found = list(ManagementCompany.objects.filter(title_key__contains=plain(slots.company))[:2])
    if len(found) == 1:
        return _company(found[0], found[0].title, None)
    if found:
        return Result("Таких УК несколько, назовите полнее.", Outcome.CLARIFY)
    return Result(f"Не {ctx.said('нашла', 'нашёл')} такой УК: «{slots.company}».", Outcome.UNKNOWN)


def _company(company: object, heading: str, house: int | None) -> Result:
    from houses.models import ManagementCompany

    state = freshness()
    if not isinstance(company, ManagementCompany):
        text = f"У дома {heading} управляющая компания не указана."
    else:
        parts = [
            ("телефон", company.phone),
            ("почта", company.email),
            ("сайт", company.web),
            ("адрес", company.address),
        ]
        known = ", ".join(f"{name} {value}" for name, value in parts if value)
        text = f"{company}: {known or 'контакты не указаны'}."
    cited = rows("Карточка УК", heading, text, state.sentence)
    return Result(f"{text} {wording.age(state)}".strip(), Outcome.ANSWERED, (cited,), house=house)
