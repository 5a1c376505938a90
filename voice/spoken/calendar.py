"""Dates, years and days of the week."""

from __future__ import annotations

import re

from voice.spoken.grammar import PREPOSITIONS, Case, Gender, governing
from voice.spoken.numbers import ordinal
from voice.spoken.units import UNIT

MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
_SHORT_MONTHS = {
    "янв": 1, "фев": 2, "февр": 2, "мар": 3, "апр": 4, "июн": 6, "июл": 7, "авг": 8, "сен": 9, "сент": 9, "окт": 10,
    "ноя": 11, "нояб": 11, "дек": 12,
}  # fmt: skip
_MONTH = rf"(?:{'|'.join(MONTHS)})(?![а-яё])|(?:{'|'.join(sorted(_SHORT_MONTHS, key=len, reverse=True))})(?![а-яё])\.?"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:-?(?:го|е|ое|му))?"
_YEAR = r"(?:19|20)\d\d"
_LINK = r"\s*[–—-]\s*|,\s+|\s+(?:и|или|по|до)\s+"
_YEAR_MARK = r"(?:\s*(?:г\.?(?![а-яё])|года(?![а-яё])))?"
_WORDY = re.compile(
    rf"(?<![\w.,])({_DAY}(?:(?:{_LINK}){_DAY})*)\s+({_MONTH})(?:\s+({_YEAR})(?!\d){_YEAR_MARK})?", re.IGNORECASE
)
_NUMERIC_DATE = rf"(?:0?[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])(?:\.(?:{_YEAR}|\d\d))?(?![\d]|[.,]\d)"
_NUMERIC = re.compile(rf"(?<![\w.,/])({_NUMERIC_DATE}(?:(?:{_LINK}){_NUMERIC_DATE})*)(?:\s*(?:г\.|года)(?![а-яё]))?")
_COUNTED = re.compile(rf"\s+(?:раз|час|процент)|[ \u00a0]?(?:{UNIT})")
_ISO = re.compile(r"(?<![\w.,-])((?:19|20)\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\w-])")
_NAMES_THE_DAY = re.compile(
    r"(?:сегодня|завтра|вчера|послезавтра|это|дата|число|была|будет)\s*[:—–-]?\s*$", re.IGNORECASE
)
_BETWEEN_DATES = re.compile(r"(?:\s|[.,!?–—-]|(?<!\w)(?:и|или|г|года)(?!\w))*")


def say_dates(text: str) -> str:
    """Dates in words: «5 декабря», «с 1 по 15 ноября», «16.09.2026», «2026-09-16»."""
    text = _ISO.sub(lambda found: f"{int(found[3])}.{found[2]}.{found[1]}", text)
    if not _NUMERIC.search(text) and not _WORDY.search(text):
        return text
    bare = _BETWEEN_DATES.fullmatch(_WORDY.sub(" ", _NUMERIC.sub(" ", text))) is not None
    text = _NUMERIC.sub(lambda found: _say_numeric(found, bare=bare), text)
    return _WORDY.sub(lambda found: _say_wordy(found, bare=bare), text)


def _say_wordy(found: re.Match[str], *, bare: bool) -> str:
    month = found[2].rstrip(".").lower()
    name = month if month in MONTHS else MONTHS[_SHORT_MONTHS[month] - 1]
    days = _days(found[1])
    said = _series(_left(found), [(link, int(re.match(r"\d+", day)[0]), "") for link, day in days], bare=bare)  # type: ignore[index]
    return f"{said} {name}" + (f" {year_of_date(int(found[3]))}" if found[3] else "")


def _days(text: str) -> list[tuple[str, str]]:
    pieces = re.split(rf"({_LINK})", text)
    return [("", pieces[0]), *zip(pieces[1::2], pieces[2::2], strict=True)]


def _say_numeric(found: re.Match[str], *, bare: bool) -> str:
    if re.fullmatch(r"\d{1,2}\.\d\d", found[0]) and _COUNTED.match(found.string, found.end()):
        return found[0]
    dates = []
    for link, written in _days(found[1]):
        day, month, *year = written.split(".")
        tail = f" {MONTHS[int(month) - 1]}"
        if year:
            tail += f" {year_of_date(int(year[0]) + (2000 if len(year[0]) == 2 else 0))}"
        dates.append((link, int(day), tail))
    rest = found.string[found.end() :]
    ends = found[0].endswith(".") and (not rest.strip() or re.match(r"\s+[«\"(]?[А-ЯЁA-Z]", rest))
    return _series(_left(found), dates, bare=bare) + ("." if ends else "")


