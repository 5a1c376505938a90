"""Statements that are planned once."""

from __future__ import annotations

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

from vasdom.connections import RUNS_BEFORE_IT_IS_PLANNED
from vasdom.planned import planned_cursor

pytestmark = pytest.mark.django_db


def prepared(text: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [f"%{text}%"])
        return int(cursor.fetchone()[0])


def test_what_runs_often_is_prepared_and_answers_as_before() -> None:
    for number in range(RUNS_BEFORE_IT_IS_PLANNED + 2):
        with planned_cursor() as cursor:
            cursor.execute("SELECT %(number)s::int + 1 AS planned_sum", {"number": number})
            assert cursor.fetchall() == [(number + 1,)]
        assert prepared("planned_sum") == (number >= RUNS_BEFORE_IT_IS_PLANNED)


def test_it_counts_among_the_queries_and_fails_as_django_does() -> None:
    with CaptureQueriesContext(connection) as queries, planned_cursor() as cursor:
        cursor.execute("SELECT %s::text", ["слово"])
    assert len(queries) == 1
    assert "SELECT" in queries[0]["sql"]
    with planned_cursor() as cursor, pytest.raises(DataError):
        cursor.execute("SELECT 1 / %s::int", [0])
