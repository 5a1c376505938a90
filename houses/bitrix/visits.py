"""Visits follow the dates of the CRM; what a brigade has reported never moves and never disappears.

One set of statements for any number of houses. The words used below:
  wanted  what the CRM says: (house, crm_date, slot, cleaning_type)
  lost    visits whose CRM date is no longer wanted
  added   wanted dates that have no visit
A planned visit is `touched` once its status is no longer planned, and `loose` when nothing hangs on it, so that it may
be deleted. Every statement that changes a visit names the status it relies on: a brigade may report in the meantime.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import ForeignObjectRel

from houses.models import CleaningVisit

WantedVisit = tuple[int, date, int, str]
"""(house id, CRM date, slot, cleaning type)."""


@dataclass(frozen=True, slots=True)
class VisitChanges:
    """How many visits were created, moved to another date, found again by their date, let go and deleted."""

    created: int = 0
    moved: int = 0
    relinked: int = 0
    released: int = 0
    deleted: int = 0


def plan_visits(house_ids: Sequence[int], wanted: Iterable[WantedVisit]) -> VisitChanges:
    """Make the visits of these houses agree with the wanted dates; must run inside a transaction."""
    with connection.cursor() as cursor:
        _load(cursor, house_ids, wanted)
        cursor.execute(_LOST)
        cursor.execute(_ADDED)
        lost, added = _count(cursor, "visit_lost"), _count(cursor, "visit_added")
        relinked = moved = released = deleted = created = 0
        if added:
            relinked = _run(cursor, _RELINK)
        if added and lost:
            moved = _run(cursor, _MOVE)
        if lost:
            deleted = _run(cursor, _DELETE.format(loose=_loose("visit")))
            released = _run(cursor, _RELEASE)
        if added:
            created = _run(cursor, _CREATE)
        cursor.execute(_RETYPE)
    return VisitChanges(created, moved, relinked, released, deleted)


def drop_future_visits(house_ids: Sequence[int], today: date) -> int:
    """An archived house is not cleaned any more: its planned visits from today on go, but for what hangs on them."""
    if not house_ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM houses_cleaningvisit AS visit WHERE visit.house_id = ANY(%s) AND visit.date >= %s"
            f" AND visit.status = 'planned' AND {_loose('visit')}",
            [list(house_ids), today],
        )
        return int(cursor.rowcount)


def _loose(alias: str) -> str:
    """SQL: no comment, and no row of any table refers to this visit."""
    parts = [f"{alias}.comment = ''"]
    for relation in CleaningVisit._meta.related_objects:
        if isinstance(relation, ForeignObjectRel) and hasattr(relation.field, "column") and relation.field.column:
            table, column = relation.related_model._meta.db_table, relation.field.column
            parts.append(f'NOT EXISTS (SELECT FROM "{table}" AS other WHERE other."{column}" = {alias}.id)')
    return " AND ".join(parts)


def _load(cursor: Any, house_ids: Sequence[int], wanted: Iterable[WantedVisit]) -> None:
    cursor.execute("DROP TABLE IF EXISTS visit_scope, visit_wanted, visit_lost, visit_added")
    cursor.execute("CREATE TEMPORARY TABLE visit_scope (house_id bigint PRIMARY KEY) ON COMMIT DROP")
    cursor.execute(
        "CREATE TEMPORARY TABLE visit_wanted (house_id bigint, crm_date date, slot smallint, cleaning_type varchar(2))"
        " ON COMMIT DROP"
    )
    with cursor.copy("COPY visit_scope FROM STDIN") as copy:
        for house_id in house_ids:
            copy.write_row((house_id,))
    with cursor.copy("COPY visit_wanted FROM STDIN") as copy:
        for row in wanted:
            copy.write_row(row)
    cursor.execute("ANALYZE visit_scope, visit_wanted")


def _run(cursor: Any, statement: str) -> int:
    cursor.execute(statement)
    return int(cursor.rowcount)


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {table}")
    return int(cursor.fetchone()[0])


_SAME = "visit.house_id = wanted.house_id AND visit.crm_date = wanted.crm_date AND visit.slot = wanted.slot"
_LOST = f"""
CREATE TEMPORARY TABLE visit_lost ON COMMIT DROP AS
SELECT visit.id, visit.house_id, visit.crm_date, visit.slot, visit.status
FROM houses_cleaningvisit AS visit JOIN visit_scope USING (house_id)
WHERE visit.crm_date IS NOT NULL AND NOT EXISTS (SELECT FROM visit_wanted AS wanted WHERE {_SAME})
"""
_ADDED = f"""
CREATE TEMPORARY TABLE visit_added ON COMMIT DROP AS
SELECT wanted.* FROM visit_wanted AS wanted
WHERE NOT EXISTS (SELECT FROM houses_cleaningvisit AS visit WHERE {_SAME})
"""
# A date that came back, or went over to the other slot, finds the visit that already stands on it. Without this a
# cleaning that was done would get a planned twin on the same day.
_RELINK = """
WITH candidates AS (
    SELECT visit.id, added.crm_date, added.slot, added.cleaning_type,
        row_number() OVER (PARTITION BY added.house_id, added.crm_date, added.slot
            ORDER BY (visit.status <> 'planned') DESC, (visit.slot IS NOT DISTINCT FROM added.slot) DESC, visit.id)
            AS of_added,
        row_number() OVER (PARTITION BY visit.id
            ORDER BY (visit.slot IS NOT DISTINCT FROM added.slot) DESC, added.slot) AS of_visit
    FROM visit_added AS added
    JOIN houses_cleaningvisit AS visit ON visit.house_id = added.house_id AND visit.date = added.crm_date
    WHERE visit.crm_date IS NULL OR visit.id IN (SELECT id FROM visit_lost)
), done AS (
    UPDATE houses_cleaningvisit AS visit SET crm_date = candidates.crm_date, slot = candidates.slot
    FROM candidates WHERE candidates.id = visit.id AND of_added = 1 AND of_visit = 1
    RETURNING visit.id, visit.house_id, visit.crm_date, visit.slot
), forgotten AS (
    DELETE FROM visit_added AS added USING done
    WHERE added.house_id = done.house_id AND added.crm_date = done.crm_date AND added.slot = done.slot
), kept AS (
    DELETE FROM visit_lost USING done WHERE visit_lost.id = done.id
)
SELECT id FROM done
"""
# Planned visits of one house, month and slot take the new dates in the order of time; the row, and what hangs on it,
# stays the same row.
_MOVE = """
WITH leaving AS (
    SELECT id, house_id, slot, date_trunc('month', crm_date) AS month,
        row_number() OVER (PARTITION BY house_id, slot, date_trunc('month', crm_date) ORDER BY crm_date, id) AS place
    FROM visit_lost WHERE status = 'planned'
), coming AS (
    SELECT house_id, slot, crm_date, date_trunc('month', crm_date) AS month,
        row_number() OVER (PARTITION BY house_id, slot, date_trunc('month', crm_date) ORDER BY crm_date) AS place
    FROM visit_added
), done AS (
    UPDATE houses_cleaningvisit AS visit SET date = coming.crm_date, crm_date = coming.crm_date
    FROM leaving JOIN coming USING (house_id, slot, month, place)
    WHERE visit.id = leaving.id AND visit.status = 'planned'
    RETURNING visit.id, visit.house_id, visit.crm_date, visit.slot
), forgotten AS (
    DELETE FROM visit_added AS added USING done
    WHERE added.house_id = done.house_id AND added.crm_date = done.crm_date AND added.slot = done.slot
), kept AS (
    DELETE FROM visit_lost USING done WHERE visit_lost.id = done.id
)
SELECT id FROM done
"""
_DELETE = """
DELETE FROM houses_cleaningvisit AS visit USING visit_lost
WHERE visit.id = visit_lost.id AND visit.status = 'planned' AND {loose}
"""
_RELEASE = """
UPDATE houses_cleaningvisit AS visit SET crm_date = NULL FROM visit_lost WHERE visit.id = visit_lost.id
"""
_CREATE = """
INSERT INTO houses_cleaningvisit (house_id, date, crm_date, slot, cleaning_type, status, reason, comment, is_demo)
SELECT house_id, crm_date, crm_date, slot, cleaning_type, 'planned', '', '', FALSE FROM visit_added
ORDER BY crm_date, house_id, slot
"""
_RETYPE = f"""
UPDATE houses_cleaningvisit AS visit SET cleaning_type = wanted.cleaning_type, is_demo = FALSE
FROM visit_wanted AS wanted
WHERE {_SAME} AND visit.status = 'planned' AND (visit.cleaning_type <> wanted.cleaning_type OR visit.is_demo)
"""
