"""Numbers as people write and say them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

_UNITS = {
    1: "один одна одно одного одной одному одну одним одном",
    2: "два две двух двум двумя",
    3: "три трех трем тремя",
    4: "четыре четырех четырем четырьмя",
    5: "пять пяти пятью",
    6: "шесть шести шестью",
    7: "семь семи семью",
    8: "восемь восьми восемью восьмью",
    9: "девять девяти девятью",
}
_TEENS = {
    10: "десять десяти десятью",
    11: "одиннадцать одиннадцати одиннадцатью одинадцать",
    12: "двенадцать двенадцати двенадцатью",
    13: "тринадцать тринадцати тринадцатью",
    14: "четырнадцать четырнадцати четырнадцатью",
    15: "пятнадцать пятнадцати пятнадцатью",
    16: "шестнадцать шестнадцати шестнадцатью",
    17: "семнадцать семнадцати семнадцатью",
    18: "восемнадцать восемнадцати восемнадцатью",
    19: "девятнадцать девятнадцати девятнадцатью",
}
_TENS = {
    20: "двадцать двадцати двадцатью",
    30: "тридцать тридцати тридцатью",
    40: "сорок сорока",
    50: "пятьдесят пятидесяти пятьюдесятью",
    60: "шестьдесят шестидесяти шестьюдесятью",
    70: "семьдесят семидесяти семьюдесятью",
    80: "восемьдесят восьмидесяти восемьюдесятью",
    90: "девяносто девяноста",
}
_HUNDREDS = {
    100: "сто ста",
    200: "двести двухсот двумстам",
    300: "триста трехсот тремстам",
    400: "четыреста четырехсот",
    500: "пятьсот пятисот",
    600: "шестьсот шестисот",
    700: "семьсот семисот",
    800: "восемьсот восьмисот",
    900: "девятьсот девятисот",
}
# Stems of ordinals; the endings are those of a hard adjective, and «третий» has its own.
_ORDINAL_STEMS = {
    1: "перв", 2: "втор", 4: "четверт", 5: "пят", 6: "шест", 7: "седьм", 8: "восьм", 9: "девят", 10: "десят",
    11: "одиннадцат", 12: "двенадцат", 13: "тринадцат", 14: "четырнадцат", 15: "пятнадцат", 16: "шестнадцат",
    17: "семнадцат", 18: "восемнадцат", 19: "девятнадцат", 20: "двадцат", 30: "тридцат", 40: "сороков",
    50: "пятидесят", 60: "шестидесят", 70: "семидесят", 80: "восьмидесят", 90: "девяност", 100: "сот",
}  # fmt: skip
_ORDINAL_ENDINGS = ("ый", "ой", "ая", "ое", "ую", "ого", "ому", "ым", "ом", "ые", "ых", "ыми")
_THIRD = "третий третья третье третью третьего третьей третьему третьим третьем третьи третьих"


def _forms(*tables: dict[int, str]) -> dict[str, int]:
    return {form: value for table in tables for value, forms in table.items() for form in forms.split()}


CARDINALS = _forms(_UNITS, _TEENS, _TENS, _HUNDREDS)
ORDINALS = {stem + ending: value for value, stem in _ORDINAL_STEMS.items() for ending in _ORDINAL_ENDINGS} | _forms(
    {3: _THIRD}
)


def _rank(value: int) -> int:
    """Hundreds 3, tens 2, units 1; the numbers from 10 to 19 take the place of both tens and units."""
    return 3 if value >= 100 else 2 if value >= 20 else 1


def _joins(total: int, value: int) -> bool:
    """May a smaller part follow: «сто» + «двадцать» + «три», never «два» + «три» or «двадцать» + «двенадцать»."""
    if total % 100 == 0:
        return value < 100
    return total % 100 >= 20 and total % 10 == 0 and value < 10


def read_number(words: Sequence[str], start: int = 0) -> tuple[int, int, bool] | None:
    """Read a number, 1 to 999, in words from `start`; the words are in lower case with ё as е.

    Returns:
        (value, how many words it took, whether it is an ordinal), or None when no number begins there.
    """
    total, taken = 0, 0
    for word in words[start:]:
        ordinal = word not in CARDINALS
        value = ORDINALS.get(word) if ordinal else CARDINALS[word]
        if value is None or (taken and not _joins(total, value)):
            break
        total, taken = total + value, taken + 1
        if ordinal:
            return total, taken, True
    return (total, taken, False) if taken else None


def parse_number(text: str) -> int | None:
    """«сорок один» → 41; None when the text is anything but one number in words."""
    words = text.lower().replace("ё", "е").split()
    found = read_number(words)
    return found[0] if found and found[1] == len(words) else None


LARGEST = 32_767_000
"""More flats or floors than this is a slip of the pen."""


def whole_number(raw: Any) -> tuple[int | None, str | None]:
    """Read a count the CRM keeps as free text.

    Returns:
        (number, None) for a whole number from 0 to `LARGEST`; (None, None) for nothing written; and (None, the text as
        written) for anything else: «5-9», «12.5», «-3».
    """
    if raw is None or raw is False:
        return None, None
    if isinstance(raw, float | Decimal):
        written = str(raw)
        try:
            number = int(raw)
        except (ValueError, OverflowError):
            return None, written
        return (number, None) if number == raw and 0 <= number <= LARGEST else (None, written)
    written = str(raw).strip()
    if not written or written == "[]":
        return None, None
    if re.fullmatch(r"[0-9]{1,8}", written) and int(written) <= LARGEST:
        return int(written), None
    return None, written
