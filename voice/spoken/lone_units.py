"""Units without figures: «в мм/мин», «шестьсот кН», «усилие, кН»."""

from __future__ import annotations

import re

from houses.numerals import CARDINALS
from voice.spoken.grammar import DIRECT, Case, governing
from voice.spoken.units import UNITS, find_unit

_SAFE = [
    name
    for name in UNITS
    if (len(name) > 1 and (name != name.lower() or name in {"мм", "см", "км", "кг", "мкм", "кгс", "мм²", "м²", "м³"}))
    and name not in {"МН", "Па", "Ом", "Гб", "Мб", "Кб", "Ач", "град. C"}
]
_NAMES = "|".join(re.escape(name) for name in sorted(_SAFE, key=lambda one: (-len(one), one)))
_BELOW = "|".join(
    re.escape(name)
    for name in ("мин", "сек", "с", "ч", "сут", "мес", "мм²", "мм2", "см²", "см2", "м²", "м2", "м³", "л", "кг", "шт")
)
_LONE = re.compile(rf"(?<![\w-])((?:{_NAMES}|об|л|м|г|руб)/(?:{_BELOW})|{_NAMES})(?![\w-])")
_MANY = re.compile(r"(?:тысяч|миллион|миллиард)\w*\s*$")
_LAST_WORD = re.compile(r"([а-яё]+)\s*$")


def say_lone_units(text: str) -> str:
    return _LONE.sub(_say, text)


def _say(found: re.Match[str]) -> str:
    unit, left = find_unit(found[1]), found.string[: found.start()]
    word = _LAST_WORD.search(left)
    value = CARDINALS.get(word[1].replace("ё", "е")) if word else None
    if _MANY.search(left):
        return unit.form(Case.GEN, plural=True)
    if value is not None:
        return unit.after(value, Case.NOM)
    allowed = governing(left)
    case = next((case for case in (Case.LOC, *allowed) if case in allowed), Case.NOM)
    return unit.form(Case.NOM if case in DIRECT else case, plural=True)
