"""Statements that run with every question and are large: PostgreSQL plans them once for a connection, not each time."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper


def planned_cursor() -> CursorWrapper:
    """A cursor of Django's connection whose statements are prepared, once they have run a few times.

    Their values go to the server apart from the text, so a value whose type the text does not show needs a cast.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor: Any = psycopg.Cursor(connection.connection)
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)
