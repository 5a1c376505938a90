"""Shortened words, those of addresses in the case of their preposition."""

from __future__ import annotations

import re
from collections.abc import Callable

from voice.spoken.grammar import Case, governing

_PLACES = {
    # written: singular, in the order of `Case`
    "ул": "улица улицы улице улицу улицей улице",
    "пер": "переулок переулка переулку переулок переулком переулке",
    "пр-т": "проспект проспекта проспекту проспект проспектом проспекте",
    "пл": "площадь площади площади площадь площадью площади",
    "наб": "набережная набережной набережной набережную набережной набережной",
    "ш": "шоссе шоссе шоссе шоссе шоссе шоссе",
    "б-р": "бульвар бульвара бульвару бульвар бульваром бульваре",
    "пр-д": "проезд проезда проезду проезд проездом проезде",
    "туп": "тупик тупика тупику тупик тупиком тупике",
    "д": "дом дома дому дом домом доме",
    "кв": "квартира квартиры квартире квартиру квартирой квартире",
    "корп": "корпус корпуса корпусу корпус корпусом корпусе",
    "стр": "строение строения строению строение строением строении",
    "страница": "страница страницы странице страницу страницей странице",
    "вл": "владение владения владению владение владением владении",
    "под": "подъезд подъезда подъезду подъезд подъездом подъезде",
    "эт": "этаж этажа этажу этаж этажом этаже",
    "оф": "офис офиса офису офис офисом офисе",
    "пом": "помещение помещения помещению помещение помещением помещении",
    "каб": "кабинет кабинета кабинету кабинет кабинетом кабинете",
    "с": "село села селу село селом селе",
    "лит": "литера литеры литере литеру литерой литере",
    "г": "город города городу город городом городе",
    "пос": "посёлок посёлка посёлку посёлок посёлком посёлке",
    "дер": "деревня деревни деревне деревню деревней деревне",
    "мкр": "микрорайон микрорайона микрорайону микрорайон микрорайоном микрорайоне",
    "ост": "остановка остановки остановке остановку остановкой остановке",
    "рис": "рисунок рисунка рисунку рисунок рисунком рисунке",
    "табл": "таблица таблицы таблице таблицу таблицей таблице",
    "ст": "статья статьи статье статью статьёй статье",
    "гл": "глава главы главе главу главой главе",
    "п": "пункт пункта пункту пункт пунктом пункте",
    "№": "номер номера номеру номер номером номере",
    "тел": "телефон телефона телефону телефон телефоном телефоне",
}
_SAME = {
    "пр-кт": "пр-т", "просп": "пр-т", "бул": "б-р", "к": "корп", "мкрн": "мкр", "мкр-н": "мкр",
    "пр": "пр-т", "подъезд": "под", "тлф": "тел", "пр-те": "пр-т", "пр-та": "пр-т", "пр-ту": "пр-т", "пгт": "пос",
}  # fmt: skip
_ORDER = list(Case)
_NAME = r"(?=\s*[«\"]?(?:[А-ЯЁ]|\d+-?[а-яё]*\s+[А-ЯЁа-яё]))"
_NUMBER = r"(?=\s*(?:№\s*)?\d)"
_BEFORE_NAME = re.compile(
    rf"(?<![\w-])(?<!\d\s)(?<!\d)((?i:ул|пер|просп|пр|пл|наб|ш|бул|пос|пгт|дер|мкрн|мкр|ост|туп)|г|с)\.{_NAME}\s*|"
    rf"(?<![\w-])(ул|пр-т|пр-кт|б-р|пр-д|мкр-н|пр-те|пр-та|пр-ту)(?![\w-])\.?{_NAME}\s*"
)
_AFTER_NAME = re.compile(
    r"(?<=ая|ой|ую|ий|ый|ом|му|го|ым|им)\s+(ул|пер|пр-т|пр-кт|просп|пл|наб|ш|б-р|бул|пр-д|мкр|обл|р-н)(?![\w-])\.?(?=\s*(?:[,;:!?)]|\d|$|\s))"
)
_TURNED = re.compile(r"(?<=[а-яё])\s+(ул|пер|пр-т|просп|пл|наб|ш|б-р)\.?(?=,\s*(?:д\.|\d))")
_BEFORE_NUMBER = re.compile(
    rf"(?<![\w-])(кв|корп|стр|вл|под|эт|оф|пом|каб|рис|табл|ст|гл|д|к|п|лит)\.{_NUMBER}\s*|"
    rf"(?<![\w-])(д|кв|корп|стр|эт|оф|каб)(?![\w-]){_NUMBER}\s*",
    re.IGNORECASE,
)
_SPACED_LETTER = re.compile(r"((?<!\w)(?:д\.|дом[а-я]{0,2})\s*\d+)\s([А-Е])(?![\w.])")
_LITERA = re.compile(r"(?<![\w-])лит(?:\.|ера)\s*([А-Я])(?!\w)")
_EARLY: tuple[tuple[str, str], ...] = (
    # what stands before a figure and may govern it
    (r"ок\.(?=\s*\d)", "около"), (r"мин\.(?=\s*\d)", "минимум"), (r"макс\.(?=\s*\d)", "максимум"),
    (r"см\.(?=\s*[а-яё№])", "смотрите"), (r"доб\.", "добавочный"), (r"тел\.", "телефон"), (r"моб\.", "мобильный"),
    (r"подъезд\.(?=\s*\d)", "подъезд"), (r"т\.\s*е\.", "то есть"), (r"т\.\s*к\.", "так как"),
    (r"в\s+т\.\s*ч\.", "в том числе"), (r"т\.\s*н\.", "так называемый"), (r"напр\.", "например"),
    (r"им\.(?=\s*[А-ЯЁ])", "имени"), (r"до\s+н\.\s*э\.", "до нашей эры"),
)  # fmt: skip
_LATE: tuple[tuple[str, str], ...] = (
    (r"и\s+т\.\s*д\.", "и так далее"), (r"и\s+т\.\s*п\.", "и тому подобное"), (r"и\s+др\.", "и другие"),
    (r"и\s+пр\.", "и прочее"), (r"раб\.(?=\s*тел)", "рабочий"), (r"эл\.(?=\s*почт)", "электронная"),
    (r"кол-в(?=[оауе]м?(?!\w))", "количеств"), (r"р/с", "расчётный счёт"), (r"с/у", "санузел"), (r"ж/д", "жэ дэ"),
    (r"б/у", "бэ у"), (r"м/у", "между"), (r"и/или", "и или"), (r"г-н", "господин"), (r"г-жа", "госпожа"),
    (r"ср\.(?=\s*[а-яё])", "средний"), (r"отв\.", "ответственный"), (r"тыс\.", "тысяч"), (r"руб\.", "рублей"),
    (r"коп\.", "копеек"), (r"шт\.", "штук"), (r"чел\.", "человек"), (r"час\.", "часов"), (r"сек\.", "секунд"),
    (r"мес\.", "месяц"), (r"вкл\.", "включительно"), (r"экз\.", "экземпляр"), (r"кв\.\s*м\.?", "квадратных метров"),
    (r"млн(?![а-яё])\.?", "миллионов"), (r"млрд(?![а-яё])\.?", "миллиардов"), (r"гр\.(?=\s*[А-ЯЁ])", "гражданин"),
    (r"стр\.", "страница"), (r"кв\.", "квартира"), (r"проф\.", "профессор"), (r"макс\.", "максимум"),
    (r"мин\.", "минут"),
)  # fmt: skip


