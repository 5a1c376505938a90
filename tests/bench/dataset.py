"""10,000 houses with twelve months of visits, written straight into the database."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from django.db import connection
from django.utils import timezone

from houses.models import Brigade, House, ManagementCompany, Stage

HOUSES = 10_000
MONTHS = 12
BRIGADES = 7
COMPANIES = 28
TEXTS = {
    "T1": "Влажная уборка лестничных площадок всех этажей и лифта (при наличии); Профилактическая дезинфекция МОП;",
    "T3": "Влажная уборка 1 этажа и лифта (при наличии); Профилактическая дезинфекция МОП;",
}


def months_around(today: date) -> list[tuple[int, int]]:
    """Twelve months, the present one the ninth."""
    index = today.year * 12 + today.month - 1
    return [divmod(number, 12) for number in range(index - 8, index + 4)]


def schedule_of(months: list[tuple[int, int]], dice: random.Random) -> list[dict[str, object]]:
    """Two slots a month, two dates a slot, a week apart in turn."""
    first = dice.randrange(1, 8)
    slots: list[dict[str, object]] = []
    for year, month_index in months:
        for slot, (kind, text) in enumerate(TEXTS.items(), start=1):
            start = date(year, month_index + 1, first) + timedelta(days=7 * (slot - 1))
            dates = [start.isoformat(), (start + timedelta(days=14)).isoformat()]
            slots.append(
                {"year": year, "month": month_index + 1, "slot": slot, "type": kind, "text": text, "dates": dates}
            )
    return slots


def make_houses(today: date) -> None:
    dice = random.Random(7)
    stage = Stage.objects.create(status_id="C34:UC_PG9Y90", name="Обслуживаем")
    brigades = [
        Brigade.objects.create(number=number, name=f"{number} бригада", bitrix_user_id=1400 + number)
        for number in range(1, BRIGADES + 1)
    ]
    companies = [
        ManagementCompany.objects.create(bitrix_id=number, title=f"ООО «УК {number}»") for number in range(COMPANIES)
    ]
    months = months_around(today)
    House.objects.bulk_create(
        (_house(number, stage, brigades, companies, months, dice) for number in range(HOUSES)), batch_size=500
    )


def _house(
    number: int,
    stage: Stage,
    brigades: list[Brigade],
    companies: list[ManagementCompany],
    months: list[tuple[int, int]],
    dice: random.Random,
) -> House:
    house = House(
        bitrix_id=100_000 + number,
        title=f"Проверочная {number // 100} дом {number % 100 + 1}",
        address=f"улица Проверочная {number // 100}-я, {number % 100 + 1}, Калуга, Калужская область, Россия, 248000",
        latitude=54.5 + dice.random() / 10,
        longitude=36.2 + dice.random() / 10,
        apartments=dice.randrange(12, 200),
        entrances=dice.randrange(1, 7),
        floors=dice.randrange(2, 17),
        stage=stage,
        company=dice.choice(companies),
        brigade=dice.choice(brigades),
        schedule=schedule_of(months, dice),
        synced_at=timezone.now(),
    )
    house.refresh_keys()
    return house


def _visit_rows(today: date) -> Iterator[tuple[object, ...]]:
    for pk, brigade_id, schedule in House.objects.values_list("pk", "brigade_id", "schedule").iterator():
        for slot in schedule:
            for day in slot["dates"]:
                status = "done" if day < today.isoformat() else "planned"
                yield pk, day, day, slot["slot"], slot["type"], status, brigade_id if status == "done" else None


def make_visits(today: date) -> None:
    columns = "house_id, date, crm_date, slot, cleaning_type, status, brigade_id, reason, comment, is_demo"
    rows = list(_visit_rows(today))
    with connection.cursor() as cursor, cursor.copy(f"COPY houses_cleaningvisit ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row((*row, "", "", False))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def fill(today: date) -> None:
    """Fill an empty database."""
    make_houses(today)
    make_visits(today)
