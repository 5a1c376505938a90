"""What is kept of a call, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from auditlog.models import LogEntry
from django.utils import timezone

from calls import retention
from calls.actions import TurnRecord, close_call, hide_calls, open_call, rate_turn, record_turn, restore_calls
from calls.errors import AlreadyClosed, UnknownCall
from calls.models import Call, CallLogSettings, Turn
from calls.tests.factories import PHONE, make_call
from houses.tests.factories import make_house, make_user
from vasdom.errors import Forbidden, InvalidInput

pytestmark = pytest.mark.django_db


def test_a_call_goes_from_begun_over_its_turns_to_its_end() -> None:
    call = open_call("ws", "  гость \x00 1 ", 3)
    assert (call.status, call.caller, call.duration) == ("Initiated", "гость 1", None)
    record_turn(call.pk, TurnRecord(number=1, speaker="caller", text="Сколько стоит?", normalised="сколько стоит?"))
    answer = TurnRecord(
        number=2,
        speaker="assistant",
        text="Зависит от этажей.",
        base="general",
        revision_number=4,
        citations=[{"document": "Цены", "heading": "Подъезд", "text": "…", "base": "general", "version": 2}],
        timings={"search": 12.34, "generation": 800},
        answered=True,
    )
    turn = record_turn(call.pk, answer)
    call.refresh_from_db()
    assert (call.status, call.base, call.revision_number) == ("InProgress", "general", 4)
    assert (turn.timings, turn.citations[0]["version"]) == ({"search": 12.3, "generation": 800.0}, 2)
    closed = close_call(call.pk, "Completed", ended_at=call.started_at + timedelta(seconds=61))
    assert (closed.status, closed.duration) == ("Completed", timedelta(seconds=61))


def test_a_replayed_journal_changes_nothing() -> None:
    key, at = uuid4(), timezone.now()
    for _ in range(2):
        open_call("phone", PHONE, 1, call_id=key, started_at=at)
        record_turn(key, TurnRecord(number=1, speaker="caller", text="да"))
        close_call(key, "Completed", ended_at=at)
    record_turn(key, TurnRecord(number=1, speaker="caller", text="другое"))
    assert [turn.text for turn in Turn.objects.all()] == ["да"]
    assert Call.objects.count() == 1
    record_turn(key, TurnRecord(number=2, speaker="assistant", text="поздно"))
    assert Call.objects.get().status == "Completed"
    with pytest.raises(AlreadyClosed):
        close_call(key, "Failed")


def test_what_makes_no_sense_is_refused() -> None:
    call = open_call("web", "", None)
    with pytest.raises(InvalidInput):
        open_call("telegram", "", None)
    with pytest.raises(InvalidInput):
        close_call(call.pk, "InProgress")
    with pytest.raises(UnknownCall):
        record_turn(uuid4(), TurnRecord(number=1, speaker="caller", text="а"))
    for wrong in ({"number": 0}, {"speaker": "робот"}, {"timings": {"search": -1}}, {"timings": {"a": float("nan")}}):
        values: dict[str, Any] = {"number": 1, "speaker": "caller", "text": "а", **wrong}
        with pytest.raises(InvalidInput):
            TurnRecord(**values)


def test_only_what_a_database_can_hold_is_kept() -> None:
    call = open_call("api", "а\ud800", None)
    turn = record_turn(
        call.pk,
        TurnRecord(
            number=1, speaker="assistant", text="\x00да\udfff", tool_calls=[{"name": "t", "result": {"x": "\x00"}}]
        ),
    )
    assert (turn.text, turn.tool_calls[0]["result"]) == ("да?", {"x": ""})


def test_an_answer_is_judged_by_whoever_may() -> None:
    call = make_call("Вопрос", "Ответ")
    person = make_user("Оператор")
    turn = rate_turn(call.pk, 2, 2, comment=" мимо ", user=person)
    assert (turn.rating, turn.comment, turn.rated_by) == (2, "мимо", person)
    cleared = rate_turn(call.pk, 2, None, user=person)
    assert (cleared.rating, cleared.comment, cleared.rated_by) == (None, "", None)
    with pytest.raises(Forbidden):
        rate_turn(call.pk, 2, 5, user=make_user("Просмотр"))
    for number, rating in ((2, 6), (2, 0), (1, 5)):
        with pytest.raises(InvalidInput):
            rate_turn(call.pk, number, rating, user=person)
    with pytest.raises(UnknownCall):
        rate_turn(call.pk, 9, 5, user=person)


def test_the_log_is_cleared_at_once_by_the_directors_word_and_comes_back() -> None:
    director = make_user("Директор")
    make_call("а", "б")
    going_on = make_call("а", status="InProgress")
    with pytest.raises(Forbidden):
        hide_calls(Call.objects.all(), user=make_user("Оператор"))
    assert hide_calls(Call.objects.all(), user=director, said="все") == 1
    assert list(Call.objects.kept()) == [going_on], "nobody has read a call that still goes on"
    assert Call.objects.hidden().get().hidden_by == director
    assert hide_calls(Call.objects.all(), user=director) == 0
    assert restore_calls(Call.objects.all(), user=director) == 1
    assert Call.objects.kept().count() == 2
    told = [(entry.object_repr, entry.actor) for entry in LogEntry.objects.filter(object_pk="log").order_by("pk")]
    assert told == [("Журнал звонков очищен", director), ("Журнал звонков возвращён", director)]


def test_hidden_calls_are_deleted_after_seven_days_and_not_before() -> None:
    call = make_call("а", "б")
    make_call("остаётся")
    hide_calls(Call.objects.filter(pk=call.pk), user=None)
    now = timezone.now()
    assert retention.purge(now + timedelta(days=6, hours=23)) == (0, 0)
    assert retention.purge(now + timedelta(days=7, hours=1)) == (1, 0)
    assert [turn.text for turn in Turn.objects.all()] == ["остаётся"]


def test_old_calls_lose_their_numbers_and_then_go() -> None:
    settings = CallLogSettings.load()
    settings.redact_after_days, settings.delete_after_days = 30, 60
    settings.save()
    now = timezone.now()
    old = make_call(
        f"Мой номер {PHONE}",
        "Перезвоним на 8 (000) 000-00-01",
        at=now - timedelta(days=31),
        answer={"tool_calls": [{"name": "call_back", "arguments": {"phone": PHONE}}]},
    )
    make_call("слишком старый", at=now - timedelta(days=61))
    make_call(f"свежий {PHONE}")
    assert retention.purge(now) == (1, 1)
    old.refresh_from_db()
    said = " ".join(f"{turn.text} {turn.normalised} {turn.tool_calls}" for turn in old.turns.all())
    assert "0000001" not in said.replace("-", "").replace(" ", "")
    assert (old.caller, old.redacted_at) == ("•••", now)
    assert Call.objects.filter(caller=PHONE).count() == 1
    settings.redact_after_days = settings.delete_after_days = None
    settings.save()
    assert retention.purge(now + timedelta(days=5000)) == (0, 0)


def test_a_call_that_nobody_ended_ends_at_its_last_turn() -> None:
    before = timezone.now() - timedelta(hours=3)
    phone = make_call("алло", status="InProgress", at=before)
    chat = make_call("вопрос", "ответ", status="InProgress", channel="web", at=before)
    fresh = make_call("алло", status="InProgress")
    assert retention.close_abandoned() == 2
    ends = {call.pk: (call.status, call.ended_at) for call in Call.objects.all()}
    assert ends == {phone.pk: ("Interrupted", before), chat.pk: ("Completed", before), fresh.pk: ("InProgress", None)}


def test_the_calls_house_may_go() -> None:
    house = make_house()
    call = make_call("а", house=house)
    house.delete()
    call.refresh_from_db()
    assert call.house is None