def _left(found: re.Match[str]) -> str:
    return found.string[: found.start()]


def _series(left: str, dates: list[tuple[str, int, str]], *, bare: bool) -> str:
    """Several days, each in its case: a preposition's, that of a bare answer, or the genitive, which says when."""
    allowed = governing(left)
    names = bare or _NAMES_THE_DAY.search(left)
    case = _of_date(allowed) if allowed else Case.NOM if names else Case.GEN
    if len(dates) == 2 and dates[1][0].strip() in "–—-" and not allowed:
        (_, first, first_tail), (_, second, second_tail) = dates
        return f"с {_day(first, Case.GEN)}{first_tail} по {_day(second, Case.ACC)}{second_tail}"
    said = ""
    for link, day, tail in dates:
        bare_link = link.strip()
        if bare_link in {"по", "до"}:
            case = Case.ACC if bare_link == "по" else Case.GEN
        said += (", " if bare_link == "," else f" {bare_link} " if bare_link else "") + _day(day, case) + tail
    return said


def _of_date(allowed: tuple[Case, ...]) -> Case:
    """«на пятое», «по пятое», «за пятое»; «в» governs no date."""
    return Case.ACC if Case.ACC in allowed else allowed[0]


def _day(day: int, case: Case) -> str:
    return ordinal(day, case, Gender.NEUTER)


def year_of_date(year: int) -> str:
    return f"{ordinal(year, Case.GEN)} года"


# --- years

_YEAR_WORD = re.compile(
    rf"(?<![\w.,])({_YEAR})(?:\s*[–—-]\s*({_YEAR}))?[ \u00a0]+(год(?:а|у|ом|е|ы|ов|ам|ами|ах)?)(?![а-яё])"
)
_YEAR_SHORT = re.compile(
    rf"(?<![\w.,])({_YEAR})(?:\s*[–—-]\s*({_YEAR}))?[ \u00a0]*(гг?)(?![а-яёa-z])\.?", re.IGNORECASE
)
_YEARS_FROM = re.compile(rf"(?<!\w)([Сс])\s+({_YEAR})\s+(по|до)\s+({_YEAR})\s*(?:год[а-я]*|гг?\.?)(?![а-яё])")
_YEAR_BARE = re.compile(rf"(?<=[Вв]\s)({_YEAR})(?=[\s]*(?:[,.;:!?)]|$))")
_YEAR_FORMS = {
    "год": Case.NOM, "года": Case.GEN, "году": Case.LOC, "годом": Case.INS, "годе": Case.LOC,
    "годы": Case.NOM, "годов": Case.GEN, "годам": Case.DAT, "годами": Case.INS, "годах": Case.LOC,
}  # fmt: skip
_SHORT_YEAR = {
    Case.NOM: "год", Case.GEN: "года", Case.DAT: "году", Case.ACC: "год", Case.INS: "годом", Case.LOC: "году",
}  # fmt: skip
_SHORT_YEARS = {
    Case.NOM: "годы", Case.GEN: "годов", Case.DAT: "годам", Case.ACC: "годы", Case.INS: "годами", Case.LOC: "годах",
}  # fmt: skip


def say_years(text: str) -> str:
    """«в 2026 году», «2025 г.», «2024–2026 гг.»."""
    text = _YEARS_FROM.sub(_say_years_from, text)
    text = _YEAR_WORD.sub(_say_year, text)
    text = _YEAR_SHORT.sub(_say_short_year, text)
    return _YEAR_BARE.sub(lambda found: ordinal(int(found[1]), Case.LOC), text)


def _say_years_from(found: re.Match[str]) -> str:
    end = Case.ACC if found[3] == "по" else Case.GEN
    return f"{found[1]} {ordinal(int(found[2]), Case.GEN)} {found[3]} {ordinal(int(found[4]), end)} {_SHORT_YEAR[end]}"


