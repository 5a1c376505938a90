"""The 23 houses of a real export of funnel 34, September 2025, exactly as they were: the sample all tests rely on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from houses.bitrix.twin.records import PORTAL_ZONE, Deal
from houses.bitrix.twin.seed import passport
from houses.bitrix.twin.seed.catalog import ACTIVE
from houses.bitrix.twin.seed.companies import CARE_PLUS, COSY_HOME, MONOLITH, MZHD, NEW_TOWN, REU_16
from houses.bitrix.twin.seed.contacts import ContactBook
from houses.bitrix.twin.seed.months import MonthFields
from houses.bitrix.twin.seed.schedule import PLANS, Plan, SlotPlan, days_of, month_near
from houses.bitrix.twin.seed.users import BRIGADES


@dataclass(frozen=True, slots=True)
class RealHouse:
    """`schedule` is September, October, November 2025, each «T1 16.09,29.09; T3 23.09»: slot 1; slot 2."""

    id: int
    title: str
    stage: str
    company: int
    address: str
    coordinates: tuple[str, str]
    numbers: tuple[str, str, str]  # flats, floors, entrances; "" where the CRM has nothing
    tariff: str
    amount: float
    schedule: tuple[str, str, str]


REGION = "Калуга, Калужская область, Россия"
NOWHERE, ZERO = ("", ""), ("0", "0")

REAL_HOUSES: tuple[RealHouse, ...] = (
    RealHouse(
        13112, "Аллейная 6 п.1", ACTIVE, NEW_TOWN,
        f"Аллейная улица, 6, {REGION}, 248009", ("54.52609", "36.31364"),
        ("119", "14", "1"), "3 // 125", 20349.00,
        ("T1 16.09,29.09; T3 23.09", "T3 07.10,21.10; T1 14.10,28.10", "T3 05.11,18.11; T1 11.11,25.11"),
    ),
    RealHouse(
        13100, "Чичерина 14", ACTIVE, MZHD,
        f"улица Чичерина, 14, калуга 248010, {REGION}, 248001", ("54.53082145", "36.25805015469"),
        ("", "4", "3"), "1 // 170", 5022.79,
        ("T1 02.09,08.09; T1 16.09,30.09", "T1 07.10,13.10; T1 21.10,27.10", "T1 05.11,10.11; T1 18.11,24.11"),
    ),
    RealHouse(
        13098, "Чичерина 11", ACTIVE, MZHD,
        f"улица Чичерина, 11, {REGION}, 248010", ("54.53214725", "36.259026816667"),
        ("", "4", "4"), "1 // 170", 7534.35,
        ("T1 02.09,08.09; T1 16.09,30.09", "T1 07.10,13.10; T1 21.10,27.10", "T1 05.11,10.11; T1 18.11,24.11"),
    ),
    RealHouse(
        13096, "Маршала Жукова 44", ACTIVE, MZHD,
        f"улица Маршала Жукова, 44, {REGION}, 248018", ("54.51736925", "36.290624913119"),
        ("", "5", "4"), "1 // 170", 11477.46,
        ("T1 02.09,10.09; T1 16.09,30.09", "T1 07.10,21.10; T1 14.10,28.10", "T1 05.11,18.11; T1 12.11,26.11"),
    ),
    RealHouse(
        13094, "Телевизионная 26", ACTIVE, MZHD,
        f"Телевизионная улица, 26, {REGION}, 248010", ("54.52789", "36.261032"),
        ("", "2", "2"), "1 // 170", 2913.23,
        ("T1 01.09,08.09; T1 16.09,30.09", "T1 06.10,13.10; T1 20.10,27.10", "T1 01.11,10.11; T1 17.11,24.11"),
    ),
    RealHouse(
        13088, "Маяковского 64", ACTIVE, NEW_TOWN,
        f"улица Маяковского, 64, {REGION}, 248009", ("54.52735455", "36.311603691025"),
        ("128", "17", "1"), "3 // 125", 25288.00,
        ("T3 02.09,16.09; T1 09.09,23.09", "T3 07.10,21.10; T1 14.10,28.10", "T3 05.11,18.11; T1 11.11,25.11"),
    ),
    RealHouse(
        13086, "Аллейная 10", ACTIVE, NEW_TOWN,
        f"Аллейная улица, 10, {REGION}, 248028", ("54.5254974", "36.3133214"),
        ("190", "14", "4"), "3 // 125", 32490.00,
        ("T1 02.09,16.09; T3 09.09,23.09", "T1 07.10,21.10; T3 14.10,28.10", "T1 05.11,18.11; T3 11.11,25.11"),
    ),
    RealHouse(
        13084, "Малоярославецкая 6", ACTIVE, REU_16,
        f"Малоярославецкая улица, 6, {REGION}, 248012", ("54.5805272", "36.25175136598"),
        ("144", "9", "4"), "3 // 125", 20196.00,
        ("T1 01.09,15.09; T3 08.09,22.09", "T1 06.10,20.10; T3 13.10,27.10", "T1 01.11,17.11; T3 10.11,24.11"),
    ),
    RealHouse(
        13064, "Свободы 36", ACTIVE, COSY_HOME,
        "Свободы улица, 36, Костанай, Костанайская область, Казахстан, 110000", ("53.23058885", "63.6707919"),
        ("6", "2", "1"), "", 990.00,
        ("T1 01.09; T1 15.09", "T1 06.10; T1 20.10", "T1 01.11; T1 17.11"),
    ),
    RealHouse(
        13058, "Карла Либкнехта 11А", ACTIVE, CARE_PLUS,
        f"улица Карла Либкнехта, 11А, {REGION}, 248016", ("54.5263462", "36.270330009463"),
        ("24", "4", "1"), "", 3366.00,
        ("T1 10.09; T1 24.09", "T1 08.10; T1 22.10", "T1 12.11; T1 26.11"),
    ),
    RealHouse(
        13056, "Льва Толстого 41", ACTIVE, CARE_PLUS,
        f"улица Льва Толстого, 41, {REGION}, 248032", ("54.51299135", "36.356658276244"),
        ("144", "9", "4"), "4 // 110", 20196.00,
        ("T1 13.09; T1 30.09", "T1 10.10; T1 30.10", "T1 15.11; T1 29.11"),
    ),
    RealHouse(
        13046, "Георгиевская 6 к.1", ACTIVE, MONOLITH,
        "Калуга, Георгиевская улица, 6 к.1", NOWHERE,
        ("15", "3", "2"), "", 2314.13,
        ("T1 10.09; T1 24.09", "T1 08.10; T1 22.10", "T1 12.11; T1 26.11"),
    ),
    RealHouse(
        13044, "Георгиевская 4", ACTIVE, MONOLITH,
        f"Георгиевская улица, 4, {REGION}, 248600", ("54.51399225", "36.241936013655"),
        ("26", "5", "3"), "", 4011.15,
        ("T1 10.09; T1 24.09", "T1 08.10; T1 22.10", "T1 12.11; T1 26.11"),
    ),
    RealHouse(
        13042, "Николо-Козинская 90", ACTIVE, MONOLITH,
        f"Николо-Козинская улица, 90, {REGION}, 248001", ("54.50334375", "36.274001929792"),
        ("77", "9", "3"), "1 // 170", 17998.75,
        ("T1 04.09,11.09; T1 18.09,25.09", "T1 02.10,16.10; T1 09.10,23.10", "T1 07.11,13.11; T1 20.11,27.11"),
    ),
    RealHouse(
        13016, "Октябрьская 20", ACTIVE, MZHD,
        f"Октябрьская улица, 20, {REGION}, 248000", ("54.51592855", "36.236559660812"),
        ("80", "5", "6"), "3 // 125", 12292.83,
        ("T1 03.09,17.09; T3 10.09,24.09", "T1 01.10,15.10; T3 08.10,22.10", "T1 06.11,19.11; T3 12.11,26.11"),
    ),
    RealHouse(
        13014, "Ленина 44", ACTIVE, MZHD,
        f"улица Ленина, 44, {REGION}, 248016", ("54.52284405", "36.26958631682"),
        ("76", "5", "4"), "4 // 110", 10420.00,
        ("T1 03.09,17.09; T3 10.09,24.09", "T1 01.10,15.10; T3 08.10,22.10", "T1 06.11,19.11"),
    ),
    RealHouse(
        4766, "Малоярославецкая 5", ACTIVE, REU_16,
        "Малоярославецкая улица 5, 248012 Калуга Калужская область, Россия", NOWHERE,
        ("144", "9", "4"), "5 // 200", 20196.00,
        (
            "T1 01.09,15.09; T3 04.09,08.09,11.09,18.09,22.09,25.09",
            "T3 02.10,09.10,13.10,16.10,23.10,27.10; T1 06.10,20.10",
            "T1 01.11,17.11; T3 07.11,10.11,13.11,20.11,24.11,27.11",
        ),
    ),
    RealHouse(
        4764, "Площадь Первых Космонавтов 6", ACTIVE, REU_16,
        "Площадь Первых Космонавтов 6, 248031 Калуга Калужская область, Россия", ZERO,
        ("28", "7", "2"), "2 // 140", 7330.40,
        ("T2 01.09,15.09; T1 08.09,22.09", "T2 06.10,20.10; T1 13.10,27.10", "T2 01.11,17.11; T1 10.11,24.11"),
    ),
    RealHouse(
        4762, "Бульвар Байконур 5", ACTIVE, REU_16,
        "Бульвар Байконур 5, 248031 Калуга Калужская область, Россия", NOWHERE,
        ("108", "9", "3"), "3 // 125", 12622.50,
        ("T3 01.09,15.09; T1 08.09,22.09", "T3 06.10,20.10; T1 13.10,27.10", "T3 01.11,17.11; T1 10.11,24.11"),
    ),
    RealHouse(
        4760, "Кубяка 9 к2", ACTIVE, REU_16,
        "улица Кубяка 9 к2, 248012 Калуга Калужская область, Россия", ("54.57528045", "36.25040485"),
        ("75", "5", "5"), "3 // 125", 8765.00,
        ("T1 01.09,15.09; T3 08.09,22.09", "T1 06.10,20.10; T3 13.10,27.10", "T1 01.11,17.11; T3 10.11,24.11"),
    ),
    RealHouse(
        4758, "Кибальчича 5", ACTIVE, REU_16,
        "улица Кибальчича 5, 248012 Калуга Калужская область, Россия", ("54.5826212", "36.250760414414"),
        ("144", "9", "4"), "2 // 140", 17784.00,
        ("T1 01.09,15.09; T2 08.09,22.09", "T1 06.10,20.10; T2 13.10,27.10", "T1 01.11,17.11; T2 10.11,24.11"),
    ),
    RealHouse(
        4756, "Кибальчича 1", "C34:NEW", REU_16,
        "улица Кибальчича 1, 248012 Калуга Калужская область, Россия", ("54.5815856", "36.25123953943"),
        ("144", "9", "4"), "2 // 140", 17166.00,
        ("T2 01.09,15.09; T1 08.09,22.09", "T2 06.10,20.10; T1 13.10,27.10", "T2 01.11,17.11; T1 10.11,24.11"),
    ),
    RealHouse(
        4752, "Кибальчича 9", "C34:UC_9KN8QQ", REU_16,
        "улица Кибальчича 9, 248012 Калуга", NOWHERE,
        ("58", "5", "4"), "2 // 140", 7714.00,
        ("T1 04.09,18.09; T2 10.09,24.09", "T1 02.10,16.10; T2 08.10,22.10", "T1 07.11,20.11; T2 12.11,26.11"),
    ),
)  # fmt: skip

# Which brigade cleans them is not in the export; 13112 is with «4 бригада» in an old sample, the rest is invented.
_BRIGADE_BY_COMPANY = {NEW_TOWN: 4, MZHD: 2, REU_16: 1, COSY_HOME: 5, CARE_PLUS: 6, MONOLITH: 3}


def make_real_house(house: RealHouse, months: MonthFields, contacts: ContactBook, today: date) -> Deal:
    """Autumn 2025 as it was; around `today` the November pattern goes on. Other months of 2025 stay empty."""
    created = datetime(2023 if house.id > 13000 else 2022, 12, 1, 12, 0, tzinfo=PORTAL_ZONE)
    deal = Deal(
        id=house.id,
        title=house.title,
        category_id=34,
        stage_id=house.stage,
        created=created,
        updated=datetime(today.year, today.month, today.day, tzinfo=PORTAL_ZONE) - timedelta(days=2 + house.id % 9),
        assigned_by_id=BRIGADES[_BRIGADE_BY_COMPANY[house.company]],
        company_id=house.company,
        opportunity=house.amount,
    )
    if house.id % 4 == 0:
        deal.contact_id = contacts.make()
        deal.contact_ids = [deal.contact_id]
    _fill_passport(deal, house)
    for month, text in zip((9, 10, 11), house.schedule, strict=True):
        for slot, (kind, days) in enumerate(_parse_month(text), start=1):
            months.fill(deal, 2025, month, slot, kind, days)
    for offset in (-1, 0, 1):
        year, month = month_near(today, offset)
        if year != 2025:
            for slot, plan in enumerate(_plan_of(house), start=1):
                months.fill(deal, year, month, slot, plan.cleaning_type, days_of(plan, year, month, house.id // 2 % 5))
    return deal


def _fill_passport(deal: Deal, house: RealHouse) -> None:
    location = house.id - 4900 if house.coordinates not in (NOWHERE, ZERO) else None
    deal.uf[passport.ADDRESS] = passport.address(house.address, *house.coordinates, location)
    empty = "" if house.id % 4 == 0 else None
    fields = (passport.APARTMENTS, passport.FLOORS, passport.ENTRANCES, passport.TARIFF)
    for name, value in zip(fields, (*house.numbers, house.tariff), strict=True):
        deal.uf[name] = value or empty


def _parse_month(text: str) -> list[tuple[str, list[date]]]:
    slots = []
    for part in text.split("; "):
        kind, _, days = part.partition(" ")
        slots.append((kind, [date(2025, int(day[3:]), int(day[:2])) for day in days.split(",")]))
    return slots


def _plan_of(house: RealHouse) -> Plan:
    """The plan that November's counts fit, its slots in November's order."""
    shape = [(kind, len(days)) for kind, days in _parse_month(house.schedule[2])]
    if shape == [("T1", 2)]:
        return (SlotPlan("T1", (0, 2)),)
    for plans in PLANS.values():
        for plan in plans:
            found = [(slot.cleaning_type, len(slot.weeks) + len(slot.extra)) for slot in plan]
            if found == shape:
                return plan
            if found == shape[::-1]:
                return plan[::-1]
    raise LookupError(f"no plan is like {house.schedule[2]!r}")
