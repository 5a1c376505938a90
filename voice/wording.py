"""How the assistant says days, counts and the age of the data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from houses.freshness import Freshness
from houses.schedule import plural
from voice.dates import GENITIVE, PREPOSITIONAL, WEEKDAY_NAMES, When, month_range


def say_day(day: date, today: date) -> str:
    """«5 ноября», with the year when it is another one."""
    year = f" {day.year} года" if day.year != today.year else ""
    return f"{day.day} {GENITIVE[day.month - 1]}{year}"


def say_near(day: date, today: date) -> str:
    """«сегодня, 21 ноября», «в пятницу, 27 ноября»; only the date when it is further than a week."""
    near = {-1: "вчера", 0: "сегодня", 1: "завтра", 2: "послезавтра"}.get((day - today).days)
    if near is None and 0 < (day - today).days < 8:
        near = WEEKDAY_NAMES[day.weekday()]
    return f"{near}, {say_day(day, today)}" if near else say_day(day, today)


def say_when(when: When, today: date) -> str:
    """A day, a whole month («в октябре») or a span («с 16 по 22 ноября»)."""
    if when.is_day:
        return say_day(when.start, today)
    if when == month_range(when.start.year, when.start.month):
        year = f" {when.start.year} года" if when.start.year != today.year else ""
        return f"в {PREPOSITIONAL[when.start.month - 1]}{year}"
    start = str(when.start.day) if when.start.month == when.end.month else say_day(when.start, today)
    return f"с {start} по {say_day(when.end, today)}"


def counted(number: int, one: str, few: str, many: str) -> str:
    """«21 дом», «3 дома», «5 домов»."""
    return f"{number} {plural(number, one, few, many)}"


def houses(number: int) -> str:
    return counted(number, "дом", "дома", "домов")


def visits(number: int) -> str:
    return counted(number, "уборка", "уборки", "уборок")


def listed(items: Sequence[str], last: str = "и") -> str:
    """«одно, другое и третье»."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def age(state: Freshness) -> str:
    """A sentence that is said when the data are stale; nothing while they are fresh."""
    return f"{capital(state.sentence)}." if state.stale else ""
