"""Directories: stages, funnels, custom fields, users; and what a webhook may ask of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from houses.bitrix.twin.calls import Call, Method, Reply
from houses.bitrix.twin.errors import RestError
from houses.bitrix.twin.query import Column, compile_filter, page_of, sort_records
from houses.bitrix.twin.records import Stage, User, UserField
from houses.bitrix.twin.values import as_int, as_map

Row = dict[str, Any]


def _columns(numbers: set[str], texts: set[str]) -> Callable[[str], Column | None]:
    """Columns over ready rows: filters and orders of directories work on what they show."""

    def resolve(name: str) -> Column | None:
        if name == "ACTIVE":
            return Column(name, "flag", lambda row: row[name])
        if name in numbers:
            return Column(name, "int", lambda row: row.get(name))
        return Column(name, "str", lambda row: row.get(name)) if name in texts else None

    return resolve


STATUS_COLUMNS = _columns({"ID", "SORT", "CATEGORY_ID"}, {"ENTITY_ID", "STATUS_ID", "NAME", "SYSTEM", "SEMANTICS"})
USERFIELD_COLUMNS = _columns(
    {"ID", "SORT"}, {"FIELD_NAME", "USER_TYPE_ID", "XML_ID", "MULTIPLE", "MANDATORY", "SHOW_IN_LIST", "ENTITY_ID"}
)
USER_COLUMNS = _columns({"ID"}, {"NAME", "LAST_NAME", "SECOND_NAME", "EMAIL", "WORK_POSITION", "USER_TYPE"})


def status_list(call: Call) -> Reply:
    """All rows at once: this directory does not page."""
    test = compile_filter(call.get("filter"), STATUS_COLUMNS, strict=False)
    rows = [row for row in map(_status_row, call.portal.stages) if test(row)]
    rows = sort_records(rows, call.get("order"), STATUS_COLUMNS, strict=False)
    return Reply(rows, len(rows))


def _status_row(stage: Stage) -> Row:
    short = {"success": "S", "failure": "F", "apology": "F"}.get(stage.semantics)
    category = stage.entity_id.removeprefix("DEAL_STAGE").removeprefix("_")
    return {
        "ID": str(stage.id),
        "ENTITY_ID": stage.entity_id,
        "STATUS_ID": stage.status_id,
        "NAME": stage.name,
        "NAME_INIT": "",
        "SORT": str(stage.sort),
        "SYSTEM": "Y" if stage.semantics in ("success", "failure") else "N",
        "CATEGORY_ID": category or None,
        "COLOR": stage.color,
        "SEMANTICS": short,
        "EXTRA": {"SEMANTICS": stage.semantics, "COLOR": stage.color},
    }


def userfield_list(call: Call) -> Reply:
    """Labels only for a filter with LANG, as on the portal."""
    conditions = as_map(call.get("filter"))
    language = conditions.pop("LANG", conditions.pop("lang", None))
    test = compile_filter(conditions, USERFIELD_COLUMNS, strict=False)
    fields = call.portal.userfields.values()
    rows = [row for row in (_userfield_row(f, labelled=bool(language)) for f in fields) if test(row)]
    order = call.get("order") or {"SORT": "ASC", "ID": "ASC"}
    rows = sort_records(rows, order, USERFIELD_COLUMNS, strict=False)
    page, following, total = page_of(rows, call.get("start"))
    return Reply(page, total, following)


def _userfield_row(userfield: UserField, *, labelled: bool) -> Row:
    row: Row = {
        "ID": str(userfield.id),
        "ENTITY_ID": "CRM_DEAL",
        "FIELD_NAME": userfield.name,
        "USER_TYPE_ID": userfield.type,
        "XML_ID": None,
        "SORT": str(userfield.sort),
        "MULTIPLE": "Y" if userfield.multiple else "N",
        "MANDATORY": "N",
        "SHOW_FILTER": "E",
        "SHOW_IN_LIST": "Y",
        "EDIT_IN_LIST": "Y",
        "IS_SEARCHABLE": "N",
        "SETTINGS": {},
    }
    if labelled:
        row |= dict.fromkeys(("EDIT_FORM_LABEL", "LIST_COLUMN_LABEL", "LIST_FILTER_LABEL"), userfield.label)
        row |= {"ERROR_MESSAGE": None, "HELP_MESSAGE": None}
    if userfield.type == "enumeration":
        row["LIST"] = [
            {"ID": str(number), "SORT": str(10 * (index + 1)), "VALUE": text, "DEF": "N", "XML_ID": f"x{number}"}
            for index, (number, text) in enumerate(userfield.options)
        ]
    return row


def user_get(call: Call) -> Reply:
    """Filters come in FILTER or as parameters of their own."""
    own = {key.upper(): value for key, value in call.params.items() if key.upper() in {"ID", "ACTIVE", "NAME"}}
    conditions = {key.upper(): value for key, value in as_map(call.get("filter")).items()} | own
    test = compile_filter(conditions, USER_COLUMNS, strict=False)
    rows = [row for row in (_user_row(user) for _, user in sorted(call.portal.users.items())) if test(row)]
    if str(call.get("order", "ASC")).upper() == "DESC":
        rows.reverse()
    page, following, total = page_of(rows, call.get("start"))
    return Reply(page, total, following)


def _user_row(user: User) -> Row:
    return {
        "ID": str(user.id),
        "XML_ID": None,
        "ACTIVE": user.active,
        "NAME": user.name,
        "LAST_NAME": user.last_name,
        "SECOND_NAME": user.second_name,
        "EMAIL": user.email,
        "WORK_POSITION": user.position,
        "PERSONAL_MOBILE": "",
        "WORK_PHONE": "",
        "UF_DEPARTMENT": user.departments,
        "USER_TYPE": "employee",
    }


def user_current(call: Call) -> Reply:
    return Reply(_user_row(call.portal.users[1]))


def profile(call: Call) -> Reply:
    user = call.portal.users[1]
    return Reply({"ID": str(user.id), "ADMIN": True, "NAME": user.name, "LAST_NAME": user.last_name})


def category_list(call: Call) -> Reply:
    if as_int(call.get("entityTypeId"), 0) != 2:
        raise RestError(400, "ENTITY_TYPE_NOT_SUPPORTED", "Entity type is not supported")
    rows = [
        {"id": c.id, "name": c.name, "sort": c.sort, "entityTypeId": 2, "isDefault": "N" if c.id else "Y"}
        for c in call.portal.categories
    ]
    return Reply({"categories": rows}, len(rows))


METHODS: dict[str, Method] = {
    "crm.status.list": status_list,
    "crm.deal.userfield.list": userfield_list,
    "crm.category.list": category_list,
    "user.get": user_get,
    "user.current": user_current,
    "profile": profile,
}
