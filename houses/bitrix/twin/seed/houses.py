"""Invented houses on real streets, with everything a hand-kept CRM leaves out or gets wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from houses.bitrix.twin.portal import crm_date
from houses.bitrix.twin.records import PORTAL_ZONE, Deal
from houses.bitrix.twin.seed import passport
from houses.bitrix.twin.seed.catalog import ACTIVE
from houses.bitrix.twin.seed.companies import INVENTED, MONOLITH, MZHD, NEW_TOWN, REU_16
from houses.bitrix.twin.seed.contacts import ContactBook
from houses.bitrix.twin.seed.months import MonthFields
from houses.bitrix.twin.seed.real_houses import REAL_HOUSES
from houses.bitrix.twin.seed.schedule import PLANS, days_of, month_near
from houses.bitrix.twin.seed.streets import STREETS
from houses.bitrix.twin.seed.users import BRIGADES, MANAGERS

# People ask for these in the sample phrases of the office.
WANTED = (("улица Кибальчича", "Кибальчича", "3"), ("улица Ленина", "Ленина", "10"))

_STAGES = (ACTIVE, "C34:NEW", "C34:UC_9KN8QQ", "C34:UC_T4M2HD", "C34:UC_6RZ0LX", "C34:WON", "C34:LOSE")
_STAGE_WEIGHTS = (78, 3, 3, 5, 4, 4, 3)
_COMPANIES = (REU_16, MZHD, NEW_TOWN, MONOLITH, *INVENTED)
_COMPANY_WEIGHTS = (14, 12, 8, 6, *[3] * len(INVENTED))
_TARIFFS = (1, 2, 3, 4, 5)
_TARIFF_WEIGHTS = (20, 22, 30, 22, 6)
_PRICES = {1: 170, 2: 140, 3: 125, 4: 110, 5: 200}
_FLOORS = (2, 3, 4, 5, 5, 5, 9, 9, 10, 14, 16, 17)


class HouseMaker:
    """Makes houses one after another; every sixth deal it makes belongs to another funnel."""

    def __init__(self, seed: int, today: date, months: MonthFields, contacts: ContactBook) -> None:
        self._random = random.Random(f"houses {seed}")
        self._today = datetime(today.year, today.month, today.day, tzinfo=PORTAL_ZONE)
        self._near = [month_near(today, offset) for offset in (-1, 0, 1)]
        self._months = months
        self._contacts = contacts
        self._taken = {_key(house.title) for house in REAL_HOUSES}
        self._taken |= {_key(f"{short} {building}") for _, short, building in WANTED}

    def make(self, count: int) -> Iterator[Deal]:
        """`count` houses, and deals of other funnels between them; ids go up by two from 20002."""
        number, made = 20002, 0
        while made < count:
            if number % 12 == 0:
                yield self._other_deal(number)
            else:
                yield self._house(number, WANTED[made] if made < len(WANTED) else None)
                made += 1
            number += 2

    def _other_deal(self, number: int) -> Deal:
        category = self._random.choice((0, 2))
        stage = "C2:EXECUTING" if category else "EXECUTING"
        return Deal(number, f"Заявка {number}", category, stage, self._moment(700), self._moment(90), MANAGERS[0])

    def _house(self, number: int, wanted: tuple[str, str, str] | None) -> Deal:
        rng = self._random
        street, short, building = wanted or self._free_address()
        created = self._moment(900)
        deal = Deal(
            id=number,
            title=f"{short} {building}",
            category_id=34,
            stage_id=ACTIVE if wanted else rng.choices(_STAGES, _STAGE_WEIGHTS)[0],
            created=created,
            updated=max(created, self._moment(60)),
            assigned_by_id=BRIGADES[rng.randint(1, 7)] if rng.random() > 0.05 else rng.choice(MANAGERS),
            company_id=rng.choices(_COMPANIES, _COMPANY_WEIGHTS)[0] if rng.random() > 0.04 else 0,
        )
        self._fill_address(deal, street, building)
        self._fill_numbers(deal)
        self._fill_extras(deal)
        self._fill_contacts(deal)
        if rng.random() > 0.04:
            self._fill_schedule(deal)
        return deal

    def _moment(self, days: int) -> datetime:
        return self._today - timedelta(seconds=self._random.randrange(days * 86400))

    def _free_address(self) -> tuple[str, str, str]:
        rng = self._random
        while True:
            street, short = rng.choice(STREETS)
            building = str(rng.randint(1, 130))
            shape = rng.random()
            if shape < 0.10:
                building += rng.choice((" к1", " к2", " корпус 1", " корпус 2", " к.3"))
            elif shape < 0.20:
                building += rng.choice("АБВГа")
            elif shape < 0.26:
                building += f"/{rng.randint(1, 40)}"
            elif shape < 0.28:
                building += f" стр. {rng.randint(1, 3)}"
            key = _key(f"{short} {building}")
            if key not in self._taken:
                self._taken.add(key)
                return street, short, building

    def _fill_address(self, deal: Deal, street: str, building: str) -> None:
        rng = self._random
        index = f"2480{rng.randint(0, 39):02d}"
        text = f"{street}, {building}, Калуга, Калужская область, Россия, {index}"
        if rng.random() < 0.15:
            text = f"{street} {building}, {index} Калуга Калужская область, Россия"
        kind = rng.random()
        if kind < 0.03:
            deal.uf[passport.ADDRESS] = passport.address(text, None, None)
        elif kind < 0.04:
            deal.uf[passport.ADDRESS] = passport.address(text, 0, 0)
        elif kind < 0.045:
            deal.uf[passport.ADDRESS] = text  # typed by hand, never geocoded
        elif kind < 0.05:
            deal.uf[passport.ADDRESS] = None
        elif kind < 0.053:
            deal.uf[passport.ADDRESS] = passport.address(text, 53.2 + rng.random() / 10, 63.6 + rng.random() / 10, 99)
        else:
            latitude = round(rng.gauss(54.515, 0.02), 8)
            longitude = round(rng.gauss(36.265, 0.03), 12)
            deal.uf[passport.ADDRESS] = passport.address(text, latitude, longitude, 9000 + deal.id % 7000)

    def _fill_numbers(self, deal: Deal) -> None:
        rng = self._random
        floors, entrances = rng.choice(_FLOORS), rng.randint(1, 8)
        flats = floors * entrances * rng.randint(2, 4)
        deal.opportunity = round(flats * rng.uniform(90, 190), rng.choice((0, 2)))
        values = ((passport.APARTMENTS, flats), (passport.FLOORS, floors), (passport.ENTRANCES, entrances))
        for name, value in values:
            kind = rng.random()
            if kind < 0.04:
                deal.uf[name] = ""
            elif kind < 0.06:
                continue
            elif kind < 0.07:
                deal.uf[name] = "5-9"
            elif kind < 0.075:
                deal.uf[name] = "12.5"
            else:
                deal.uf[name] = str(value)

    def _fill_extras(self, deal: Deal) -> None:
        rng = self._random
        if rng.random() < 0.7:
            deal.uf[passport.SERVICE_START] = crm_date(deal.created.date())
            deal.uf[passport.CONTRACT] = f"{rng.randint(1, 400)}/{deal.created.year}"
        if rng.random() < 0.4:
            deal.uf[passport.LIVING_AREA] = round(rng.uniform(400, 12000), 1)
        if rng.random() < 0.2:
            deal.uf[passport.PASSPORT_URL] = f"https://dom.mingkh.ru/kaluzhskaya-oblast/kaluga/{deal.id}"
        if rng.random() < 0.1:
            year, month = self._near[1]
            deal.uf[passport.GENERAL_WORKS] = rng.sample((passport.WALLS, passport.WINDOWS), rng.randint(1, 2))
            deal.uf[passport.GENERAL_DATES] = [crm_date(date(year, month, rng.randint(1, 28)))]
        if rng.random() < 0.1:
            deal.uf["UF_CRM_1675506392435"] = False  # an empty multiple field, as some answers write it

    def _fill_contacts(self, deal: Deal) -> None:
        kind = self._random.random()
        if kind > 0.6:
            return
        deal.contact_ids = [self._contacts.make()]
        if kind < 0.05:
            deal.contact_ids.append(self._contacts.make())
        if kind > 0.08:
            deal.contact_id = deal.contact_ids[0]

    def _fill_schedule(self, deal: Deal) -> None:
        rng = self._random
        code = rng.choices(_TARIFFS, _TARIFF_WEIGHTS)[0]
        told = rng.choice(_TARIFFS) if rng.random() < 0.03 else code
        deal.uf[passport.TARIFF] = f"{told} // {_PRICES[told]}" if rng.random() > 0.05 else None
        plan, weekday = rng.choice(PLANS[code]), rng.randrange(6)
        typeless = rng.random() < 0.01
        for year, month in self._near:
            for slot, part in enumerate(plan, start=1):
                kind = "" if typeless and slot == 2 else part.cleaning_type
                days = days_of(part, year, month, weekday)
                if rng.random() < 0.05:
                    days[0] = self._moved(days[0])
                self._months.fill(deal, year, month, slot, kind, days)

    def _moved(self, day: date) -> date:
        """A day later in the same month, as when a holiday or an illness moves a cleaning; not onto a Sunday."""
        later = day + timedelta(days=2 if day.weekday() == 5 else 1)
        return later if later.month == day.month else day


def _key(title: str) -> str:
    return title.lower().removesuffix(" п.1").replace("корпус ", "к").replace(".", "").replace("ё", "е")
