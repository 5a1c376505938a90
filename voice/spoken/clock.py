"""Times of day: «9:30», «с 8.45 до 17.45», «9-00»."""

from __future__ import annotations

import re

from voice.spoken.grammar import Case, governing
from voice.spoken.numbers import cardinal
from voice.spoken.units import UNITS

_TIME = r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?"
_SPAN = re.compile(
    rf"(?:(?<!\w)[Вв]\s+)?(?<![\w:.])({_TIME})\s*[–—-]\s*({_TIME})(?![\w:])(?:\s*ч(?:\.|ас(?:ов|а)?)?(?![а-яё]))?"
)
_SINGLE = re.compile(rf"(?<![\w:.])({_TIME})(?![\w:])(?:\s*ч(?:\.|ас(?:ов|а)?)?(?![а-яё]))?")
_DOTTED = re.compile(
    r"((?:^|(?<=\s))(?:с|со|до|к|в|после|около)\s+)((?:[01]?\d|2[0-4])[.-](?:00|[0-5]\d))(?![\w]|[.,]\d|\s*[%°])",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"(?<![\w.,:-])([01]?\d|2[0-4])-00(?![\w-]|[.,:]\d)")
_DOTTED_SPAN = re.compile(r"(?<![\w.:])((?:[01]?\d|2[0-4])\.[0-5]\d)\s*[–—-]\s*((?:[01]?\d|2[0-4])\.[0-5]\d)(?![\w.])")


def say_times(text: str) -> str:
    """Times in words, in the case of their preposition; a span without one is «с … до …»."""
    text = _WHOLE.sub(r"\1:00", text)
    text = _DOTTED_SPAN.sub(_colons_in_span, text)
    text = _DOTTED.sub(_colons, text)
    text = _SPAN.sub(_say_span, text)
    return _SINGLE.sub(_say_single, text)


def _is_day(written: str) -> bool:
    """«10.12» may be the tenth of December; «9.30» and «9.00» cannot be a date."""
    _, _, month = written.partition(".")
    return len(month) == 2 and 1 <= int(month) <= 12


def _colons(found: re.Match[str]) -> str:
    written = found[2]
    if "." in written and _is_day(written) and found[1].strip().lower() != "в":
        return found[0]
    return found[1] + re.sub(r"[.-]", ":", written)


def _colons_in_span(found: re.Match[str]) -> str:
    if _is_day(found[1]) and _is_day(found[2]):
        return found[0]
    return f"{found[1]}–{found[2]}".replace(".", ":")


def _say_span(found: re.Match[str]) -> str:
    said = f"{time_of_day(found[1], Case.GEN)} до {time_of_day(found[2], Case.GEN)}"
    allowed = governing(found.string[: found.start()])
    return said if allowed else f"{'С' if found[0][0] == 'В' else 'с'} {said}"


def _say_single(found: re.Match[str]) -> str:
    allowed = governing(found.string[: found.start()])
    return time_of_day(found[1], allowed[0] if allowed else Case.NOM)


def time_of_day(written: str, case: Case) -> str:
    """«девять тридцать», «к девяти тридцати», «до восемнадцати часов», «девять ноль пять»."""
    hour, minute, *second = (int(part) for part in written.split(":"))
    if not minute and not any(second):
        return f"{cardinal(hour, case)} {UNITS['ч'].after(hour, case)}"
    said = cardinal(hour, case)
    for part in (minute, *second):
        said += (" ноль " if part < 10 else " ") + cardinal(part, case)
    return said
