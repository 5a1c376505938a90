"""What happened in a call is on disk first, in the database soon, and nowhere twice."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError
from django.utils import timezone

from calls.actions import TurnRecord
from calls.models import Call
from voice.phone import entries
from voice.phone.journal import Journal
from voice.phone.ledger import Ledger

pytestmark = pytest.mark.django_db(transaction=True)


def opened(caller: str = "+74950000000") -> entries.Entry:
    return entries.opened(caller=caller, dialled="1000", line_id="1.1", arrived_at=timezone.now(), revision=1)


def said(number: int, text: str, speaker: str = "caller") -> entries.Entry:
    now = timezone.now()
    return entries.turn(TurnRecord(number, speaker, text, started_at=now, ended_at=now))


async def turns_of(call_id: UUID) -> list[str]:
    call = await Call.objects.aget(pk=call_id)
    return [turn.text async for turn in call.turns.order_by("number")]


async def test_a_call_reaches_the_database_and_its_file_goes(tmp_path: Path) -> None:
    ledger, call_id = Ledger(Journal(tmp_path)), uuid4()
    for entry in (opened(), said(1, "Когда уборка?"), entries.greeted(120.0)):
        ledger.write(call_id, entry)
    ledger.write(call_id, entries.closed("Completed", "caller_hung_up", timezone.now()))
    ledger.end(call_id)
    await ledger.close()
    assert not list(tmp_path.glob("*.jsonl"))

    call = await Call.objects.aget(pk=call_id)
    assert (call.status, call.ending, call.greeted_ms) == ("Completed", "caller_hung_up", 120)
    assert await turns_of(call_id) == ["Когда уборка?"]


async def test_what_a_killed_process_left_is_taken_over_and_the_call_is_closed_as_lost(tmp_path: Path) -> None:
    call_id, journal = uuid4(), Journal(tmp_path)
    for entry in (opened(), said(1, "Слушаю вас.", "assistant"), said(2, "Когда уборка?")):
        journal.append(call_id, entry)
    with open(next(tmp_path.glob("*.jsonl")), "a", encoding="utf-8") as file:
        file.write('{"kind":"turn","number":3,"spea')  # the line that was being written

    ledger = Ledger(Journal(tmp_path))
    assert await ledger.recover(lambda _: False) == 1
    call = await Call.objects.aget(pk=call_id)
    assert (call.status, call.ending) == ("Interrupted", "lost")
    assert await turns_of(call_id) == ["Слушаю вас.", "Когда уборка?"]
    assert not list(tmp_path.glob("*.jsonl"))
    assert await ledger.recover(lambda _: False) == 0
    await ledger.close()


async def test_what_is_applied_twice_stands_once(tmp_path: Path) -> None:
    call_id, journal = uuid4(), Journal(tmp_path)
    rows = [opened(), said(1, "Раз."), entries.event("1", timezone.now(), "trouble", "синтез")]
    for entry in [*rows, *rows, entries.closed("Completed", "said_goodbye", timezone.now())]:
        journal.append(call_id, entry)

    ledger = Ledger(Journal(tmp_path))
    await ledger.recover(lambda _: False)
    call = await Call.objects.aget(pk=call_id)
    assert (await call.turns.acount(), await call.events.acount(), call.status) == (1, 1, "Completed")
    await ledger.close()


async def test_a_reply_of_which_nothing_was_heard_is_kept(tmp_path: Path) -> None:
    call_id, journal, now = uuid4(), Journal(tmp_path), timezone.now()
    journal.append(call_id, opened())
    journal.append(call_id, entries.turn(TurnRecord(1, "assistant", "", cut="Не услышано.", started_at=now)))

    ledger = Ledger(Journal(tmp_path))
    await ledger.recover(lambda _: False)
    call = await Call.objects.aget(pk=call_id)
    assert [turn.cut async for turn in call.turns.all()] == ["Не услышано."]
    await ledger.close()


async def test_calls_that_go_on_are_left_alone(tmp_path: Path) -> None:
    call_id, journal = uuid4(), Journal(tmp_path)
    journal.append(call_id, opened())
    ledger = Ledger(Journal(tmp_path))

    assert await ledger.recover(lambda found: found == call_id) == 0
    assert list(tmp_path.glob("*.jsonl"))
    await ledger.close()


async def test_a_database_that_is_away_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, call_id, failures = Ledger(Journal(tmp_path)), uuid4(), iter([True, True])
    real = entries.apply

    def away(found: UUID, entry: entries.Entry) -> None:
        if next(failures, False):
            raise OperationalError("the database system is starting up")
        real(found, entry)

    monkeypatch.setattr(entries, "apply", away)
    ledger.write(call_id, opened())
    ledger.write(call_id, said(1, "Не потеряйте."))
    await asyncio.sleep(0.2)
    assert ledger.is_behind
    ledger.write(call_id, entries.closed("Completed", "caller_hung_up", timezone.now()))
    ledger.end(call_id)
    await ledger.close()
    assert not list(tmp_path.glob("*.jsonl"))

    assert not ledger.is_behind
    assert await turns_of(call_id) == ["Не потеряйте."]


async def test_an_entry_that_cannot_be_understood_stops_nothing(tmp_path: Path) -> None:
    call_id, journal = uuid4(), Journal(tmp_path)
    for entry in (opened(), {"kind": "turn", "number": 0, "speaker": "?"}, {"kind": "later"}, said(1, "Дальше.")):
        journal.append(call_id, entry)
    (tmp_path / "note.jsonl").write_text("not a call")

    ledger = Ledger(Journal(tmp_path))
    await ledger.recover(lambda _: False)
    assert await turns_of(call_id) == ["Дальше."]
    await ledger.close()
