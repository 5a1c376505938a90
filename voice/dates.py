"""Days and months as people say them, found in a question.

A house number is never a day or a month: a bare number says nothing («Ленина 10»), and a number that stands between a
street's name and a month is the house («Кибальчича 3 октября» is house 3, in October). What was read as a date is
blanked out of `rest`, so that the address is looked for in the rest only.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from houses.addresses.words import HOUSE_MARKS, MEANS_NO_STREET, NOT_A_NAME, STREET_TYPES
from houses.numerals import CARDINALS, ORDINALS, read_number
from houses.schedule import shift_month

GENITIVE = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
PREPOSITIONAL = (
    "январе", "феврале", "марте", "апреле", "мае", "июне",
    "июле", "августе", "сентябре", "октябре", "ноябре", "декабре",
)  # fmt: skip
_STEMS = ("январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр")
MONTHS = {
    stem + ending: number
    for number, stem in enumerate(_STEMS, 1)
    for ending in (("й", "я", "е", "ю", "ем") if stem == "ма" else ("", "ь", "я", "а", "е", "ю", "у", "ем", "ом"))
    if stem + ending not in {"ма", "мая"} or ending
}
RELATIVE = {"позавчера": -2, "вчера": -1, "сегодня": 0, "завтра": 1, "послезавтра": 2}
RELATIVE_STEMS = {"вчерашн": -1, "сегодняшн": 0, "завтрашн": 1}
WEEKDAYS = {
    form: number
    for number, forms in enumerate(
        (
            "понедельник понедельника понедельнику",
            "вторник вторника вторнику",
            "среда среду среды среде",
            "четверг четверга четвергу",
            "пятница пятницу пятницы пятнице",
            "суббота субботу субботы субботе",
            "воскресенье воскресенья воскресенью",
        )
    )
    for form in forms.split()
}
WEEKDAY_NAMES = (
    "в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу", "в воскресенье",
)  # fmt: skip
THIS = re.compile(r"эт(?:ой|у|от|о|ом|и|их|ого)$|текущ|ближайш|нынешн")
NEXT = re.compile(r"следующ|будущ")
LAST = re.compile(r"прошл|минувш|прошедш|предыдущ")
DAY_MARKS = frozenset("числа число числу числом".split())  # noqa: SIM905
# «девятого подъезда», «первого этажа», «третьего раза»: an ordinal that belongs to another word.
NOT_A_DAY = re.compile(r"подъезд|дом|этаж|кварт|корпус|строен|раз|тип|класс|бригад|слот|пункт|отдел|участ|номер|сорт")
UNIT = re.compile(r"руб|коп|процент|%|₽|час|мин|метр|м\b|кв\b|кг|шт|тыс|млн|этаж|квартир|подъезд|бригад|раз")
_TOKEN = re.compile(
    r"\d{4}-\d{2}-\d{2}(?!\d)|\d{1,2}\.\d{1,2}(?:\.\d{4}|\.\d{2})?(?![\d.]*\d)|\d{1,2}/\d{1,2}/\d{4}(?!\d)|\d+|[^\W\d_]+|[^\s\w]"
)
_ENDINGS = frozenset("го ого е ое му ому".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class When:
    """From `start` to `end`, both included."""

    start: date
    end: date

    @property
    def is_day(self) -> bool:
        return self.start == self.end

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


@dataclass(frozen=True, slots=True)
class Dates:
    """`when` is the first date of the text, None without one; `rest` is the text without any."""

    when: When | None
    rest: str


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int

    @property
    def number(self) -> int | None:
        return int(self.text) if self.text.isascii() and self.text.isdecimal() and len(self.text) <= 4 else None

    @property
    def is_word(self) -> bool:
        return self.text[0].isalpha()


def looks_like_street(word: str) -> bool:
    """Without a list of streets: any word that is known to mean nothing else may be one."""
    return len(word) > 3 and word not in MEANS_NO_STREET and not NOT_A_NAME.search(word)


def find_dates(
    text: str, today: date, *, past: bool | None = None, is_street: Callable[[str], bool] = looks_like_street
) -> Dates:
    """The date a text names.

    Args:
        past: True takes «девятого» and «в пятницу» for the last such day, False for the coming one, None for the one
            of this month (this week). A named month without a year is the nearest such month, but never one to come
            when the question is about the past.
        is_street: whether a word, in lower case with ё as е, is a street's.
    """
    reader = _Reader(text, today, past, is_street)
    found = list(reader.found())
    rest = list(text)
    for _, first, last in found:
        start, end = reader.tokens[first].start, reader.tokens[last - 1].end
        rest[start:end] = " " * (end - start)
    return Dates(found[0][0] if found else None, "".join(rest))


class _Reader:
    """One pass over a text."""

    def __init__(self, text: str, today: date, past: bool | None, is_street: Callable[[str], bool]) -> None:
        lowered = "".join(small if len(small := letter.lower()) == 1 else letter for letter in text).replace("ё", "е")
        self.tokens = [_Token(match[0], match.start(), match.end()) for match in _TOKEN.finditer(lowered)]
        self._today, self._past, self._is_street = today, past, is_street

    def found(self) -> Iterator[tuple[When, int, int]]:
        """Each date with the tokens it takes, [first, last)."""
        index = 0
        while index < len(self.tokens):
            if skipped := self._street(index):
                index = skipped
                continue
            read = self._range(index) or self._one(index)
            if read is None:
                index += 1
                continue
            when, following = read
            first = index
            while first and self._word(first - 1) in {"в", "во", "на", "за", "к", "с", "до", "от", "числа"}:
                first -= 1
            yield when, first, following
            index = following

    def _at(self, index: int) -> _Token | None:
        return self.tokens[index] if 0 <= index < len(self.tokens) else None

    def _word(self, index: int) -> str:
        token = self._at(index)
        return token.text if token is not None and token.is_word else ""

    # --- streets that are called like dates

    def _street(self, index: int) -> int | None:
        """«8 Марта 5», «улица 25 Октября», «40 лет Октября»: the index past the name."""
        day = self._number(index)
        if day is None:
            return None
        _, following, _ = day
        if self._word(following) in {"лет", "летия"} and self._word(following + 1) in MONTHS:
            return following + 2
        if self._word(following) not in GENITIVE:
            return None
        if self._word(index - 1) in STREET_TYPES:
            return following + 1
        place = following + 1
        if (comma := self._at(place)) is not None and comma.text == ",":
            place += 1
        after = self._at(place)
        is_house = after is not None and after.number is not None and after.number < 1900
        is_house = is_house or (self._word(place) in HOUSE_MARKS and self._at(place + 1) is not None)
        if is_house and not UNIT.match(self._word(place + 1)) and not self._is_day_there(place):
            return following + 1
        return None

    def _is_day_there(self, index: int) -> bool:
        """«9 октября 15 ноября»: the second number is a day of its own."""
        return self._word(index + 1) in GENITIVE or self._word(index + 1) in DAY_MARKS

    # --- one date

    def _range(self, index: int) -> tuple[When, int] | None:
        """«с 5 по 10 октября», «с понедельника по пятницу», «5–10 октября», «до конца недели»."""
        if self._word(index) == "до" and self._word(index + 1) == "конца":
            whole = self._period(self._word(index + 2), 0)
            return (When(self._today, whole.end), index + 3) if whole else None
        begins = index + 1 if self._word(index) in {"с", "со", "от"} else index
        first = self._one(begins)
        bare = self._number(begins)
        if bare is not None and (first is None or first[1] == bare[1]):
            first = None  # «с пятого по десятое октября»: the month stands at the end
        following = first[1] if first else bare[1] if bare else None
        if following is None:
            return None
        mark = self._at(following)
        dash = mark is not None and mark.text in {"-", "–", "—"} and begins == index
        if not dash and not (begins > index and self._word(following) in {"по", "до"}):
            return None
        second = self._one(following + 1)
        if second is None or not second[0].is_day:
            return None
        end = second[0].end
        if first is not None:
            start = first[0].start
        elif bare is not None and (bare[2] == "ordinal" or self._word(second[1] - 1) in {*GENITIVE, *DAY_MARKS}):
            start = _safe(end.year, end.month, bare[0]) or end
        else:
            return None
        return (When(start, end), second[1]) if start <= end else None

    def _one(self, index: int) -> tuple[When, int] | None:
        return (
            self._written(index)
            or self._relative(index)
            or self._weekday(index)
            or self._of_period(index)
            or self._day_of_month(index)
            or self._month(index)
        )

    def _written(self, index: int) -> tuple[When, int] | None:
        """«2026-10-15», «15.10», «15.10.2026»."""
        token = self._at(index)
        if token is None or not token.text[0].isdecimal() or token.number is not None:
            return None
        parts = re.split(r"[-./]", token.text)
        if len(parts) < 2 or not all(part.isdecimal() for part in parts):
            return None
        if "-" in token.text:
            day = _safe(int(parts[0]), int(parts[1]), int(parts[2]))
            return (When(day, day), index + 1) if day else None
        if UNIT.match(self._word(index + 1)) or self._word(index - 1) in {*HOUSE_MARKS, "кв", "в", "во"}:
            return None
        day_number, month = int(parts[0]), int(parts[1])
        if len(parts) == 3:
            year = int(parts[2]) + (2000 if len(parts[2]) == 2 else 0)
            day = _safe(year, month, day_number)
        else:
            day = self._nearest_year(month, day_number)
        return (When(day, day), index + 1) if day else None

    def _relative(self, index: int) -> tuple[When, int] | None:
        """«завтра», «через три дня», «неделю назад»."""
        word = self._word(index)
        if word in RELATIVE:
            return self._shifted(RELATIVE[word]), index + 1
        for stem, days in RELATIVE_STEMS.items():
            if word.startswith(stem):
                return self._shifted(days), index + 1 + (self._word(index + 1) in {"день", "дня", "дню"})
        if word == "через":
            days, following = self._duration(index + 1)
            return (self._shifted(days), following) if days else None
        days, following = self._duration(index)
        if days and self._word(following) == "назад":
            return self._shifted(-days), following + 1
        return None

    def _duration(self, index: int) -> tuple[int, int]:
        """«три дня» → (3, past it); 0 days when it is none."""
        number = self._number(index)
        count, following = (number[0], number[1]) if number else (0, index)
        word = self._word(following)
        if re.fullmatch(r"день|дня|дней", word):
            return (count or 2) if count or word == "день" else 0, following + 1
        if re.fullmatch(r"недел[юиьею]|недель", word):
            return 7 * (count or 1), following + 1
        if re.fullmatch(r"месяц|месяца|месяцев", word):
            return 30 * (count or 1), following + 1
        return 0, index

    def _weekday(self, index: int) -> tuple[When, int] | None:
        """«в пятницу», «в следующий вторник»; «по пятницам» is no date."""
        sign = self._word(index)
        named = index + 1 if THIS.match(sign) or NEXT.match(sign) or LAST.match(sign) else index
        number = WEEKDAYS.get(self._word(named))
        if number is None or (named == index and self._word(index - 1).startswith("окружающ")):
            return None
        monday = self._today - timedelta(days=self._today.weekday())
        if NEXT.match(sign):
            day = monday + timedelta(days=7 + number)
        elif LAST.match(sign) or (named == index and self._past):
            day = self._today - timedelta(days=(self._today.weekday() - number - 1) % 7 + 1)
        elif named == index and self._past is None and monday + timedelta(days=number) < self._today:
            day = monday + timedelta(days=7 + number)
        else:
            day = self._today + timedelta(days=(number - self._today.weekday()) % 7)
        return When(day, day), named + 1

    def _of_period(self, index: int) -> tuple[When, int] | None:
        """«на этой неделе», «в прошлом месяце», «на выходных»."""
        sign, noun = self._word(index), self._word(index + 1)
        for pattern, by in ((THIS, 0), (NEXT, 1), (LAST, -1)):
            if pattern.match(sign) and (period := self._period(noun, by)):
                return period, index + 2
        if sign.startswith("выходн") and sign not in {"выходной"} and self._word(index - 1) != "по":
            period = self._period(sign, 0)
            return (period, index + 1) if period else None
        before = self._word(index - 1)
        if before == "на" and sign == "неделе":
            return self._period(sign, 0) or self._shifted(0), index + 1
        if before == "за" and sign == "неделю":
            return When(self._today - timedelta(days=6), self._today), index + 1
        return None

    def _period(self, noun: str, by: int) -> When | None:
        monday = self._today - timedelta(days=self._today.weekday()) + timedelta(weeks=by)
        if noun.startswith("недел"):
            return When(monday, monday + timedelta(days=6))
        if noun.startswith("месяц"):
            return month_range(*shift_month((self._today.year, self._today.month), by))
        if noun.startswith("выходн"):
            if by == 0 and self._past:
                monday -= timedelta(days=7 if self._today.weekday() < 5 else 0)
            return When(monday + timedelta(days=5), monday + timedelta(days=6))
        return None

    def _day_of_month(self, index: int) -> tuple[When, int] | None:
        """«9 октября», «девятого», «9 числа», «9-го»."""
        read = self._number(index)
        if read is None or not 1 <= read[0] <= 31 or self._word(index - 1) in HOUSE_MARKS:
            return None
        day, following, how = read
        word = self._word(following)
        if word in GENITIVE:
            if how != "ordinal" and self._is_house_before(index):
                return None
            year, after = self._year(following + 1)
            month = GENITIVE.index(word) + 1
            exact = _safe(year, month, day) if year else self._nearest_year(month, day)
            return (When(exact, exact), after) if exact else None
        if word in DAY_MARKS or self._word(index - 1) in DAY_MARKS:
            return self._day(day, following + (word in DAY_MARKS))
        spoken = self.tokens[following - 1].text
        genitive = how == "ordinal" and (spoken.endswith(("ого", "его", "-го")) or spoken in _ENDINGS)
        on = how == "ordinal" and spoken.endswith("ое") and self._word(index - 1) in {"на", "по"}
        if (genitive or on) and not NOT_A_DAY.match(word):
            return self._day(day, following)
        return None

    def _number(self, index: int) -> tuple[int, int, str] | None:
        """(value, index past it, "digits" | "words" | "ordinal")."""
        token = self._at(index)
        if token is None:
            return None
        if token.number is not None:
            dash, ending = self._at(index + 1), self._at(index + 2)
            if dash and dash.text == "-" and ending and ending.text in _ENDINGS and ending.start == dash.end:
                return token.number, index + 3, "ordinal"
            if dash and dash.text in _ENDINGS and dash.start == token.end and len(dash.text) > 1:
                return token.number, index + 2, "ordinal"
            return token.number, index + 1, "digits"
        if token.text not in CARDINALS and token.text not in ORDINALS:
            return None
        words = [each.text for each in self.tokens[index : index + 4]]
        read = read_number(words)
        return (read[0], index + read[1], "ordinal" if read[2] else "words") if read else None

    def _is_house_before(self, index: int) -> bool:
        """The number belongs to the street before it."""
        word = self._word(index - 1)
        return bool(word) and word not in STREET_TYPES and self._is_street(word)

    def _month(self, index: int) -> tuple[When, int] | None:
        """«в октябре», «за октябрь 2026»; the month of a day or of a street's name is none."""
        word = self._word(index)
        if word not in MONTHS or self._word(index - 1) in {*STREET_TYPES, "лет"}:
            return None
        month = MONTHS[word]
        year, after = self._year(index + 1)
        return month_range(year or self._nearest_month_year(month), month), after

    def _year(self, index: int) -> tuple[int, int]:
        token = self._at(index)
        if token is None or token.number is None or not 2000 <= token.number <= 2099:
            return 0, index
        return token.number, index + 1 + (self._word(index + 1) in {"г", "год", "года", "году"})

    # --- which year, which month

    def _shifted(self, days: int) -> When:
        day = self._today + timedelta(days=days)
        return When(day, day)

    def _day(self, number: int, following: int) -> tuple[When, int] | None:
        here = (self._today.year, self._today.month)
        months = [shift_month(here, by) for by in range(-3, 4)]
        days = [day for month in months if (day := _safe(*month, number))]
        if self._past:
            chosen = max((day for day in days if day <= self._today), default=None)
        elif self._past is False:
            chosen = min((day for day in days if day >= self._today), default=None)
        else:
            chosen = _safe(*here, number) or min((day for day in days if day >= self._today), default=None)
        return (When(chosen, chosen), following) if chosen else None

    def _nearest_year(self, month: int, number: int) -> date | None:
        days = [day for year in range(-4, 5) if (day := _safe(self._today.year + year, month, number))]
        if self._past:
            days = [day for day in days if day <= self._today]
        return min(days, key=lambda day: abs((day - self._today).days), default=None)

    def _nearest_month_year(self, month: int) -> int:
        """The month of this year, unless the tense or the distance speaks for another."""
        year = self._today.year
        if self._past and month > self._today.month:
            return year - 1
        if not self._past and abs(month - self._today.month) > 6:
            return year + (1 if month < self._today.month else -1)
        return year


def month_range(year: int, month: int) -> When:
    return When(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
