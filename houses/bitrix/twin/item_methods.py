"""`crm.item.*`: the present-day methods, typed values and camelCase names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from houses.bitrix.twin.calls import Call, Method, Reply
from houses.bitrix.twin.entities import DEAL, Entity, entity_of
from houses.bitrix.twin.errors import not_found
from houses.bitrix.twin.fields import camel_uf, fm
from houses.bitrix.twin.lists import list_page
from houses.bitrix.twin.portal import Portal
from houses.bitrix.twin.values import as_int, as_list, is_yes

Render = Callable[[Any], dict[str, Any]]


def item_list(call: Call) -> Reply:
    entity, original = entity_of(call), is_yes(call.get("useOriginalUfNames"))
    columns = entity.typed_columns(call.portal, original=original)
    page = list_page(call, entity, columns, strict=True)
    render = renderer(call.portal, entity, as_list(call.get("select")) or ["*"], original=original)
    return Reply({"items": [render(record) for record in page.rows]}, page.total, page.next)


def item_get(call: Call) -> Reply:
    entity, original = entity_of(call), is_yes(call.get("useOriginalUfNames"))
    record = entity.records(call.portal).get(as_int(call.get("id"), 0) or 0)
    if record is None:
        raise not_found()
    return Reply({"item": renderer(call.portal, entity, ["*"], original=original)(record)})


def renderer(portal: Portal, entity: Entity, select: list[Any], *, original: bool) -> Render:
    """Makes a record's dictionary: the selected fields and always `id`; unknown names are passed over."""
    wanted = {str(name) for name in select}
    everything = "*" in wanted
    fields = [f for f in entity.fields if everything or f.camel in wanted or f.camel == "id"]
    all_custom = everything or any(name.lower() == "uf_*" for name in wanted)
    shown = {name: name if original else camel_uf(name) for name in entity.userfields(portal)}
    custom = {name: key for name, key in shown.items() if all_custom or name in wanted or key in wanted}
    empty = {custom[name]: portal.userfields[name].empty for name in custom}
    with_fm = everything and entity is not DEAL

    def render(record: Any) -> dict[str, Any]:
        row = {f.camel: f.typed(record) for f in fields}
        if custom:
            row.update(empty)
            row.update((custom[name], value) for name, value in record.uf.items() if name in custom)
        if with_fm:
            row["fm"] = fm(record)
        return row

    return render


def item_fields(call: Call) -> Reply:
    entity, original = entity_of(call), is_yes(call.get("useOriginalUfNames"))
    described: dict[str, Any] = {
        f.camel: {
            "type": {"int": "integer", "str": "string", "flag": "char", "list": "crm_contact"}.get(f.kind, f.kind),
            "isRequired": False,
            "isReadOnly": f.camel in {"id", "createdTime", "updatedTime", "movedTime"},
            "isImmutable": False,
            "isMultiple": f.kind == "list",
            "isDynamic": False,
            "title": f.title,
            "upperName": f.upper,
        }
        for f in entity.fields
    }
    for name, userfield in entity.userfields(call.portal).items():
        described[name if original else camel_uf(name)] = {
            "type": userfield.type,
            "isRequired": False,
            "isReadOnly": False,
            "isImmutable": False,
            "isMultiple": userfield.multiple,
            "isDynamic": True,
            "title": userfield.label,
            "upperName": name,
            **({"items": options(userfield.options)} if userfield.type == "enumeration" else {}),
        }
    return Reply({"fields": described})


def options(pairs: list[tuple[int, str]]) -> list[dict[str, str]]:
    return [{"ID": str(number), "VALUE": text} for number, text in pairs]


METHODS: dict[str, Method] = {
    "crm.item.list": item_list,
    "crm.item.get": item_get,
    "crm.item.fields": item_fields,
}
