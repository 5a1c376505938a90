"""Numbers in words, up to the millions, with fractions: «сто двадцать», «полторы тысячи», «ноль целых пять десятых».

Only cardinals: «пятый метр» is no length. The forms are a closed list, so no dictionary of the language is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from knowledge.normalize.atoms import Atom

_FORMS = {
    1: "один одна одно одного одной одному одну одним одном", 2: "два две двух двум двумя",
    3: "три трех трем тремя", 4: "четыре четырех четырем четырьмя", 5: "пять пяти пятью", 6: "шесть шести шестью",
    7: "семь семи семью", 8: "восемь восьми восемью восьмью", 9: "девять девяти девятью",
    10: "десять десяти десятью", 11: "одиннадцать одиннадцати одиннадцатью одинадцать одинадцати",
    12: "двенадцать двенадцати двенадцатью", 13: "тринадцать тринадцати тринадцатью",
    14: "четырнадцать четырнадцати четырнадцатью", 15: "пятнадцать пятнадцати пятнадцатью",
    16: "шестнадцать шестнадцати шестнадцатью", 17: "семнадцать семнадцати семнадцатью",
    18: "восемнадцать восемнадцати восемнадцатью", 19: "девятнадцать девятнадцати девятнадцатью",
    20: "двадцать двадцати двадцатью", 30: "тридцать тридцати тридцатью", 40: "сорок сорока",
    50: "пятьдесят пятидесяти пятьюдесятью", 60: "шестьдесят шестидесяти шестьюдесятью",
    70: "семьдесят семидесяти семьюдесятью", 80: "восемьдесят восьмидесяти восемьюдесятью",
    90: "девяносто девяноста", 100: "сто ста", 150: "полтораста", 200: "двести двухсот двумстам двухстах двумястами",
    300: "триста трехсот тремстам трехстах тремястами",
    400: "четыреста четырехсот четыремстам четырехстах четырьмястами",
    500: "пятьсот пятисот пятистам пятистах пятьюстами", 600: "шестьсот шестисот шестистам шестистах шестьюстами",
    700: "семьсот семисот семистам семистах семьюстами",
    800: "восемьсот восьмисот восьмистам восьмистах восьмьюстами восемьюстами",
    900: "девятьсот девятисот девятистам девятистах девятьюстами",
}  # fmt: skip
_SCALE_FORMS = {
    1_000: "тысяча тысячи тысяче тысячу тысячей тысячью тысяч тысячам тысячами тысячах тыща тыщи тыщу тыщ тыс",
    1_000_000: "миллион миллиона миллиону миллионом миллионе миллионы миллионов миллионам миллионами миллионах млн",
}
_FRACTION_FORMS = {
    10: "десятая десятой десятую десятые десятых",
    100: "сотая сотой сотую сотые сотых",
    1_000: "тысячная тысячной тысячную тысячные тысячных",
}


def _by_form(table: dict[int, str]) -> dict[str, int]:
    return {form: value for value, forms in table.items() for form in forms.split()}


SMALL, SCALES, FRACTIONS = _by_form(_FORMS), _by_form(_SCALE_FORMS), _by_form(_FRACTION_FORMS)
ZERO = frozenset({"ноль", "нуль", "ноля", "нуля"})
WHOLE = frozenset({"целых", "целая", "целой", "целые"})
ONE_AND_A_HALF = frozenset({"полтора", "полторы", "полутора"})
HALF = ("с", "половиной")
WORDS = SMALL.keys() | SCALES.keys() | FRACTIONS.keys() | ZERO | WHOLE | ONE_AND_A_HALF | {"половиной"}
JOINERS = frozenset({"до", "или", "на", "по", "х", "x", "×"})
LONGEST_DIGITS = 9
MOST_IN_A_RUN = 4


@dataclass(frozen=True, slots=True)
class Number:
    """A number from one atom to before another. `text` is it in digits, with a decimal comma."""

    start: int
    end: int
    text: str
    in_words: bool


def read(atoms: Sequence[Atom], start: int) -> Number | None:
    """The number that begins at an atom, or None. Digits alone keep their spelling; «5 тысяч» is worked out."""
    if start >= len(atoms):
        return None
    atom = atoms[start]
    if atom.kind == "number":
        return _after_digits(atoms, start)
    if atom.fold not in WORDS:
        return None
    value, end = _in_words(atoms, start)
    return Number(start, end, _digits(value), True) if end > start else None


def run(atoms: Sequence[Atom], start: int) -> list[Number]:
    """The number at an atom and those joined to it: «от двух до пяти», «два на три», «десять-двадцать»."""
    first = read(atoms, start)
    numbers = [first] if first else []
    while numbers and len(numbers) < MOST_IN_A_RUN:
        at = numbers[-1].end
        if _word(atoms, at) in JOINERS:
            at += 1
        elif at < len(atoms) and "-" not in atoms[at].gap:
            break
        following = read(atoms, at)
        if following is None:
            break
        numbers.append(following)
    return numbers


def is_numeric(atom: Atom) -> bool:
    return atom.kind == "number" or atom.fold in WORDS


def _word(atoms: Sequence[Atom], at: int) -> str:
    return atoms[at].fold if at < len(atoms) else ""


def _follows(atoms: Sequence[Atom], at: int) -> str:
    """The word at a place, if nothing but a blank parts it from the one before."""
    return atoms[at].fold if at < len(atoms) and atoms[at].gap == " " else ""


def _digits(value: Decimal) -> str:
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def _after_digits(atoms: Sequence[Atom], start: int) -> Number:
    text, end = atoms[start].text, start + 1
    if len(text) > LONGEST_DIGITS:
        return Number(start, end, text, False)
    value, end = _times(atoms, *_and_a_half(atoms, Decimal(text.replace(",", ".")), end))
    return Number(start, end, _digits(value) if end > start + 1 else text, False)


def _in_words(atoms: Sequence[Atom], start: int) -> tuple[Decimal, int]:
    """A number that begins with a word; its end is `start` where there is none."""
    word = atoms[start].fold
    if word in ONE_AND_A_HALF:
        return _times(atoms, Decimal("1.5"), start + 1)
    if word in ZERO:
        return _after_zero(atoms, start + 1)
    value, end = _whole(atoms, start)
    if end == start:
        return Decimal(0), start
    half, after = _and_a_half(atoms, Decimal(value), end)
    if after > end:
        return _times(atoms, half, after)
    return _fraction(atoms, Decimal(value), end)


def _and_a_half(atoms: Sequence[Atom], value: Decimal, at: int) -> tuple[Decimal, int]:
    if (_follows(atoms, at), _follows(atoms, at + 1)) == HALF and value == value.to_integral_value():
        return value + Decimal("0.5"), at + 2
    return value, at


def _times(atoms: Sequence[Atom], value: Decimal, at: int) -> tuple[Decimal, int]:
    scale = SCALES.get(_follows(atoms, at))
    return (value * scale, at + 1) if scale else (value, at)


def _after_zero(atoms: Sequence[Atom], at: int) -> tuple[Decimal, int]:
    """«ноль», «ноль целых пять десятых», «ноль пять» = 0,5, «ноль ноль пять» = 0,05."""
    if _follows(atoms, at) in WHOLE:
        return _fraction(atoms, Decimal(0), at)
    zeros = 0
    while _follows(atoms, at) in ZERO and zeros < LONGEST_DIGITS:
        zeros, at = zeros + 1, at + 1
    value, end = _group(atoms, at) if _follows(atoms, at) else (0, at)
    if end == at:
        return Decimal(0), at
    return Decimal(f"0.{'0' * zeros}{value}"), end


def _fraction(atoms: Sequence[Atom], whole: Decimal, at: int) -> tuple[Decimal, int]:
    """Of «две целых пять десятых» what follows «две»; of «пять десятых» all, since `whole` is the numerator there."""
    if part := FRACTIONS.get(_follows(atoms, at)):
        return (whole / part, at + 1) if whole < part else (whole, at)
    begin = at
    while _follows(atoms, begin) in WHOLE | {"и"} and begin < at + 2:
        begin += 1
    if begin == at or not _follows(atoms, begin):
        return whole, at
    top, end = _group(atoms, begin)
    part = FRACTIONS.get(_follows(atoms, end)) if end > begin else None
    return (whole + Decimal(top) / part, end + 1) if part and top < part else (whole, at)


def _whole(atoms: Sequence[Atom], start: int) -> tuple[int, int]:
    """«двести тысяч пятьсот три»; a scale alone is one of it: «тысяча»."""
    total, at, below = 0, start, max(SCALES.values()) + 1
    while at == start or _follows(atoms, at):
        value, end = _group(atoms, at)
        scale_word = _word(atoms, at) if end == at and at == start else _follows(atoms, end)
        scale = SCALES.get(scale_word)
        if scale is None or scale >= below:
            return total + value, end
        total, at, below = total + max(value, 1) * scale, end + 1, scale
    return total, at


def _group(atoms: Sequence[Atom], start: int) -> tuple[int, int]:
    """A number below a thousand and its end."""
    total, at = 0, start
    while value := SMALL.get(_word(atoms, at) if at == start else _follows(atoms, at)):
        if at > start and not _joins(total, value):
            break
        total, at = total + value, at + 1
    return total, at


def _joins(total: int, value: int) -> bool:
    """May a smaller part follow: «сто» + «двадцать» + «три», never «два» + «три» or «двадцать» + «двенадцать»."""
    if total % 100 == 0:
        return value < 100
    return total % 100 >= 20 and total % 10 == 0 and value < 10
