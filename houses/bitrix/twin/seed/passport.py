"""Custom fields of the cleaning funnel that are not month fields, with their real names and labels."""

from __future__ import annotations

from houses.bitrix.twin.records import UserField

ADDRESS = "UF_CRM_1669561599956"
APARTMENTS = "UF_CRM_1669704529022"
FLOORS = "UF_CRM_1669704631166"
ENTRANCES = "UF_CRM_1669705507390"
TARIFF = "UF_CRM_1669706387893"
SERVICE_START = "UF_CRM_1669704382720"
PASSPORT_URL = "UF_CRM_1669704485993"
LIVING_AREA = "UF_CRM_1669704507351"
CONTRACT = "UF_CRM_1674011703855"
GENERAL_WORKS = "UF_CRM_1742198101521"
GENERAL_DATES = "UF_CRM_1742198182161"
FOLDER = "UF_CRM_1743273170850"

WALLS, WINDOWS = 2314, 2316

# (name, type, label, multiple)
_FIELDS: tuple[tuple[str, str, str, bool], ...] = (
    (ADDRESS, "address", "Адрес многоквартирного дома | Уборка подъездов", False),
    (APARTMENTS, "string", "Количество квартир", False),
    (FLOORS, "string", "Количество этажей", False),
    (ENTRANCES, "string", "Количество подъездов", False),
    (TARIFF, "string", "Тариф / периодичность", False),
    (SERVICE_START, "date", "Дата начала обслуживания", False),
    (PASSPORT_URL, "url", "Ссылка на карточку дома", False),
    (LIVING_AREA, "double", "Общая площадь жилых помещений, м²", False),
    (CONTRACT, "string", "№ договора (для актов)", False),
    ("UF_CRM_1675506392435", "date", "Дата собрания", True),
    (GENERAL_WORKS, "enumeration", "Генеральная уборка", True),
    (GENERAL_DATES, "date", "Дата генеральной", True),
    ("UF_CRM_1740994275251", "file", "ФОТО | ВИДЕО (отправка в УК, клиентам и телеграмм группу)", True),
    (FOLDER, "string", "Ссылка на папку", False),
    ("UF_CRM_1745671890168", "string", "Ссылка на загрузку", True),
    ("UF_CRM_1743441123352", "string", "айди сделки", False),
    ("UF_CRM_1744310845527", "file", "Файлы падики", True),
    ("UF_CRM_PHOTO_HTML_BLOCK", "string", "Блок фото", False),
    ("UF_CRM_1735777608", "string", "_с_ Стадия", False),
    ("UF_CRM_1740336974", "string", "_с_ Название (сборное)", False),
    ("UF_CRM_1740485853", "string", "_с_ Координаты по адресу", False),
    ("UF_CRM_1740343962", "enumeration", "_с_ Предпочтительный способ информирования", False),
)
_OPTIONS = {
    GENERAL_WORKS: [(WALLS, "Стены, перила, плинтуса, торцы лестничных маршей;"), (WINDOWS, "Мытье окон;")],
    "UF_CRM_1740343962": [(2324, "Telegramm")],
}


def make_passport_fields() -> list[UserField]:
    return [
        UserField(501 + 2 * index, name, kind, label, multiple, options=_OPTIONS.get(name, []))
        for index, (name, kind, label, multiple) in enumerate(_FIELDS)
    ]


def address(text: str, latitude: float | str | None, longitude: float | str | None, location: int | None = None) -> str:
    """A value of the address field: `text|lat;lng|location`; nothing between the signs where it is unknown."""
    parts = ["" if part is None else str(part) for part in (latitude, longitude, location)]
    return f"{text}|{parts[0]};{parts[1]}|{parts[2]}"
