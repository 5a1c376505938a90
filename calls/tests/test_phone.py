"""What is kept of a phone call besides its words: its arrival, its events, its recording."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from calls import recordings, retention
from calls.actions import (
    TurnRecord,
    attach_recording,
    close_call,
    identify_caller,
    note_event,
    note_greeting,
    open_call,
    record_turn,
)
from calls.errors import UnknownCall
from calls.models import Call, CallEvent, CallLogSettings, Recording, Turn
from calls.tests.factories import PHONE, make_call
from houses.tests.factories import make_house
from vasdom.errors import InvalidInput

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


def write(call: Call, caller: bytes, ours: bytes) -> tuple[Path, Path]:
    paths = [recordings.path_of(place) for place in recordings.places(call.pk, call.started_at)]
    for path, audio in zip(paths, (caller, ours), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(audio)
    return paths[0], paths[1]


def test_a_replayed_journal_of_a_phone_call_changes_nothing() -> None:
    key, at = uuid4(), timezone.now()
    house = make_house()
    for _ in range(2):
        open_call(
            "phone", PHONE, 1, call_id=key, started_at=at, dialled="100", line_id="1700000000.1", arrived_at=at,
        )  # fmt: skip
        identify_caller(key, house=house, contact="Иванова Анна")
        note_greeting(key, 212.4)
        note_event(key, key="1", at=at, kind="resumed", text="угу", milliseconds=410)
        record_turn(
            key,
            TurnRecord(
                number=1, speaker="assistant", text="Уборка", cut="завтра.", interrupted=True, cut_ms=80.4,
                first_audio_ms=812.6, synthesizer="espeak", from_ms=0, to_ms=900,
            ),
        )  # fmt: skip
        close_call(key, "Completed", ending="caller_hung_up", ended_at=at)
    note_greeting(key, 999)
    note_event(key, key="1", at=at, kind="trouble", text="другое")
    identify_caller(key, house=make_house(), contact="Другой")
    close_call(key, "Completed", ending="failed")
    call, turn, event = Call.objects.get(), Turn.objects.get(), CallEvent.objects.get()
    assert (call.greeted_ms, call.ending, call.contact, call.house) == (212, "caller_hung_up", "Иванова Анна", house)
    assert (turn.cut, turn.interrupted, turn.cut_ms, turn.first_audio_ms) == ("завтра.", True, 80, 813)
    assert (event.kind, event.text, event.milliseconds) == ("resumed", "угу", 410)


def test_nonsense_is_refused() -> None:
    call = open_call("phone", PHONE, 1)
    with pytest.raises(InvalidInput):
        note_event(call.pk, key="1", at=timezone.now(), kind="новое")
    with pytest.raises(InvalidInput):
        note_event(call.pk, key=" ", at=timezone.now(), kind="menu")
    with pytest.raises(UnknownCall):
        note_event(uuid4(), key="1", at=timezone.now(), kind="menu")
    with pytest.raises(InvalidInput):
        close_call(call.pk, "Completed", ending="надоело")
    with pytest.raises(InvalidInput):
        TurnRecord(number=1, speaker="caller", text="да", first_audio_ms=float("nan"))
    with pytest.raises(InvalidInput):
        attach_recording(call.pk, consent=True, caller_file="../../secret_key", ours_file="x")


def test_a_recording_is_attached_once_with_its_length_and_shape() -> None:
    call = open_call("phone", PHONE, 1)
    assert attach_recording(call.pk, consent=True) is None
    write(call, b"\xd5" * 8_000 + b"\xaa" * 8_000, b"\xd5" * 16_000)
    first = attach_recording(call.pk, consent=True)
    assert first is not None
    assert (first.seconds, first.consent) == (2.0, True)
    half = len(first.waveform["caller"]) // 2
    assert max(first.waveform["ours"]) == 0
    assert set(first.waveform["caller"][half + 1 :]) == {100}
    assert attach_recording(call.pk, consent=False) == first
    assert Recording.objects.get().consent


def test_recordings_end_before_their_calls_and_with_them() -> None:
    now = timezone.now()
    old, young = (make_call("да", at=now - timedelta(days=days)) for days in (91, 1))
    files = [write(call, b"\xd5", b"\xd5") for call in (old, young)]
    for call in (old, young):
        attach_recording(call.pk, consent=True)
    assert retention.purge_recordings(now) == 1
    assert [path.exists() for pair in files for path in pair] == [False, False, True, True]
    assert Call.objects.count() == 2
    Call.objects.filter(pk=young.pk).update(hidden_at=now - timedelta(days=8))
    assert retention.purge(now)[0] == 1
    assert not files[1][0].exists()
    CallLogSettings.objects.update(recordings_days=None)
    assert retention.purge_recordings(now) == 0


def test_files_that_nobody_knows_are_swept_away_but_not_those_being_written(var_dir: Path) -> None:
    call = open_call("phone", PHONE, 1)
    known = write(call, b"\xd5", b"\xd5")
    attach_recording(call.pk, consent=True)
    begun = timezone.now() - timedelta(days=3)
    lost, written = (recordings.path_of(recordings.places(UUID(int=number), begun)[0]) for number in (1, 2))
    for path in (lost, written):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\xd5")
    for path in (lost, *known):
        os.utime(path, (begun.timestamp(), begun.timestamp()))
    assert retention.sweep_recordings() == 1
    assert (lost.exists(), written.exists(), known[0].exists()) == (False, True, True)
    written.unlink()
    retention.sweep_recordings()
    assert not written.parent.exists()


def test_numbers_and_names_are_erased_from_what_happened() -> None:
    call = make_call("мой номер 8 495 000-00-00", at=timezone.now() - timedelta(days=200))
    note_event(call.pk, key="1", at=timezone.now(), kind="callback", text="Перезвонить на 8 495 000-00-00")
    identify_caller(call.pk, contact="Иванова Анна")
    retention.purge()
    call.refresh_from_db()
    assert call.contact == ""
    assert "495" not in CallEvent.objects.get().text
