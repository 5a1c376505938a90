"""The sound of a call: a WAV of both sides, in whole and in parts, for those who may hear it."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from calls import recordings
from calls.actions import attach_recording, hide_calls
from calls.admin.listening import asked_range
from calls.models import Call, Recording
from calls.tests.factories import make_call
from calls.wav import StereoWav
from houses.tests.factories import make_brigade, make_user

pytestmark = pytest.mark.django_db
LOUD, QUIET = b"\xaa", b"\xd5"


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    settings.API_KEYS = ["service-key-of-the-tests"]


@pytest.fixture
def call() -> Call:
    """Half a second: the caller is loud at first, we are loud then and a little longer than the caller's file."""
    call = make_call("да")
    recordings.write(call.pk, call.started_at, LOUD * 2_000, QUIET * 2_000 + LOUD * 2_000)
    attach_recording(call.pk, consent=True)
    return call


def address(call: Call) -> str:
    return f"/admin/calls/call/{call.pk}/recording.wav"


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role, make_brigade(1) if role == "Бригада" else None))
    return client


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_the_caller_is_left_and_we_are_right(call: Call) -> None:
    answer = signed_in("Оператор").get(address(call))
    assert (answer.status_code, answer["Content-Type"]) == (200, "audio/wav")
    assert "no-store" in answer["Cache-Control"]
    sound = body(answer)
    assert len(sound) == int(answer["Content-Length"])
    with wave.open(io.BytesIO(sound)) as wav:
        assert (wav.getnchannels(), wav.getframerate(), wav.getsampwidth(), wav.getnframes()) == (2, 8000, 2, 4000)
        frames = memoryview(wav.readframes(4000)).cast("h")
    assert (frames[0], frames[1], frames[-2], frames[-1]) == (32256, 8, 8, 32256)


def test_any_part_is_the_same_as_that_part_of_the_whole(call: Call) -> None:
    client = signed_in("Оператор")
    whole = body(client.get(address(call)))
    for asked, begin, end in (
        ("bytes=0-", 0, len(whole)),
        ("bytes=0-1", 0, 2),
        ("bytes=30-60", 30, 61),
        ("bytes=43-46", 43, 47),
        ("bytes=9001-9007", 9001, 9008),
        ("bytes=-3", len(whole) - 3, len(whole)),
        ("bytes=16000-999999", 16000, len(whole)),
    ):
        answer = client.get(address(call), headers={"Range": asked})
        assert (answer.status_code, body(answer)) == (206, whole[begin:end]), asked
        assert answer["Content-Range"] == f"bytes {begin}-{end - 1}/{len(whole)}"
    assert client.get(address(call), headers={"Range": "bytes=99999999-"}).status_code == 416
    head = client.head(address(call))
    assert (head["Content-Length"], head["Accept-Ranges"], head.content) == (str(len(whole)), "bytes", b"")


def test_a_range_that_is_not_understood_is_the_whole() -> None:
    for header in ("", "bytes=", "bytes=-", "pages=1-2", "bytes=1-2,5-6", "bytes=а-б"):
        assert asked_range(header, 100) == (0, 100), header
    for header in ("bytes=100-", "bytes=-0", "bytes=7-3"):
        assert asked_range(header, 100) is None, header


def test_who_may_not_hear_does_not_hear(call: Call) -> None:
    for role, code in (("Просмотр", 403), ("Бригада", 302)):
        assert signed_in(role).get(address(call)).status_code == code
    assert Client().get(address(call)).status_code == 302
    viewer = make_user("Просмотр")
    viewer.user_permissions.add(Permission.objects.get(codename="hear_recording"))
    client = Client()
    client.force_login(viewer)
    assert client.get(address(call)).status_code == 200
    hide_calls(Call.objects.all(), user=None)
    assert client.get(address(call)).status_code == 404


def test_a_listening_is_one_line_of_the_audit_trail(call: Call) -> None:
    client = signed_in("Менеджер")
    for _ in range(3):
        body(client.get(address(call), headers={"Range": "bytes=0-"}))
        body(client.get(address(call), headers={"Range": "bytes=5000-"}))
    body(client.get(address(call) + "?download=1"))
    told = LogEntry.objects.filter(object_pk=str(call.pk), action=LogEntry.Action.ACCESS).order_by("pk")
    assert [entry.changes["Запись разговора"][1] for entry in told] == ["прослушана", "скачана"]


def test_programs_hear_it_over_the_api(call: Call) -> None:
    client = APIClient()
    place = f"/api/logs/{call.pk}/recording"
    assert client.get(place).status_code == 401
    client.credentials(HTTP_X_API_KEY="service-key-of-the-tests")
    [row] = client.get("/api/logs").json()
    assert row["recording"] == {"seconds": 0.5, "consent": True, "url": place}
    assert body(client.get(place))[:4] == b"RIFF"
    Recording.objects.all().delete()
    assert client.get(place).status_code == 404
    viewer = APIClient()
    viewer.force_login(make_user("Просмотр"))
    assert viewer.get(place).status_code == 403


def test_a_side_whose_file_is_gone_is_silent_and_both_gone_is_no_sound(call: Call) -> None:
    kept = Recording.objects.get()
    recordings.path_of(kept.ours_file).unlink()
    with StereoWav(*map(recordings.path_of, kept.files)) as wav:
        assert wav.readall()[-2:] == b"\x08\x00"
    recordings.path_of(kept.caller_file).unlink()
    client = signed_in("Оператор")
    assert client.get(address(call)).status_code == 404
    assert "Файлов записи нет на диске" in client.get(f"/admin/calls/call/{call.pk}/change/").text


def test_no_name_leads_out_of_the_folder(call: Call) -> None:
    Recording.objects.update(caller_file="../../secret_key")
    with pytest.raises(Exception, match="не файл записи"):
        signed_in("Оператор").get(address(call))


def test_the_card_shows_who_called_what_was_cut_and_what_happened(call: Call) -> None:
    from calls.actions import TurnRecord, identify_caller, note_event, note_greeting, open_call, record_turn

    earlier = make_call("раньше")
    call = open_call("phone", call.caller, 1, arrived_at=timezone.now(), dialled="100")
    identify_caller(call.pk, contact="Иванова Анна")
    record_turn(call.pk, TurnRecord(number=1, speaker="assistant", text="Уборка", cut="протирает перила", cut_ms=84))
    record_turn(call.pk, TurnRecord(number=2, speaker="caller", text="угу", spoken_to=False))
    note_event(call.pk, key="1", at=timezone.now(), kind="resumed", text="угу", milliseconds=430)
    page = f"/admin/calls/call/{call.pk}/change/"
    html = signed_in("Оператор").get(page).text
    for words in (
        "протирает перила",
        "умолк через 84 мс",
        "не требовал ответа",
        "Иванова Анна",
        "430 мс",
        "набран 100",
    ):
        assert words in html, words
    assert "не прозвучало" in html
    assert f"/admin/calls/call/{earlier.pk}/change/" in html
    note_greeting(call.pk, 212)
    html = signed_in("Просмотр").get(page).text
    assert "через 212 мс" in html
    assert "Иванова" not in html
    assert "call-player" not in html
