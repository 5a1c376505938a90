"""Filters, orders and pages of list methods."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from houses.bitrix.twin.errors import bad_argument
from houses.bitrix.twin.values import as_int, as_list, as_map, is_yes, parse_moment

PAGE_SIZE = 50

Predicate = Callable[[Any], bool]
# Finds a column by the name a caller uses; None: no such field.
Resolve = Callable[[str], "Column | None"]

OPERATORS = (">=", "<=", "!=%", "!%=", "!@", "=%", "%=", "!%", "!=", ">", "<", "@", "%", "=", "!")


class Column:
    """A readable, comparable field; `kind` says how values compare."""

    __slots__ = ("kind", "name", "read")

    def __init__(self, name: str, kind: str, read: Callable[[Any], Any]) -> None:
        self.name = name
        self.kind = kind
        self.read = read

    def coerce(self, value: Any) -> Any:
        """A value of the filter or the record as something comparable. Raises ValueError."""
        if self.kind == "flag":
            return "Y" if is_yes(value) else "N"
        if value is None or value == "" or value is False:
            return None
        match self.kind:
            case "int" | "enumeration":
                return int(value)
            case "double":
                return float(value)
            case "datetime":
                return parse_moment(value) if isinstance(value, str) else value
            case "date":
                return str(value)[:10]
            case _:
                return str(value)


def split_operator(key: str) -> tuple[str, str]:
    for operator in OPERATORS:
        if key.startswith(operator):
            return operator, key[len(operator) :]
    return "=", key


def compile_filter(conditions: Any, resolve: Resolve, *, strict: bool) -> Predicate:
    """A test of a record. A field that is unknown raises RestError when strict (crm.item.*), else is ignored."""
    parts: list[Predicate] = []
    any_of = False
    for key, value in as_map(conditions).items():
        if key == "logic":
            any_of = str(value).upper() == "OR"
        elif key.lstrip("-").isdecimal():
            parts.append(compile_filter(value, resolve, strict=strict))
        else:
            operator, name = split_operator(key)
            column = resolve(name)
            if column is not None:
                parts.append(_condition(column, operator, value))
            elif strict:
                raise bad_argument(f"Invalid filter: field '{name}' is not allowed in filter")
    if any_of:
        return lambda record: any(part(record) for part in parts)
    if len(parts) == 1:
        return parts[0]
    return lambda record: all(part(record) for part in parts)


def _condition(column: Column, operator: str, value: Any) -> Predicate:
    try:
        test = _test(column, operator, value)
    except (TypeError, ValueError):
        raise bad_argument(f"Invalid filter: field '{column.name}' has invalid value") from None
    read, coerce = column.read, column.coerce

    def check(record: Any) -> bool:
        found = read(record)
        if isinstance(found, list):
            # «Not» over a multiple field means none of its values; everything else, any of them.
            if operator.startswith("!"):
                return all(test(coerce(item)) for item in found or [None])
            return any(test(coerce(item)) for item in found or [None])
        try:
            return test(coerce(found))
        except ValueError:
            return operator.startswith("!")

    return check


def _test(column: Column, operator: str, value: Any) -> Callable[[Any], bool]:
    if operator in ("=", "@") or operator in ("!", "!=", "!@"):
        wanted = {column.coerce(item) for item in as_list(value)} or {None}
        if column.kind in ("int", "enumeration") and None in wanted:
            wanted.add(0)
        return (lambda found: found not in wanted) if operator.startswith("!") else (lambda found: found in wanted)
    if "%" in operator:
        return _like(operator, str(value))
    bound = column.coerce(value)
    match operator:
        case ">":
            return lambda found: found is not None and found > bound
        case ">=":
            return lambda found: found is not None and found >= bound
        case "<":
            return lambda found: found is not None and found < bound
        case _:
            return lambda found: found is not None and found <= bound


def _like(operator: str, pattern: str) -> Callable[[Any], bool]:
    text = pattern.casefold()
    head, tail = text.startswith("%"), text.endswith("%")
    bare = text.strip("%") if "=" in operator else text
    negated = operator.startswith("!")

    def matches(found: Any) -> bool:
        value = str(found or "").casefold()
        if "=" not in operator or (head and tail):
            return bare in value
        if head:
            return value.endswith(bare)
        return value.startswith(bare) if tail else value == bare

    return lambda found: matches(found) != negated


def sort_records(records: list[Any], order: Any, resolve: Resolve, *, strict: bool) -> list[Any]:
    """In the order asked for; records come in by id, and equal ones stay so."""
    for name, direction in reversed(as_map(order).items()):
        column = resolve(name)
        direction = str(direction).upper() or "ASC"
        if column is None:
            if strict:
                raise bad_argument(f"Invalid order: field '{name}' is not allowed in order")
            continue
        if direction not in ("ASC", "DESC"):
            raise bad_argument(
                f"Invalid order: allowed sort directions are `ASC, DESC`. But got '{direction}' for field '{name}'"
            )
        records = sorted(records, key=_sort_key(column), reverse=direction == "DESC")
    return records


def _sort_key(column: Column) -> Callable[[Any], Any]:
    def key(record: Any) -> Any:
        value = column.read(record)
        if isinstance(value, list):
            value = value[0] if value else None
        value = column.coerce(value)
        return (value is not None, value if value is not None else 0)

    return key


def page_of(rows: list[Any], start: Any) -> tuple[list[Any], int | None, int | None]:
    """(rows of the page, next, total); `start=-1` counts nothing, any other start is an offset."""
    offset = as_int(start, 0) or 0
    if offset < 0:
        return rows[:PAGE_SIZE], None, None
    following = offset + PAGE_SIZE
    return rows[offset:following], following if following < len(rows) else None, len(rows)


def first_rows(records: Iterable[Any], test: Predicate) -> list[Any]:
    """The first page of an uncounted list, without looking further."""
    rows: list[Any] = []
    for record in records:
        if test(record):
            rows.append(record)
            if len(rows) == PAGE_SIZE:
                break
    return rows
