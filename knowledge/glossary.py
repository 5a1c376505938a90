"""The glossary in force: the rows the office keeps, compiled once in each process and again when they change."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from asgiref.sync import sync_to_async
from django.db import Error, transaction

from knowledge import normalize as speech
from knowledge.models import GlossaryTerm
from knowledge.normalize import BUILTIN, BUILTIN_TERMS, Glossary, Normalized, Term
from vasdom.planned import planned_cursor

logger = logging.getLogger(__name__)
# The database says in one short answer whether anything is different, however it was changed and by which process: a
# changed row has another xmin or another place. The rows' texts need not be read for that.
CHANGES = "sum(hashtextextended(xmin::text || ctid::text, 0))"
FINGERPRINT = f"SELECT count(*) || ' ' || {CHANGES} FROM knowledge_glossaryterm"
_loaded: tuple[str | None, Glossary] = (None, BUILTIN)


_kept: ContextVar[Glossary | None] = ContextVar("glossary", default=None)


@contextmanager
def kept() -> Iterator[None]:
    """One message is read by one glossary: inside, the one that is in force now stays."""
    token = _kept.set(current())
    try:
        yield
    finally:
        _kept.reset(token)


def current() -> Glossary:
    """The rules in force now. An empty table means the built-in ones; while the database is away, the last known."""
    global _loaded
    if (held := _kept.get()) is not None:
        return held
    known, glossary = _loaded
    try:
        fingerprint = _fingerprint()
        if fingerprint != known:
            glossary = load() if fingerprint else BUILTIN
            _loaded = (fingerprint, glossary)
    except Error as exc:
        logger.warning("The glossary cannot be read, the last known one serves: %s", type(exc).__name__)
    return glossary


def _fingerprint() -> str | None:
    with planned_cursor() as cursor:
        cursor.execute(FINGERPRINT)
        row = cursor.fetchone()
    return str(row[0]) if row and row[0] else None


def load() -> Glossary:
    return Glossary([row.term for row in GlossaryTerm.objects.filter(enabled=True).order_by("pk")])


def explain(text: str) -> Normalized:
    """The text in its written form by the glossary in force, and what was replaced."""
    return speech.explain(text, current())


def normalize(text: str) -> str:
    """The text in its written form by the glossary in force."""
    return explain(text).text


async def anormalize(text: str) -> str:
    """`normalize` for coroutines."""
    return await sync_to_async(normalize)(text)


def row_of(term: Term) -> dict[str, object]:
    """A built-in rule as the fields of a row."""
    return {
        "canonical": term.canonical,
        "heard": "\n".join(term.forms),
        "kind": term.kind,
        "needs_number": term.needs_number,
        "unless": term.unless,
        "note": term.note,
    }


@transaction.atomic
def add_builtin() -> int:
    """Add the built-in rules that no row stands for; rows that are there stay as people left them."""
    known = {form for row in GlossaryTerm.objects.all() for form in row.term.forms}
    missing = [term for term in BUILTIN_TERMS if known.isdisjoint(term.forms)]
    for term in missing:
        GlossaryTerm.objects.create(**row_of(term))
    return len(missing)
