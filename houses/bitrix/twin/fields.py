"""How records look on the wire: `crm.item.*` (typed, camelCase) and the old methods (strings, UPPER_CASE)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from houses.bitrix.twin.records import Company, Contact, Deal, UserField
from houses.bitrix.twin.values import iso


@dataclass(frozen=True, slots=True)
class Field:
    """A standard field: its two names, its type and how to read it from a record."""

    camel: str
    upper: str
    kind: str  # int | str | double | datetime | list | flag
    read: Callable[[Any], Any]
    title: str = ""

    def typed(self, record: Any) -> Any:
        value = self.read(record)
        return iso(value) if self.kind == "datetime" else value

    def text(self, record: Any) -> Any:
        value = self.typed(record)
        if value is None:
            return None
        return f"{value:.2f}" if self.kind == "double" else str(value)


def _stage_semantics(deal: Deal) -> str:
    suffix = deal.stage_id.rpartition(":")[2]
    return {"WON": "S", "LOSE": "F", "APOLOGY": "F"}.get(suffix, "P")


def _common() -> tuple[Field, ...]:
    return (
        Field("createdTime", "DATE_CREATE", "datetime", lambda r: r.created, "Дата создания"),
        Field("updatedTime", "DATE_MODIFY", "datetime", lambda r: r.updated, "Дата изменения"),
        Field("createdBy", "CREATED_BY_ID", "int", lambda r: 1, "Кем создан"),
        Field("updatedBy", "MODIFY_BY_ID", "int", lambda r: 1, "Кем изменён"),
        Field("opened", "OPENED", "flag", lambda r: "Y", "Доступен для всех"),
    )


DEAL_FIELDS: tuple[Field, ...] = (
    Field("id", "ID", "int", lambda r: r.id, "ID"),
    Field("title", "TITLE", "str", lambda r: r.title, "Название"),
    Field("categoryId", "CATEGORY_ID", "int", lambda r: r.category_id, "Воронка"),
    Field("stageId", "STAGE_ID", "str", lambda r: r.stage_id, "Стадия сделки"),
    Field("stageSemanticId", "STAGE_SEMANTIC_ID", "str", _stage_semantics, "Группа стадии"),
    Field("typeId", "TYPE_ID", "str", lambda r: "GOODS", "Тип"),
    Field("opportunity", "OPPORTUNITY", "double", lambda r: r.opportunity, "Сумма"),
    Field("currencyId", "CURRENCY_ID", "str", lambda r: "RUB", "Валюта"),
    Field("companyId", "COMPANY_ID", "int", lambda r: r.company_id, "Компания"),
    Field("contactId", "CONTACT_ID", "int", lambda r: r.contact_id, "Контакт"),
    Field("contactIds", "CONTACT_IDS", "list", lambda r: list(r.contact_ids), "Контакты"),
    Field("assignedById", "ASSIGNED_BY_ID", "int", lambda r: r.assigned_by_id, "Ответственный"),
    Field("movedTime", "MOVED_TIME", "datetime", lambda r: r.updated, "Дата перемещения"),
    Field("closed", "CLOSED", "flag", lambda r: "N" if _stage_semantics(r) == "P" else "Y", "Сделка закрыта"),
    Field("comments", "COMMENTS", "str", lambda r: r.comments, "Комментарий"),
    Field("originatorId", "ORIGINATOR_ID", "str", lambda r: None, "Внешний источник"),
    Field("originId", "ORIGIN_ID", "str", lambda r: None, "ID во внешнем источнике"),
    *_common(),
)

COMPANY_FIELDS: tuple[Field, ...] = (
    Field("id", "ID", "int", lambda r: r.id, "ID"),
    Field("title", "TITLE", "str", lambda r: r.title, "Название компании"),
    Field("typeId", "COMPANY_TYPE", "str", lambda r: "CUSTOMER", "Тип компании"),
    Field("assignedById", "ASSIGNED_BY_ID", "int", lambda r: 1, "Ответственный"),
    Field("comments", "COMMENTS", "str", lambda r: r.comments, "Комментарий"),
    Field("hasPhone", "HAS_PHONE", "flag", lambda r: "Y" if r.phones else "N", "Указан телефон"),
    Field("hasEmail", "HAS_EMAIL", "flag", lambda r: "Y" if r.emails else "N", "Указан e-mail"),
    *_common(),
)

CONTACT_FIELDS: tuple[Field, ...] = (
    Field("id", "ID", "int", lambda r: r.id, "ID"),
    Field("name", "NAME", "str", lambda r: r.name, "Имя"),
    Field("lastName", "LAST_NAME", "str", lambda r: r.last_name, "Фамилия"),
    Field("secondName", "SECOND_NAME", "str", lambda r: r.second_name, "Отчество"),
    Field("typeId", "TYPE_ID", "str", lambda r: "CLIENT", "Тип контакта"),
    Field("assignedById", "ASSIGNED_BY_ID", "int", lambda r: 1, "Ответственный"),
    Field("comments", "COMMENTS", "str", lambda r: r.comments, "Комментарий"),
    Field("hasPhone", "HAS_PHONE", "flag", lambda r: "Y" if r.phones else "N", "Указан телефон"),
    Field("hasEmail", "HAS_EMAIL", "flag", lambda r: "Y" if r.emails else "N", "Указан e-mail"),
    *_common(),
)


def camel_uf(name: str) -> str:
    """`UF_CRM_1669561599956` -> `ufCrm_1669561599956`, `UF_CRM_PHOTO_HTML_BLOCK` -> `ufCrmPhotoHtmlBlock`."""
    first, *rest = name.lower().split("_")
    return first + "".join("_" + part if part[:1].isdecimal() else part.capitalize() for part in rest)


def old_uf(field: UserField, value: Any) -> Any:
    """A custom field's value as the old methods give it: option ids as text, some empty lists as `false`."""
    if field.multiple:
        if not value:
            return False if field.id % 3 == 0 else []
        return [str(item) for item in value]
    return value if value is None else str(value)


def communications(record: Company | Contact) -> dict[str, list[dict[str, str]]]:
    """PHONE / EMAIL / WEB of the old methods; a kind without values is absent, as on the portal."""
    web = record.webs if isinstance(record, Company) else []
    kinds = {"PHONE": record.phones, "EMAIL": record.emails, "WEB": web}
    return {
        kind: [
            {"ID": str(record.id * 10 + index), "VALUE_TYPE": "WORK", "VALUE": value, "TYPE_ID": kind}
            for index, value in enumerate(values)
        ]
        for kind, values in kinds.items()
        if values
    }


def fm(record: Company | Contact) -> list[dict[str, Any]]:
    """The multifields of `crm.item.*`: one list of all kinds."""
    return [
        {"id": int(row["ID"]), "typeId": kind, "valueType": row["VALUE_TYPE"], "value": row["VALUE"]}
        for kind, rows in communications(record).items()
        for row in rows
    ]
