"""Finding calls by what was said in them, in Russian, and by who called."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import CharField, Q
from django.db.models.functions import Cast

from calls.models import Turn
from calls.querysets import CallQuerySet
from houses.access import sees_phones

WORD = re.compile(r"\w+")
KEY = re.compile(r"[0-9a-f-]{4,36}")
FOLDING = str.maketrans("ёЁ", "еЕ")
MOST_WORDS, LONGEST_WORD = 10, 60
FEWEST_PHONE_DIGITS = 4


def search_calls(calls: CallQuerySet, text: str, user: Any) -> CallQuerySet:
    """Calls in whose dialogue every word of the text occurs, in whatever turn and form; also by the number (for those
    who may read it), the name of the session or the beginning of the call's ID. An empty text narrows nothing."""
    text = " ".join(text.replace("\x00", "").split())
    if not text:
        return calls
    found = _by_caller(text, user)
    if KEY.fullmatch(text.lower()):
        calls = calls.annotate(key_text=Cast("pk", CharField()))
        found |= Q(key_text__startswith=text.lower())
    return calls.filter(found | _by_words(text, user))


def _by_words(text: str, user: Any) -> Q:
    words = WORD.findall(text.translate(FOLDING))[:MOST_WORDS]
    if not sees_phones(user):  # nor may they be guessed digit by digit
        words = [word for word in words if sum(letter.isdecimal() for letter in word) < FEWEST_PHONE_DIGITS]
    queries = [f"'{word[:LONGEST_WORD]}':*" for word in words]
    meant = _with_meaning(queries)
    if not meant:
        return Q(pk__in=[])
    found = Q()
    for query in meant:
        turns = Turn.objects.filter(search=SearchQuery(query, search_type="raw", config="russian"))
        found &= Q(pk__in=turns.values("call"))
    return found


def _with_meaning(queries: list[str]) -> list[str]:
    """Those that are more than «и» and «на»: stop words stand in no index, and would find nothing."""
    if not queries:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT q FROM unnest(%s::text[]) AS q WHERE numnode(to_tsquery('russian', q)) > 0", [queries])
        meant = {row[0] for row in cursor.fetchall()}
    return [query for query in queries if query in meant]


def _by_caller(text: str, user: Any) -> Q:
    digits = "".join(letter for letter in text if letter.isascii() and letter.isdecimal())
    if sees_phones(user):
        found = Q(caller__icontains=text)
        if len(digits) >= FEWEST_PHONE_DIGITS and not re.search(r"[^\W\d_]", text):
            found |= Q(caller__contains=digits[1:] if len(digits) == 11 else digits)
        return found
    return Q(pk__in=[]) if digits else Q(caller__icontains=text)
