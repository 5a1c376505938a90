"""Units of measure, money and counted things: how they are written, and all twelve forms of how they are said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from voice.spoken.grammar import DIRECT, Case, Gender
from voice.spoken.numbers import is_few, is_one

_ORDER = list(Case)
_ENDINGS: dict[str, tuple[Gender, str]] = {
    # singular: nominative, genitive, dative, accusative, instrumental, prepositional; then plural; «-» = no ending
    "метр": (Gender.MALE, "- а у - ом е ы ов ам ы ами ах"),
    "ватт": (Gender.MALE, "- а у - ом е ы - ам ы ами ах"),
    "паскаль": (Gender.MALE, "ь я ю ь ем е и ей ям и ями ях"),
    "литраж": (Gender.MALE, "- а у - ом е и ей ам и ами ах"),
    "месяц": (Gender.MALE, "- а у - ем е ы ев ам ы ами ах"),
    "тонна": (Gender.FEMALE, "а ы е у ой е ы - ам ы ами ах"),
    "штука": (Gender.FEMALE, "а и е у ой е и - ам и ами ах"),
    "тысяча": (Gender.FEMALE, "а и е у ей е и - ам и ами ах"),
    "калория": (Gender.FEMALE, "я и е ю ей и и й ям и ями ях"),
    "-": (Gender.MALE, "- - - - - - - - - - - -"),
}
_SQUARE = ("ый", "ого", "ому", "ый", "ым", "ом", "ые", "ых", "ым", "ые", "ыми", "ых")


@dataclass(frozen=True, slots=True)
class Unit:
    """Attributes:
    forms: singular then plural, each in the order of `Case`.
    per: the preposition that this unit takes after «/»: «в секунду», «на миллиметр», «за штуку».
    dotted: a dot after it belongs to it.
    """

    forms: tuple[str, ...]
    gender: Gender
    per: str = "на"
    dotted: bool = False
    scale: bool = False

    def form(self, case: Case, *, plural: bool) -> str:
        return self.forms[_ORDER.index(case) + (6 if plural else 0)]

    def after(self, number: int, case: Case) -> str:
        """The form that agrees with a whole number in this case."""
        if number and number % 1000 == 0:
            return self.form(Case.GEN, plural=True)  # «тысяче ньютонов»
        if is_one(number):
            return self.form(case, plural=False)
        if case in DIRECT:
            return self.form(Case.GEN, plural=not is_few(number))
        return self.form(case, plural=True)


def _decline(stem: str, model: str) -> tuple[tuple[str, ...], Gender]:
    gender, endings = _ENDINGS[model]
    return tuple(stem + ("" if end == "-" else end) for end in endings.split()), gender


def _unit(stem: str, model: str, *, tail: str = "", per: str = "на", dotted: bool = False, scale: bool = False) -> Unit:
    forms, gender = _decline(stem, model)
    return Unit(tuple(form + tail for form in forms), gender, per, dotted, scale)


def _power(word: str, stem: str) -> Unit:
    """«квадратный метр», both declined."""
    forms, gender = _decline(stem, "метр")
    return Unit(tuple(f"{word}{end} {form}" for end, form in zip(_SQUARE, forms, strict=True)), gender)


def _irregular(forms: str, gender: Gender, *, per: str = "на", dotted: bool = True) -> Unit:
    return Unit(tuple(forms.split()), gender, per, dotted)


_METRES = {
    "м|m": "метр", "мм|mm": "миллиметр", "см|cm": "сантиметр", "дм": "дециметр", "км|km": "километр",
    "мкм": "микрометр", "нм": "нанометр", "л|l": "литр", "мл|ml": "миллилитр", "г|гр": "грамм", "кг|kg": "килограмм",
    "мг": "миллиграмм", "Н|N": "ньютон", "кН|kN": "килоньютон", "МН|MN": "меганьютон", "Н·м|Н*м": "ньютон-метр",
    "кН·м|кН*м": "килоньютон-метр", "Н·мм|Н*мм": "ньютон-миллиметр", "кВт·ч|кВт*ч|кВтч|kWh": "киловатт-час",
    "Вт·ч": "ватт-час", "А·ч|Ач": "ампер-час", "мА·ч|мАч": "миллиампер-час", "%": "процент",
    "ГБ|Гб|GB": "гигабайт", "МБ|Мб|MB": "мегабайт", "КБ|Кб|KB": "килобайт", "дюйм": "дюйм", "цикл": "цикл",
}  # fmt: skip
_WATTS = {
    "Вт|W": "ватт", "кВт|kW": "киловатт", "МВт|MW": "мегаватт", "В|V": "вольт", "кВ|kV": "киловольт",
    "мВ|mV": "милливольт", "А|A": "ампер", "мА|mA": "миллиампер", "кА": "килоампер", "Гц|Hz": "герц",
    "кГц|kHz": "килогерц", "МГц|MHz": "мегагерц", "ГГц|GHz": "гигагерц", "дБ|dB": "децибел", "Ом|Ω": "ом",
    "кОм|kΩ": "килоом", "МОм": "мегаом", "бар|bar": "бар",
}  # fmt: skip
_SOFT = {
    "Па|Pa": "паскал", "кПа|kPa": "килопаскал", "МПа|MPa": "мегапаскал", "ГПа|GPa": "гигапаскал",
    "Дж|J": "джоул", "кДж|kJ": "килоджоул",
}  # fmt: skip
_PLAIN: dict[str, Unit] = {
    **{names: _unit(stem, "метр") for names, stem in _METRES.items()},
    **{names: _unit(stem, "ватт") for names, stem in _WATTS.items()},
    **{names: _unit(stem, "паскаль") for names, stem in _SOFT.items()},
    **{
        f"{name}²|{name}2|{name}^2|кв. {name}|кв.{name}|кв {name}": _power("квадратн", stem)
        for name, stem in {"м": "метр", "мм": "миллиметр", "см": "сантиметр", "км": "километр"}.items()
    },
    **{
        f"{name}³|{name}3|{name}^3|куб. {name}|куб.{name}|куб {name}": _power("кубическ", stem)
        for name, stem in {"м": "метр", "мм": "миллиметр", "см": "сантиметр", "дм": "дециметр"}.items()
    },
    "т|t": _unit("тонн", "тонна"),
    "кгс": _unit("килограмм-сил", "тонна"),
    "тс": _unit("тонна-сил", "тонна"),
    "л. с.|л.с.": _irregular(
        "лошадиная_сила лошадиной_силы лошадиной_силе лошадиную_силу лошадиной_силой лошадиной_силе лошадиные_силы "
        "лошадиных_сил лошадиным_силам лошадиные_силы лошадиными_силами лошадиных_силах",
        Gender.FEMALE,
        dotted=False,
    ),
    "мм рт. ст.|мм рт.ст.": _unit("миллиметр", "метр", tail=" ртутного столба"),
    "°C|°С|℃|град. C": _unit("градус", "метр", tail=" Цельсия"),
    "°F": _unit("градус", "метр", tail=" Фаренгейта"),
    "°|град.": _unit("градус", "метр"),
    "с|сек|s": _unit("секунд", "тонна", per="в", dotted=True),
    "мс|ms": _unit("миллисекунд", "тонна", per="в"),
    "мин|min": _unit("минут", "тонна", per="в", dotted=True),
    "ч|h": _unit("час", "метр", per="в", dotted=True),
    "сут": _irregular(
        "сутки суток суткам сутки сутками сутках сутки суток суткам сутки сутками сутках", Gender.FEMALE, per="в"
    ),
    "дн": _irregular("день дня дню день днём дне дни дней дням дни днями днях", Gender.MALE, per="в"),
    "нед": _irregular(
        "неделя недели неделе неделю неделей неделе недели недель неделям недели неделями неделях",
        Gender.FEMALE,
        per="в",
    ),
    "мес": _unit("месяц", "месяц", per="в", dotted=True),
    "об": _unit("оборот", "метр", dotted=True),
    "шт|pcs": _unit("штук", "штука", per="за", dotted=True),
    "экз": _unit("экземпляр", "метр", per="за", dotted=True),
    "компл": _unit("комплект", "метр", per="за", dotted=True),
    "чел": _irregular(
        "человек человека человеку человека человеком человеке люди человек человекам человек людьми людях",
        Gender.MALE,
        per="на",
    ),
    "эт": _unit("этаж", "литраж", dotted=True),
    "кв": _unit("квартир", "тонна", dotted=True),
    "атм": _unit("атмосфер", "тонна"),
    "ккал": _unit("килокалори", "калория"),
    "‰": _unit("промилле", "-"),
    "лк": _unit("люкс", "метр"),
    "руб|₽|RUB|р": _irregular(
        "рубль рубля рублю рубль рублём рубле рубли рублей рублям рубли рублями рублях", Gender.MALE
    ),
    "коп": _irregular(
        "копейка копейки копейке копейку копейкой копейке копейки копеек копейкам копейки копейками копейках",
        Gender.FEMALE,
    ),
    "$|USD|долл": _unit("доллар", "метр", dotted=True),
    "€|EUR|евро": _unit("евро", "-"),
    "¥|CNY": _unit("юан", "паскаль"),
    "тыс": _unit("тысяч", "тысяча", dotted=True, scale=True),
    "млн": _unit("миллион", "метр", dotted=True, scale=True),
    "млрд": _unit("миллиард", "метр", dotted=True, scale=True),
    "трлн": _unit("триллион", "метр", dotted=True, scale=True),
}
UNITS: dict[str, Unit] = {name: unit for names, unit in _PLAIN.items() for name in names.split("|")}
MONEY = frozenset({"руб", "₽", "RUB", "р", "$", "USD", "долл", "€", "EUR", "евро"})
_AMBIGUOUS = {
    # these are also words or letters: only close behind a number, and only when nothing else is meant
    "с": r"(?=\s*(?:[,.;:!?)/]|$))",
    "А": r"(?!\w)(?!\s+[а-яё])",
    "г": r"(?!\.?\s+[А-ЯЁ])",
    "р": r"(?=\.|\s*/)",
    "кв": r"(?=\.?(?:\s|[,;)]|$))",
}
_NAMES = "|".join(
    re.escape(name) + _AMBIGUOUS.get(name, "") for name in sorted(UNITS, key=lambda one: (-len(one), one))
)
_END = r"(?!\w)"
UNIT = rf"(?:{_NAMES}){_END}(?:\.?/(?:{_NAMES}){_END})?\.?"
"""A unit as it is written behind a number, «/» with a second one included, and the dot of an abbreviation."""
_SPLIT = re.compile(r"\.?/")


@lru_cache(maxsize=1024)
def find_unit(written: str) -> Unit:
    """«мм/с», «руб.» → how to say it. KeyError when the table has no such unit."""
    head, *rest = _SPLIT.split(written.strip().rstrip("."), maxsplit=1) if written.strip() not in UNITS else [written]
    first = UNITS[head.strip()] if head.strip() in UNITS else UNITS[head.strip() + "."]
    if not rest:
        return first
    below = UNITS[rest[0].strip()]
    link = "за" if head.strip() in MONEY and below.per == "на" else below.per
    tail = f" {link} {below.form(Case.ACC, plural=False)}"
    return Unit(tuple(form + tail for form in first.forms), first.gender, dotted=first.dotted or below.dotted)


def said(form: str) -> str:
    """Two words of an irregular unit are kept together by «_» in the table."""
    return form.replace("_", " ")