def _together(table: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """One pattern, a group for each line of the table."""
    return re.compile(rf"(?<![\w-])(?:{'|'.join(f'({written})' for written, _ in table)})", re.IGNORECASE)


_EARLY_RULE, _LATE_RULE = _together(_EARLY), _together(_LATE)
_HINTS = re.compile(r"[.\-/]|млн|млрд")
_ENDS = re.compile(r"\s*$|\s+[«\"(]?[А-ЯЁA-Z]")


def say_places(text: str) -> str:
    """«на ул. Кибальчича, д. 3, кв. 5» → «на улице Кибальчича, дом 3, квартира 5»; «№ 5» → «номер 5»."""
    text = re.sub(r"№\s*№\s*", "номера ", text)
    text = _SPACED_LETTER.sub(r"\1\2", text)
    text = _LITERA.sub(lambda found: f"литера {found[1]}", text)
    text = _TURNED.sub(_turned, text)
    text = _AFTER_NAME.sub(_after_name, text)
    text = _BEFORE_NAME.sub(_replace(_place), text)
    text = _BEFORE_NUMBER.sub(_replace(_place), text)
    return re.sub(r"№\s*", lambda found: _place(found, "№") + " ", text)


def _replace(place: Callable[[re.Match[str], str], str]) -> Callable[[re.Match[str]], str]:
    def replaced(found: re.Match[str]) -> str:
        written = found[1] or found[2]
        said = place(found, written.lower()) + " "
        return said[0].upper() + said[1:] if written[0].isupper() else said

    return replaced


def _place(found: re.Match[str], written: str) -> str:
    left = found.string[: found.start()]
    if written == "стр" and not re.search(r"(?:[\d,][\w]?|[А-ЯЁ][а-яё]+)\s*$", left):
        written = "страница"
    return _PLACES[_SAME.get(written, written)].split()[_ORDER.index(_case(left))]


def _case(left: str) -> Case:
    """«по улице», «на улице», «с улицы»; without a preposition the nominative."""
    allowed = governing(left)
    if not allowed:
        return Case.NOM
    for case in (Case.LOC, Case.GEN, Case.DAT):
        if case in allowed and not (case is Case.LOC and Case.DAT in allowed):
            return case
    return allowed[-1]


def _turned(found: re.Match[str]) -> str:
    """«Ленина ул., 5»."""
    written = found[1].lower()
    return " " + _PLACES[_SAME.get(written, written)].split()[0]


def _after_name(found: re.Match[str]) -> str:
    """«Калужская обл.», «в Калужской обл.»: the ending of the name tells the case."""
    ending = found.string[: found.start()][-2:]
    written = _SAME.get(found[1], found[1])
    if found[1] == "обл":
        return " " + {"ая": "область", "ую": "область"}.get(ending, "области")
    forms = "район района району район районом районе" if found[1] == "р-н" else _PLACES[written]
    case = {"ом": Case.LOC, "го": Case.GEN, "му": Case.DAT, "ым": Case.INS, "ую": Case.ACC, "ой": Case.LOC}.get(ending)
    return " " + forms.split()[_ORDER.index(case or Case.NOM)]


def say_openings(text: str) -> str:
    """«ок. 5», «макс. 600 кН», «т. е. завтра»: before the numbers are said."""
    return _EARLY_RULE.sub(lambda found: _EARLY[(found.lastindex or 1) - 1][1], text) if "." in text else text


def say_abbreviations(text: str) -> str:
    """«и т. д.», «руб.», «г-н»: the dot stays where it ended the sentence too."""
    return _LATE_RULE.sub(_late, text) if _HINTS.search(text) else text


def _late(found: re.Match[str]) -> str:
    ends = found[0].endswith(".") and _ENDS.match(found.string[found.end() :])
    return _LATE[(found.lastindex or 1) - 1][1] + ("." if ends else "")
