"""Numbers with what they count: units, nouns, ranges, lists — in the case the sentence asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from voice.spoken.agreement import Agreement, agree, agree_series
from voice.spoken.grammar import DIRECT, PREPOSITIONS, Case, Gender, governing, is_label
from voice.spoken.numbers import LARGEST_DIGITS, by_digits, cardinal, decimal, half, is_few, ordinal, with_zeros
from voice.spoken.units import UNIT, UNITS, Unit, find_unit

NUMBER = r"(?:\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)|\d+)(?:[.,]\d+)?"
_ITEM = re.compile(
    rf"(?P<sign>(?:(?:±|\+/-|[+−-])\s?)?)(?P<number>{NUMBER})(?:[ \u00a0]?(?P<scale>(?:тыс|млн|млрд|трлн)(?!\w)\.?))?"
    rf"(?:[ \u00a0]?(?P<unit>{UNIT}))?(?!\w|[.,]\d)"
)
_START = re.compile(r"(?<![^\W_])(?<!\d[.,])(?:(?:±|\+/-|(?<![\w)])[+−-])\s?)?\d")
_BETWEEN = re.compile(r"\s*(?:…|\.{2,3}|[–-]|[×x*хX])\s*|—|,\s+|\s+(?:и|или|либо|до|по)\s+|\s*/\s*(?=\d+\s)")
_SERIES = frozenset({"и", ",", "–", "—", "-"})
_DASHES = frozenset({"–", "—", "-", "…", "..", "..."})
_TIMES = frozenset({"×", "x", "*", "х", "X"})
_SIGNS = {"": "", "±": "плюс-минус ", "+/-": "плюс-минус ", "+": "плюс ", "−": "минус ", "-": "минус "}


@dataclass(frozen=True, slots=True)
class Item:
    """One number of a group, with the unit written behind it.

    Attributes:
        link: what stands between the number before and this one, empty for the first.
        unit: as it is written, with the dot of its abbreviation.
    """

    link: str
    sign: str
    whole: str
    part: str
    scale: str = ""
    unit: str = ""

    @property
    def value(self) -> int:
        return int(self.whole)

    @property
    def is_row(self) -> bool:
        """Leading zeros or too many digits: a row of digits, not a quantity."""
        return (len(self.whole) > 1 and self.whole[0] == "0") or len(self.whole) > LARGEST_DIGITS

    @property
    def counted(self) -> Unit | None:
        """What the number itself agrees with."""
        if self.scale:
            return UNITS[self.scale.rstrip(".")]
        return find_unit(self.unit) if self.unit else None


def say_numbers(text: str) -> str:
    """The text with every free-standing number, and its unit, in words."""
    said, end = [], 0
    while match := _START.search(text, end):
        items, stop = _read_group(text, match.start())
        if not items:
            said.append(text[end : match.end()])
            end = match.end()
            continue
        said += [text[end : match.start()], _say_group(text[: match.start()], items, text[stop:])]
        end = stop
    return "".join([*said, text[end:]])


def _read_group(text: str, start: int) -> tuple[list[Item], int]:
    items: list[Item] = []
    label = is_label(text[:start])
    link, place = "", start
    while match := _ITEM.match(text, place):
        whole, _, part = match["number"].replace(",", ".").partition(".")
        part = part if part.strip("0") or not match["unit"] else ""
        whole = re.sub(r"\D", "", whole)
        items.append(Item(link, match["sign"].strip(), whole, part, match["scale"] or "", match["unit"] or ""))
        start = match.end()
        between = _BETWEEN.match(text, start)
        if between is None or (label and "," in between[0]):
            break
        link, place = between[0], between.end()
    return items, start


def _say_group(left: str, items: list[Item], right: str) -> str:
    governs = _governs(left, items)
    units = _borrowed(items)
    if _is_span(items, governs, units):
        return _say_span(items, units[0].gender if units[0] else Gender.MALE, right)
    series = len(items) > 1 and not any(units) and not any(item.part for item in items)
    behind = (series and items[1].link.strip() in _SERIES and agree_series(right, governs[-1])) or agree(
        left, right, governs[-1], items[-1].value, fraction=bool(items[-1].part)
    )
    if _is_counted_span(items, governs, units, behind):
        return _say_span(items, behind.gender, right)
    said = ""
    for place, item in enumerate(items):
        unit, allowed = units[place], governs[place]
        if unit is None:
            mine = behind if allowed == governs[-1] else replace(behind, case=allowed[0] if allowed else Case.NOM)
        else:
            mine = Agreement(allowed[0] if allowed else Case.NOM, unit.gender, counts=True, many=True)
        said += (_link(items[place - 1], item, behind) if place else "") + _say_item(item, mine)
        if item.unit or item.scale:
            said += _dot(item, right if place == len(items) - 1 else "")
    return said


def _governs(left: str, items: list[Item]) -> list[tuple[Case, ...]]:
    """For each number the cases that its preposition allows; a list shares that of its first."""
    found = [() if is_label(left) else governing(left)]
    for item in items[1:]:
        found.append(PREPOSITIONS.get(item.link.strip(), found[-1]))
    return found


def _borrowed(items: list[Item]) -> list[Unit | None]:
    """«от 4 до 2000 кН»: the first number has the unit of the next."""
    units: list[Unit | None] = []
    unit: Unit | None = None
    for item in reversed(items):
        unit = item.counted or unit
        units.append(unit)
    return units[::-1]


# --- «от пяти до десяти»


def _is_span(items: list[Item], governs: list[tuple[Case, ...]], units: list[Unit | None]) -> bool:
    """Two numbers with a dash and a unit, which no preposition governs."""
    if len(items) != 2 or items[1].link.strip() not in _DASHES or governs[0] or units[0] is None:
        return False
    return not any(item.is_row for item in items) and items[0].sign != "±"


def _is_counted_span(
    items: list[Item], governs: list[tuple[Case, ...]], units: list[Unit | None], behind: Agreement
) -> bool:
    """«10–15 минут», with the noun in the genitive plural."""
    span = len(items) == 2 and items[1].link.strip() in _DASHES and not governs[0] and not any(units)
    return span and behind.many and behind.case in DIRECT and not any(item.is_row or item.sign for item in items)


def _say_span(items: list[Item], gender: Gender, right: str) -> str:
    span = Agreement(Case.GEN, gender, counts=True, many=True)
    first, second = (_say_item(item, span) for item in items)
    return f"от {first} до {second}{_dot(items[1], right)}"


# --- one number


def _say_item(item: Item, mine: Agreement) -> str:
    unit = item.counted
    sign = _SIGNS[item.sign]
    if unit is None:
        return sign + _say_number(item, mine)
    if item.part and len(item.part) == 2 and item.unit.rstrip(".") in {"руб", "₽", "р"} and not item.scale:
        return sign + _say_money(item, mine.case, unit)
    said = _say_number(item, mine)
    if item.part and not _is_half(item):
        form = unit.form(Case.GEN, plural=False)
    elif item.part and item.value == 1:
        form = unit.form(Case.GEN, plural=False) if mine.case in DIRECT else unit.form(mine.case, plural=True)
    else:
        form = unit.after(item.value, mine.case)
    if item.scale and item.unit:
        form += " " + find_unit(item.unit).form(Case.GEN, plural=True)
    return f"{sign}{said} {form}"


def _say_number(item: Item, mine: Agreement) -> str:
    if item.is_row:
        row = by_digits(item.whole) if len(item.whole) > LARGEST_DIGITS else with_zeros(item.whole)
        return f"{row} запятая {by_digits(item.part)}" if item.part else row
    if not item.part:
        return (ordinal if mine.ordinal else cardinal)(item.value, mine.case, mine.gender)
    if mine.counts and _is_half(item) and (mine.many or (mine.case in DIRECT and _singular_suits(item.value))):
        return half(item.value, mine.case, mine.gender)
    return decimal(item.whole, item.part, mine.case)


def _is_half(item: Item) -> bool:
    return bool(item.value) and item.part == "5" and not item.is_row


def _singular_suits(whole: int) -> bool:
    """«два с половиной раза», but never «пять с половиной раза»."""
    return whole == 1 or is_few(whole)


def _say_money(item: Item, case: Case, unit: Unit) -> str:
    roubles = f"{cardinal(item.value, case, Gender.MALE)} {unit.after(item.value, case)}"
    kopecks = int(item.part)
    if not kopecks:
        return roubles
    return f"{roubles} {cardinal(kopecks, case, Gender.FEMALE)} {UNITS['коп'].after(kopecks, case)}"


# --- what stands between and behind


def _link(first: Item, second: Item, mine: Agreement) -> str:
    bare = second.link.strip()
    if bare in _TIMES or bare == "/":
        return " на "
    if bare == ",":
        return ", "
    if bare not in _DASHES:
        return f" {bare} "
    short = not mine.ordinal and not (first.part or second.part or second.sign) and max(first.value, second.value) < 11
    return "-" if short else " — "


def _dot(item: Item, right: str) -> str:
    """The dot of an abbreviation goes, unless it ended the sentence too."""
    written = item.unit or item.scale
    if not written.endswith("."):
        return ""
    if item.unit and not find_unit(item.unit).dotted:
        return "."
    ends = not right.strip() or re.match(r"\s+[«\"(]?[А-ЯЁA-Z]", right)
    return "." if ends else ""
