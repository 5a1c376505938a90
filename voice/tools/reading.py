"""What stands in a question besides the intent: date, brigade, company, stage, phone, and the address that is left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from houses.addresses.words import stem
from houses.models import ManagementCompany, Stage
from houses.numerals import CARDINALS, ORDINALS, read_number
from houses.text import plain
from voice.dates import When, find_dates
from voice.tools.places import is_street

PAST = re.compile(
    r"\b(?:был[аои]?|прошл\w+|прошед\w+|последн\w+|убирали|убирались|убрали|убирал[аи]?|мыли|помыли|вымыли|мыл[аи]?|"
    r"подметали|подмели|приезжали|приходили|приезжал[аи]?|состоял\w+|проводил\w+|провели|выполнил\w+|сделали)\b"
)
DOUBT = re.compile(
    r"\bне\s+(?:был[аои]?|убира\w+|убра\w+|убер\w+|мыл\w*|мыли|помы\w+|вымы\w+|мо[юе]\w+|подмета\w+|подме\w+|"
    r"приезжа\w+|приеха\w+|приход\w+|пришл\w+|провод\w+|провели|сделали|выполн\w+)"
)
_BRIGADE_AFTER = re.compile(r"\bбригад\w*\s*(?:№|номер|n)?\s*(\d{1,2}|[а-я]+)\b")
_BRIGADE_BEFORE = re.compile(r"\b(\d{1,2}|[а-я]+)\s*-?(?:[яйюе]|ая|ой|ую)?\s+бригад\w*")
_NO_BRIGADE = re.compile(r"\bбез бригад\w*|бригад\w+ не назначен\w*")
_COMPANY = re.compile(r"\b(?:ук|жск|тсж|тсн|ооо|управляющ\w+|управляйк\w+|компани\w+)\b")
_LEGAL = frozenset("ооо ао зао пао оао ук жск тсж тсн ип мбу муп гп мкд компания управляющая".split())  # noqa: SIM905
_PHONE = re.compile(
    r"(?<![\d.])(?:\+7|\b[78])?[\s(.-]*\d{3}[\s).-]*\d{3}[\s.-]*\d{2}[\s.-]*\d{2}(?!\d)|\b\d{2}-?\d{2}-?\d{2}\b"
)


@dataclass(frozen=True, slots=True)
class Read:
    """What was found; `folded` is the whole text in lower case with ё as е, `address` what is left for the house."""

    text: str
    folded: str
    address: str
    when: When | None = None
    past: bool = False
    doubt: bool = False
    brigade: str = ""
    company: str = ""
    stage: str = ""
    phone: str = ""


def read(text: str, today: date, *, staff: bool) -> Read:
    """Read a question. Companies and stages are the staff's to ask for."""
    folded = fold(text)
    doubt = DOUBT.search(folded) is not None
    past = doubt or (PAST.search(folded) is not None and "когда буд" not in folded)
    phone, rest = _phone(text)
    dates = find_dates(rest, today, past=past or (False if _is_future(folded) else None), is_street=is_street)
    brigade, rest = _brigade(dates.rest)
    company, stage = "", ""
    if staff:
        company, rest = _company(rest)
        stage, rest = _stage(rest)
    return Read(
        text, folded, " ".join(in_digits(rest).split()), dates.when, past, doubt, brigade, company, stage, phone
    )


def in_digits(text: str) -> str:
    """«Кибальчича тридцать два» → «Кибальчича 32», as recognisers write it. Ordinals stay: «Третья улица»."""
    words = text.split()
    plain_words = [fold(word).strip(".,?!:;()«»") for word in words]
    found, place = [], 0
    while place < len(words):
        number = read_number(plain_words, place)
        if number is None or number[2]:
            found.append(words[place])
            place += 1
        else:
            found.append(str(number[0]))
            place += number[1]
    return " ".join(found)


def fold(text: str) -> str:
    """Lower case, ё as е, single blanks."""
    return " ".join(text.lower().replace("ё", "е").split())


def _is_future(folded: str) -> bool:
    return re.search(r"\b(?:буд\w+|когда|ближайш\w+|следующ\w+|приед\w+|прид\w+)\b", folded) is not None


def _phone(text: str) -> tuple[str, str]:
    match = _PHONE.search(text)
    if match is None or sum(letter.isdecimal() for letter in match[0]) < 6:
        return "", text
    return match[0].strip(), f"{text[: match.start()]} {text[match.end() :]}"


def _brigade(text: str) -> tuple[str, str]:
    lowered = text.lower().replace("ё", "е")
    if match := _NO_BRIGADE.search(lowered):
        return "Бригада не назначена", text[: match.start()] + text[match.end() :]
    for pattern in (_BRIGADE_AFTER, _BRIGADE_BEFORE):
        for match in pattern.finditer(lowered):
            number = _as_number(match[1])
            before = lowered[: match.start()].split()
            if number is None or (pattern is _BRIGADE_BEFORE and before and is_street(before[-1].strip(",."))):
                continue
            return str(number), f"{text[: match.start()]} {text[match.end() :]}"
    return "", text


def _as_number(word: str) -> int | None:
    if word.isdecimal():
        return int(word)
    return ORDINALS.get(word) or CARDINALS.get(word)


def _company(text: str) -> tuple[str, str]:
    """The company whose name's own words all stand in the text, the longest of several."""
    if not _COMPANY.search(plain(text)):
        return "", text
    said = {stem(word): word for word in re.findall(r"[^\W_]+", plain(text))}
    best: tuple[int, str, set[str]] | None = None
    for title in ManagementCompany.objects.values_list("title", flat=True):
        own = {stem(word) for word in re.findall(r"[^\W_]+", plain(title)) if word not in _LEGAL}
        if own and own <= said.keys() and (best is None or len(own) > best[0]):
            best = (len(own), title, own)
    if best is None:
        return "", text
    taken = {said[each] for each in best[2]}
    words = [word for word in text.split() if plain(word).strip(".,?!:;()") not in taken]
    return best[1], " ".join(words)


def _stage(text: str) -> tuple[str, str]:
    folded = fold(text)
    if "стади" not in folded:
        return "", text
    said = {stem(word) for word in re.findall(r"[^\W\d_]+", folded)}
    for stage in Stage.objects.all():
        own = {stem(word) for word in re.findall(r"[^\W\d_]+", fold(stage.name))}
        if own and own <= said:
            return stage.pk, re.sub(r"стади\w*", " ", folded)
    return "", text
