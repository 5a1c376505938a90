"""What the person chose to look at: brigade, company, days. All of it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from houses.analytics import Houses, Visits, month_bounds, of_brigade
from houses.models import Brigade, ManagementCompany
from houses.schedule import Month, parse_month
from vasdom.errors import InvalidInput

Row = TypeVar("Row", Brigade, ManagementCompany)
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100
OWNERS = ("brigade", "company")
PERIODS: Mapping[str, str] = {"today": "Сегодня", "tomorrow": "Завтра", "week": "Неделя", "month": "Месяц"}


@dataclass(frozen=True, slots=True)
class Filters:
    """The choice, already checked.

    Attributes:
        period: the preset in the address, which follows the calendar; explicit days have none.
        start, end: the days chosen, both ends included; None = open.
        mistakes: Russian sentences about what could not be read; the rest of the choice holds.
    """

    today: date
    brigades: tuple[Brigade, ...]
    companies: tuple[ManagementCompany, ...]
    brigade: Brigade | None = None
    company: ManagementCompany | None = None
    period: str = ""
    start: date | None = None
    end: date | None = None
    mistakes: tuple[str, ...] = ()

    @property
    def has_days(self) -> bool:
        return self.start is not None or self.end is not None

    @property
    def chosen(self) -> bool:
        return bool(self.brigade or self.company or self.has_days)

    @property
    def key(self) -> str:
        """Names the choice in cache keys."""
        parts = (self.brigade and self.brigade.pk, self.company and self.company.pk, self.start, self.end)
        return ":".join(str(part or "") for part in parts)

    def owners(self) -> dict[str, str]:
        """Brigade and company as address parameters, the same on this page and in the lists."""
        pairs = {"brigade": self.brigade, "company": self.company}
        return {name: str(row.pk) for name, row in pairs.items() if row is not None}

    def days(self) -> dict[str, str]:
        """The days as address parameters of a list."""
        pairs = {"date_from": self.start, "date_to": self.end}
        return {name: day.isoformat() for name, day in pairs.items() if day is not None}

    def address(self, period: str = "") -> str:
        """The address of this page with brigade and company kept and another preset."""
        return "?" + urlencode(self.owners() | ({"period": period} if period else {}))

    def month_address(self, month: Month | None) -> str:
        """The address of this page with brigade and company kept and another month; None = the current one."""
        return "?" + urlencode(self.owners() | ({"month": f"{month[0]}-{month[1]:02d}"} if month else {}))

    def presets(self) -> list[tuple[str, str, bool]]:
        """Title, address and «is it on» of every preset."""
        return [(title, self.address(code), code == self.period) for code, title in PERIODS.items()]

    def houses(self, houses: Houses) -> Houses:
        """Narrow houses: with days chosen, to those the CRM plans to clean then."""
        houses = self.owned_houses(houses)
        if self.has_days:
            houses = houses.on_dates(self.start, self.end)
        return houses

    def owned_houses(self, houses: Houses) -> Houses:
        if self.brigade is not None:
            houses = houses.filter(brigade=self.brigade)
        if self.company is not None:
            houses = houses.filter(company=self.company)
        return houses

    def owned_visits(self, visits: Visits) -> Visits:
        """Narrow visits to the brigade and company; the days are for the one who counts."""
        if self.brigade is not None:
            visits = of_brigade(visits, self.brigade.pk)
        if self.company is not None:
            visits = visits.filter(house__company=self.company)
        return visits


def read(query: Mapping[str, str], today: date) -> Filters:
    """The choice in an address; two questions to the database."""
    brigades = tuple(Brigade.objects.order_by("number", "name"))
    companies = tuple(ManagementCompany.objects.order_by("title"))
    mistakes: list[str] = []
    brigade = _chosen(brigades, query.get("brigade"), "Такой бригады нет", mistakes)
    company = _chosen(companies, query.get("company"), "Такой УК нет", mistakes)
    start = read_day(query.get("date_from", ""), "Дата «с»", mistakes)
    end = read_day(query.get("date_to", ""), "Дата «по»", mistakes)
    period = query.get("period", "")
    preset = period_days(period, today) if period in PERIODS else None
    # Days beside a preset are the preset's own, or a person has just changed them.
    if preset and (start, end) in {(None, None), preset}:
        start, end = preset
    else:
        period = ""
    if start and end and start > end:
        mistakes.append("Начало периода позже его конца: период не применён")
        start = end = None
    return Filters(today, brigades, companies, brigade, company, period, start, end, tuple(mistakes))


def read_with_month(query: Mapping[str, str], today: date) -> tuple[Filters, Month]:
    """The choice on a page that shows one month, and that month."""
    chosen = read({name: value for name, value in query.items() if name in OWNERS}, today)
    mistakes = list(chosen.mistakes)
    month = read_month(query.get("month", ""), today, mistakes)
    return replace(chosen, mistakes=tuple(mistakes)), month


def period_days(period: str, today: date) -> tuple[date, date]:
    """The days of a preset: the week is Monday to Sunday, the month the calendar's."""
    match period:
        case "today":
            return today, today
        case "tomorrow":
            return today + timedelta(days=1), today + timedelta(days=1)
        case "week":
            return week_of(today)
        case _:
            return month_bounds((today.year, today.month))


def week_of(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def read_day(text: str, title: str, mistakes: list[str]) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        mistakes.append(f"{title} не читается: нужен вид ГГГГ-ММ-ДД")
        return None
    return day


def read_month(text: str, today: date, mistakes: list[str]) -> Month:
    """`YYYY-MM`, or the current month when empty or unreadable."""
    current = today.year, today.month
    if not text:
        return current
    try:
        month = parse_month(text)
    except InvalidInput as exc:
        mistakes.append(exc.message)
        return current
    if not EARLIEST_YEAR <= month[0] <= LATEST_YEAR:
        mistakes.append(f"Год месяца ожидается от {EARLIEST_YEAR} до {LATEST_YEAR}")
        return current
    return month


def _chosen(rows: tuple[Row, ...], text: str | None, complaint: str, mistakes: list[str]) -> Row | None:
    if not text:
        return None
    for row in rows:
        if str(row.pk) == text:
            return row
    mistakes.append(complaint)
    return None
