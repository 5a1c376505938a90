"""Laying what the CRM says over a table, as two statements whatever the number of rows.

The rows go into a temporary table by COPY; PostgreSQL compares, updates what differs and inserts what is new. Unchanged
rows are not touched, and Python never holds the table's present contents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from psycopg import sql


@dataclass(frozen=True, slots=True)
class Merged:
    """Keys of the rows that were created and of those that were changed."""

    created: frozenset[Any]
    updated: frozenset[Any]


def merge(
    model: type[Model],
    fields: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    fill: Mapping[str, Any] | None = None,
    always: Mapping[str, Any] | None = None,
) -> Merged:
    """Insert or update rows; must run inside a transaction.

    Args:
        fields: attribute names (`company_id`, not `company`); the first one is the unique key.
        rows: a value for every field, in that order; values as psycopg writes them (JSON as text).
        fill: values of further columns for new rows only.
        always: columns set on every changed row and every new one, but not compared.
    """
    columns = [_column(model, name) for name in fields]
    with connection.cursor() as cursor:
        _load(cursor, model, columns, rows)
        updated = _update(cursor, model, columns[0], columns[1:], _values(model, always))
        created = _insert(cursor, model, columns, _values(model, {**(fill or {}), **(always or {})}))
    return Merged(frozenset(created), frozenset(updated))


_INCOMING = sql.Identifier("incoming")


def _column(model: type[Model], name: str) -> str:
    field = model._meta.get_field(name)
    if not isinstance(field, Field):
        raise ValueError(f"{name} has no column")
    return str(field.column)


def _values(model: type[Model], values: Mapping[str, Any] | None) -> dict[str, Any]:
    return {_column(model, name): value for name, value in (values or {}).items()}


def _list(columns: Iterable[str], prefix: str = "") -> sql.Composable:
    names = (sql.Identifier(prefix, name) if prefix else sql.Identifier(name) for name in columns)
    return sql.SQL(", ").join(names)


def _load(cursor: Any, model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    names = {"columns": _list(columns), "table": sql.Identifier(model._meta.db_table), "incoming": _INCOMING}
    cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(_INCOMING))
    cursor.execute(
        sql.SQL(
            "CREATE TEMPORARY TABLE {incoming} ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA"
        ).format(**names)
    )
    with cursor.copy(sql.SQL("COPY {incoming} ({columns}) FROM STDIN").format(**names)) as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(sql.SQL("ANALYZE {}").format(_INCOMING))


def _update(
    cursor: Any, model: type[Model], key: str, columns: Sequence[str], always: Mapping[str, Any]
) -> Iterable[Any]:
    """Only rows that differ, or that were demo rows: what the CRM has is no demo."""
    assignments: list[sql.Composable] = [sql.SQL("{0} = incoming.{0}").format(sql.Identifier(name)) for name in columns]
    assignments += [sql.SQL("{} = %s").format(sql.Identifier(name)) for name in always]
    assignments.append(sql.SQL("is_demo = FALSE"))
    statement = sql.SQL(
        "UPDATE {table} AS kept SET {assignments} FROM incoming WHERE kept.{key} = incoming.{key}"
        " AND (kept.is_demo OR ({old}) IS DISTINCT FROM ({new})) RETURNING kept.{key}"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        assignments=sql.SQL(", ").join(assignments),
        key=sql.Identifier(key),
        old=_list(columns, "kept"),
        new=_list(columns, "incoming"),
    )
    cursor.execute(statement, list(always.values()))
    return [row[0] for row in cursor.fetchall()]


def _insert(cursor: Any, model: type[Model], columns: Sequence[str], fill: Mapping[str, Any]) -> Iterable[Any]:
    extra = {"is_demo": False, **fill}
    statement = sql.SQL(
        "INSERT INTO {table} ({columns}, {extra}) SELECT {values}, {fill} FROM incoming"
        " WHERE NOT EXISTS (SELECT FROM {table} AS kept WHERE kept.{key} = incoming.{key}) RETURNING {key}"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        columns=_list(columns),
        extra=_list(extra),
        values=_list(columns, "incoming"),
        fill=sql.SQL(", ").join(sql.Placeholder() * len(extra)),
        key=sql.Identifier(columns[0]),
    )
    cursor.execute(statement, list(extra.values()))
    return [row[0] for row in cursor.fetchall()]
