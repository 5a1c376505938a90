"""Numbers that are names: of houses («12А», «101к2», «3/1»), of machines («РЭМ-600-А»), of standards («ИСО 7500-1»)."""

from __future__ import annotations

import re

from voice.spoken.acronyms import read_capitals, spell_cyrillic
from voice.spoken.latin import read_latin, spell
from voice.spoken.numbers import cardinal, decimal, with_zeros
from voice.spoken.roman import roman_value

_HOUSE_LETTERS = "АБВГДЕЖЗИКЛМНабвгдежзик"
_HOUSE = re.compile(
    rf"(?<![\w.,/])(\d{{1,4}})([{_HOUSE_LETTERS}])?(?:/(\d{{1,4}})([{_HOUSE_LETTERS}])?)?"
    rf"(?:\s?(?:к|корп\.?\s?)(\d{{1,3}}))?(?:\s?(?:с|стр\.?\s?)(\d{{1,3}}))?(?![\w/]|[.,]\d)"
)
_UNIT_LETTERS = frozenset("мгтлсч")
_VOLTS = frozenset({5, 6, 9, 12, 24, 36, 48, 110, 127, 220, 230, 240, 380, 400, 660, 690, 1000})
_ADDRESS = re.compile(r"(?:дом|дома|дому|доме|домом|[А-ЯЁ][а-яё]+|проспект|улица)[\s,]+$")
_CURRENT = re.compile(r"(?:ток|автомат|предохранител|розетк|ампер|нагрузк)[а-яё]*\s+(?:до\s+|на\s+)?$", re.IGNORECASE)
_GRAPHIC = re.compile(r"график\w*\s+$", re.IGNORECASE)


def say_house_numbers(text: str) -> str:
    """«12А» → «двенадцать а», «д. 3/1» → «дом три дробь один», «101к2» → «сто один корпус два»."""
    return _HOUSE.sub(_say_house, text)


def _say_house(found: re.Match[str]) -> str:
    number, letter, below, below_letter, block, building = found.groups()
    left = found.string[: found.start()]
    if not any((letter, below, block, building)):
        return found[0]
    address = _ADDRESS.search(left) is not None
    if letter and not (below or block or building or address) and _is_unit(letter, int(number), left):
        return found[0]
    if below and not address and not (letter or block or building):
        return _say_share(int(number), int(below), left) or f"{with_zeros(number)} дробь {with_zeros(below)}"
    said = [with_zeros(number) + _letter(letter)]
    if below:
        said.append(f"дробь {with_zeros(below)}{_letter(below_letter)}")
    if block:
        said.append(f"корпус {with_zeros(block)}")
    if building:
        said.append(f"строение {with_zeros(building)}")
    return " ".join(said)


def _is_unit(letter: str, number: int, left: str) -> bool:
    """«5м», «220В», «ток 16А»; «12А» alone is a house."""
    if letter == "В":
        return number in _VOLTS
    if letter == "А":
        return _CURRENT.search(left) is not None
    return letter in _UNIT_LETTERS


def _letter(letter: str | None) -> str:
    return " " + spell_cyrillic(letter) if letter else ""


def _say_share(above: int, below: int, left: str) -> str | None:
    """«1/2», «3/4» of something; «24/7» and «5/2» are schedules; anything else is no share."""
    if (above, below) == (24, 7) or _GRAPHIC.search(left):
        return f"{cardinal(above)} на {cardinal(below)}"
    shares = {
        (1, 2): "одна вторая", (1, 3): "одна треть", (2, 3): "две трети", (1, 4): "одна четверть",
        (3, 4): "три четверти", (1, 5): "одна пятая", (1, 8): "одна восьмая", (1, 10): "одна десятая",
    }  # fmt: skip
    return shares.get((above, below))


# --- machines and standards

_TAIL = r"[А-ЯЁA-Z]{0,2}"
_JOINT = r"[ \u00a0]?[-–][ \u00a0]?"
_INDEX = re.compile(
    rf"(?<![\w-])(?:[А-ЯЁ]{{1,5}}|[A-Z]{{1,5}})"
    rf"(?:{_JOINT}(?:\d+(?:[.,]\d+)?{_TAIL}|[А-ЯЁ]{{1,3}}|[A-Z]{{1,5}})(?![а-яёa-z]))+(?!\w)"
    rf"|(?<![\w-])(?:[А-ЯЁ]{{1,5}}|[A-Z]{{1,5}})\d+(?:[.,]\d+)?{_TAIL}"
    rf"(?:[/-](?:[А-ЯЁA-Z]{{1,3}})?\d*{_TAIL}(?!\w))*(?!\w)"
)
_STANDARD = re.compile(
    r"(?<![\w-])((?:ГОСТ|ОСТ|ТУ|СНиП|СП|СанПиН|ИСО|ISO|МЭК|IEC|ASTM|DIN|EN|API|MIL-STD)"
    r"(?:[ \u00a0/-](?:Р|ИСО|ISO|МЭК|IEC|EN|РВ)(?!\w))*)[ \u00a0-]*"
    r"((?:[A-ZА-Я]{1,3}[ \u00a0]?)?\d[\dA-ZА-Я]*(?:[./–-][\dA-ZА-Я]+)*)(?!\w)"
)
_CLAUSE = re.compile(
    r"((?<!\w)(?:пункт[а-яё]*|п\.|раздел[а-яё]*|глав[а-яё]*|верси[а-яё]*|стать[а-яё]*|USB|Bluetooth)\s*)(\d+(?:\.\d+)+)(?!\w)",
    re.IGNORECASE,
)
_PIECE = re.compile(r"\d+[.,]\d+|\d+|[А-ЯЁа-яё]+|[A-Za-z]+|[-–./:]")


def say_standards(text: str) -> str:
    """«ГОСТ 28840-90» → «гост двадцать восемь тысяч восемьсот сорок тире девяносто»."""
    return _STANDARD.sub(lambda found: f"{_names(found[1])} {_number_of_standard(found[2])}", text)


def _names(text: str) -> str:
    return " ".join(_word(name) for name in re.split(r"[\s/-]+", text))


def _number_of_standard(text: str) -> str:
    said = []
    for piece in re.findall(r"\d+|[А-ЯЁа-яё]+|[A-Za-z]+|[-–./]", text):
        said.append({"-": "тире", "–": "тире", ".": "точка", "/": "дробь"}.get(piece) or _part(piece))
    return " ".join(said)


def say_clauses(text: str) -> str:
    """«пункт 3.1», «версия 2.0»: a dot that is no decimal point."""
    return _CLAUSE.sub(lambda found: found[1] + _number_of_standard(found[2]), text)


def say_indexes(text: str) -> str:
    """«РЭМ-600-А» → «рэм шестьсот а»; «РЭМ-I-0,1» → «рэм один ноль один»."""
    return _INDEX.sub(lambda found: _say_index(found[0]), text)


def _say_index(written: str) -> str:
    said = []
    for place, piece in enumerate(_PIECE.findall(written)):
        if piece in {"-", "–", ".", ":"}:
            continue
        if piece == "/":
            said.append("дробь")
        elif place and (value := roman_value(piece)) is not None:
            said.append(cardinal(value))
        else:
            said.append(_part(piece))
    return " ".join(said)


def _part(piece: str) -> str:
    if piece[0].isdecimal():
        whole, _, part = piece.replace(",", ".").partition(".")
        return decimal(whole, part) if part else with_zeros(whole)
    return _word(piece)


def _word(piece: str) -> str:
    if piece.isascii():
        return spell(piece) if len(piece) < 3 else read_latin(piece)
    return read_capitals(piece)