def _say_year(found: re.Match[str]) -> str:
    allowed, case = governing(_left(found)), _YEAR_FORMS[found[3]]
    if found[3] == "году" and allowed[:1] == (Case.DAT,):
        case = Case.DAT
    elif case is Case.NOM and Case.ACC in allowed:
        case = Case.ACC
    return _span_of_years(found[1], found[2], case) + f" {found[3]}"


def _say_short_year(found: re.Match[str]) -> str:
    allowed = governing(_left(found))
    case = _of_year(allowed) if allowed else Case.GEN if _left(found).strip() else Case.NOM
    words = _SHORT_YEARS if found[3].lower() == "гг" else _SHORT_YEAR
    rest = found.string[found.end() :]
    ends = found[0].endswith(".") and (not rest.strip() or re.match(r"\s+[«\"(]?[А-ЯЁA-Z]", rest))
    return _span_of_years(found[1], found[2], case) + f" {words[case]}" + ("." if ends else "")


def _of_year(allowed: tuple[Case, ...]) -> Case:
    if allowed == PREPOSITIONS["в"]:
        return Case.LOC
    return allowed[0]


def _span_of_years(first: str, second: str | None, case: Case) -> str:
    said = ordinal(int(first), case)
    return f"{said} — {ordinal(int(second), case)}" if second else said


# --- days of the week

_WEEKDAYS = {
    "пн": ("понедельник", "понедельника", "понедельнику", "понедельник", "понедельникам"),
    "вт": ("вторник", "вторника", "вторнику", "вторник", "вторникам"),
    "ср": ("среда", "среды", "среде", "среду", "средам"),
    "чт": ("четверг", "четверга", "четвергу", "четверг", "четвергам"),
    "пт": ("пятница", "пятницы", "пятнице", "пятницу", "пятницам"),
    "сб": ("суббота", "субботы", "субботе", "субботу", "субботам"),
    "вс": ("воскресенье", "воскресенья", "воскресенью", "воскресенье", "воскресеньям"),
}
_NOM, _GEN, _DAT, _ACC, _EVERY = range(5)
_WD = r"(?:[Пп]н|ПН|[Вв]т|ВТ|[Сс]р|СР|[Чч]т|ЧТ|[Пп]т|ПТ|[Сс]б|СБ|[Вв]с|ВС)"
_WD_LIST = re.compile(
    rf"(?:(?<![\w])([А-Яа-я]+)(\s+))?(?<![\w-])({_WD}(?:\.?(?:\s*[–—-]\s*|,\s*|\s+(?:и|по|до)\s+){_WD})*)(?![\w-])(?!\.\s*[а-яё])(\.?)"
)


def say_weekdays(text: str) -> str:
    """«пн–пт», «по вт и чт», «в ср»."""
    return _WD_LIST.sub(_say_weekdays, text)


def _say_weekdays(found: re.Match[str]) -> str:
    before, blank, days, dot = found[1] or "", found[2] or "", found[3], found[4]
    pieces = re.split(r"(\s*[–—-]\s*|,\s*|\s+(?:и|по|до)\s+)", days.replace(".", ""))
    if len(pieces) == 3 and pieces[1].strip() in "–—-":
        said = f"{_weekday(pieces[0], _GEN)} по {_weekday(pieces[2], _ACC)}"
        return f"{before}{blank}" + (said if before.lower() in {"с", "со"} else f"с {said}") + _end_dot(found, dot)
    place = {"по": _EVERY, "в": _ACC, "во": _ACC, "на": _ACC, "за": _ACC, "к": _DAT, "ко": _DAT}.get(before.lower())
    if place is None:
        place = _GEN if PREPOSITIONS.get(before.lower(), ())[:1] == (Case.GEN,) else _NOM
    said = ""
    for number, piece in enumerate(pieces):
        if number % 2 == 0:
            said += _weekday(piece, place)
            continue
        link = piece.strip()
        place = {"по": _ACC, "до": _GEN}.get(link, place)
        said += ", " if link == "," else f" {link or '—'} "
    return f"{before}{blank}{said}{_end_dot(found, dot)}"


def _weekday(written: str, place: int) -> str:
    return _WEEKDAYS[written.lower()][place]


def _end_dot(found: re.Match[str], dot: str) -> str:
    rest = found.string[found.end() :]
    return dot if dot and (not rest.strip() or re.match(r"\s+[А-ЯЁA-Z]", rest)) else ""
