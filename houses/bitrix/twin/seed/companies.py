"""Management companies: the six real names of the sample, the rest plainly invented."""

from __future__ import annotations

from datetime import date, datetime

from houses.bitrix.twin.records import PORTAL_ZONE, Company

REU_16, NEW_TOWN, MZHD, COSY_HOME, CARE_PLUS, MONOLITH = 36, 38, 40, 44, 52, 60

_REAL = {
    REU_16: 'ООО "ЖИЛИЩНОЕ РЭУ №16"',
    NEW_TOWN: "ООО УК Новый город",
    MZHD: "ООО «УК МЖД Московского округа г.Калуги»",
    COSY_HOME: 'ООО "УЮТНЫЙ ДОМ"',
    CARE_PLUS: 'ООО УК "ЗАБОТА ПЛЮС"',
    MONOLITH: "ООО УК Монолит",
}
_SHAPES = ("ООО «УК Пример {}»", 'ООО "УК Пример {}"', "ТСЖ «Пример-{}»", "ТСН Пример {}", "ЖСК «Пример {}»")
_COMMENTS = (
    "",
    "[B]Договор[/B] до конца года[BR]Акты до 5 числа",
    "<p>Акты отправлять <b>на почту</b></p>",
    "Звонить до 17:00 &amp; предупреждать о входе",
)
INVENTED = tuple(range(70, 70 + 2 * 22, 2))


def make_companies(today: date) -> list[Company]:
    titles = _REAL | {number: _SHAPES[index % 5].format(index + 1) for index, number in enumerate(INVENTED)}
    return [_company(index, number, title, today) for index, (number, title) in enumerate(titles.items())]


def _company(index: int, number: int, title: str, today: date) -> Company:
    created = datetime(2023, 1 + index % 12, 1 + index, 10, 0, tzinfo=PORTAL_ZONE)
    return Company(
        id=number,
        title=title,
        created=created,
        updated=min(created.replace(year=2025), datetime(today.year, today.month, 1, tzinfo=PORTAL_ZONE)),
        phones=[] if index % 9 == 8 else [company_phone(number)],
        emails=[] if index % 7 == 6 else [f"uk{number}@example.org"],
        webs=[f"https://uk{number}.example.org"] if index % 3 == 0 else [],
        address=None if index % 6 == 5 else f"Калуга, улица Примерная, {index + 1}",
        comments=_COMMENTS[index % len(_COMMENTS)],
    )


def company_phone(number: int) -> str:
    """No such number exists: Russian numbers do not begin with +7 000."""
    return f"+7 (000) 200-{number // 100:02d}-{number % 100:02d}"
