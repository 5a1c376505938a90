"""The fixed fields of the house passport, as the portal's funnel has had them since 2022."""

from __future__ import annotations

from houses.models import FieldMapping

# key, what a person calls it, the CRM field
FIXED_FIELDS: tuple[tuple[str, str, str], ...] = (
    ("address", "Адрес дома", "UF_CRM_1669561599956"),
    ("apartments", "Количество квартир", "UF_CRM_1669704529022"),
    ("entrances", "Количество подъездов", "UF_CRM_1669705507390"),
    ("floors", "Количество этажей", "UF_CRM_1669704631166"),
    ("tariff", "Тариф / периодичность", "UF_CRM_1669706387893"),
    ("service_start", "Дата начала обслуживания", "UF_CRM_1669704382720"),
    ("passport_url", "Ссылка на карточку дома", "UF_CRM_1669704485993"),
    ("living_area", "Общая площадь жилых помещений, м²", "UF_CRM_1669704507351"),
    ("contract_number", "№ договора", "UF_CRM_1674011703855"),
    ("general_works", "Генеральная уборка", "UF_CRM_1742198101521"),
    ("general_dates", "Дата генеральной уборки", "UF_CRM_1742198182161"),
)


def ensure_fixed_fields() -> None:
    """Add the rows that are missing; a row an office has edited stays as it is."""
    known = set(FieldMapping.objects.values_list("key", flat=True))
    FieldMapping.objects.bulk_create(
        [
            FieldMapping(key=key, title=title, field_name=field_name)
            for key, title, field_name in FIXED_FIELDS
            if key not in known
        ],
        ignore_conflicts=True,
    )
