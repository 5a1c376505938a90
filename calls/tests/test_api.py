"""`/api/logs` and the bare `/logs` of the original."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from calls.actions import identify_caller, note_event, note_greeting
from calls.models import Call
from calls.tests.factories import PHONE, make_call
from houses.tests.factories import make_brigade, make_house, make_user

pytestmark = pytest.mark.django_db
KEY = "service-key-of-the-tests"


@pytest.fixture
def client(settings: Any) -> APIClient:
    settings.API_KEYS = [KEY]
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=KEY)
    return client


def signed_in(role: str) -> APIClient:
    client = APIClient()
    client.force_login(make_user(role, make_brigade(1) if role == "Бригада" else None))
    return client


def found(client: APIClient, query: str) -> list[str]:
    return [row["callerId"] for row in client.get(f"/logs?{query}").json()]


def test_a_call_has_the_shape_of_the_original(client: APIClient) -> None:
    at = timezone.make_aware(datetime(2026, 11, 5, 12, 0))
    call = make_call(
        "Сколько стоит?", "Зависит.", at=at, answer={"base": "general", "citations": [{"document": "Цены"}]}
    )
    answer = client.get("/api/logs")
    assert (answer["X-Total-Count"], answer["X-Total-Pages"]) == ("1", "1")
    [row] = answer.json()
    said = json.loads(row.pop("transcript_json"))
    moment = "2026-11-05T12:00:00+03:00"
    assert row == {
        "id": str(call.pk),
        "callerId": PHONE,
        "startTime": moment,
        "endTime": "2026-11-05T12:01:00+03:00",
        "status": "Completed",
        "channel": "phone",
        "kb": "general",
        "revision": 7,
        "duration_seconds": 60.0,
        "house": None,
        "contact": "",
        "dialled": "",
        "arrivedTime": None,
        "greeted_ms": None,
        "ending": None,
        "recording": None,
        "events": [],
    }
    caller = {"speaker": "user", "text": "сколько стоит?", "raw": "Сколько стоит?", "timestamp": moment}
    bot = {"speaker": "bot", "text": "Зависит.", "timestamp": moment, "kb": "general", "rating": None}
    bot["citations"] = [{"document": "Цены"}]
    place = {"from_ms": None, "to_ms": None}
    caller |= place | {"spoken_to": True, "digits": False, "recognizer": None}
    bot |= place | {"cut": "", "interrupted": False, "cut_ms": None, "first_audio_ms": None, "timings": {}}
    assert said == [caller, bot | {"synthesizer": None}]


def test_what_is_known_of_a_phone_call_is_told(client: APIClient) -> None:
    house = make_house()
    call = make_call(
        "да", "Уборка завтра.", house=house, dialled="100", answer={"first_audio_ms": 800, "cut": "Влажная."}
    )
    note_greeting(call.pk, 210)
    identify_caller(call.pk, contact="Иванова Анна")
    note_event(call.pk, key="1", at=call.started_at, kind="callback", text="на 8 495 000-00-00", milliseconds=None)
    [row] = client.get("/api/logs").json()
    assert row["house"] == {"id": house.pk, "title": str(house)}
    assert (row["contact"], row["dialled"], row["greeted_ms"]) == ("Иванова Анна", "100", 210)
    assert [(event["kind"], event["milliseconds"]) for event in row["events"]] == [("callback", None)]
    answer = json.loads(row["transcript_json"])[1]
    assert (answer["cut"], answer["first_audio_ms"]) == ("Влажная.", 800)
    [row] = signed_in("Просмотр").get("/api/logs").json()
    assert row["contact"] == ""
    assert "495" not in row["events"][0]["text"]


def test_the_log_is_narrowed_as_in_the_original(client: APIClient) -> None:
    at = timezone.make_aware(datetime(2026, 11, 5, 23, 30))
    make_call("моете ли вы окна", caller="a", at=at)
    make_call("уборка", caller="b", at=at + timedelta(hours=1), status="Failed", channel="ws")
    make_call("", caller="c", at=at + timedelta(days=9), status="InProgress")
    assert found(client, "") == ["c", "b", "a"]
    assert found(client, "q=окно") == ["a"]
    assert found(client, "status=failed") == ["b"]
    assert found(client, "channel=ws") == ["b"]
    assert found(client, "date_from=2026-11-05&date_to=2026-11-05") == ["a"], "the whole day, in company time"
    assert found(client, "date_from=2026-11-05T21:00:00Z") == ["c", "b"]
    assert found(client, "date_to=2026-11-06T00:30:00+03:00") == ["b", "a"]
    assert found(client, "limit=1&page=2") == ["b"]
    assert found(client, "page=9") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("date_from=вчера", "date_from"),
        ("date_to=2026-13-40", "date_to"),
        ("status=odd", "status"),
        ("channel=odd", "channel"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("q=%00", "q"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(client: APIClient, query: str, field: str) -> None:
    for address in ("/api/logs", "/api/logs/csv"):
        answer = client.get(f"{address}?{query}")
        if field != "limit" or address == "/api/logs":
            assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)


def test_the_file_has_the_columns_of_the_original_and_no_formula(client: APIClient) -> None:
    make_call("=1+1", "нет", caller="гость")
    make_call("другое", status="Failed")
    answer = client.get("/logs/csv?status=Completed")
    content = answer.getvalue()  # type: ignore[attr-defined]
    assert content.startswith(b"\xef\xbb\xbf")
    assert "call_logs.csv" in answer["Content-Disposition"]
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert header == ["ID", "Номер", "Начало", "Конец", "Статус", "Диалог"]
    [row] = rows
    assert (row[1], row[4], row[5]) == ("гость", "Completed", "[USER] =1+1\n[BOT] нет")


def test_only_the_key_and_the_director_clear_the_log(client: APIClient) -> None:
    make_call("а")
    make_call("б", status="Failed")
    for role in ("Менеджер", "Оператор", "Просмотр", "Бригада"):
        assert signed_in(role).delete("/logs").status_code == 403
    narrowed = client.delete("/logs?status=Failed").json()
    assert (narrowed["message"], narrowed["hidden"]) == ("Удалено логов: 1", 1)
    body = signed_in("Директор").delete("/api/logs").json()
    assert (body["message"], body["hidden"]) == ("Все логи удалены", 1)
    assert client.get("/logs").json() == []
    assert Call.objects.hidden().count() == 2, "they can still be brought back"


def test_a_wrong_filter_clears_nothing(client: APIClient) -> None:
    make_call("а")
    assert client.delete("/logs?status=odd").status_code == 400
    assert Call.objects.hidden().count() == 0


def test_a_viewer_reads_no_number_and_cannot_guess_it(client: APIClient) -> None:
    make_call(f"Перезвоните на {PHONE}", "Хорошо")
    viewer = signed_in("Просмотр")
    [row] = viewer.get("/logs").json()
    assert row["callerId"] == "•••01"
    assert "0000001" not in row["transcript_json"]
    assert "0000001" not in viewer.get("/logs/csv").getvalue().decode()  # type: ignore[attr-defined]
    assert found(viewer, "q=0000000001") == []
    assert len(found(client, "q=0000000001")) == 1
    assert len(found(client, "q=8 000 000-00-01")) == 1


def test_brigades_and_strangers_read_nothing() -> None:
    make_call("а")
    assert signed_in("Бригада").get("/api/logs").status_code == 403
    assert APIClient().get("/api/logs").status_code == 401
    assert APIClient().get("/logs/csv").status_code == 401


def test_the_log_asks_the_database_the_same_number_of_times_however_long_it_is(client: APIClient) -> None:
    from django.db import connection

    def queries(number: int) -> int:
        for _ in range(number):
            make_call("вопрос", "ответ")
        with CaptureQueriesContext(connection) as asked:
            client.get("/api/logs?q=вопрос")
        return len(asked)

    assert queries(2) == queries(9)
