"""What the product says of its own state."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from houses.models import SyncRun
from providers.tests.yandex_twin import YandexTwin
from vasdom.health import components, heartbeat, memory, probes
from vasdom.health.services import SERVICES
from vasdom.health.states import State
from vasdom.health.stores import valkey
from vasdom.jobs import heartbeat as heartbeat_job
from vasdom.jobs import probe_services
from vasdom.tests.servers import answering, closed_port, silent

NAMES = {
    *("database", "valkey", "worker", "beat", "bitrix24", "voice", "telegram", "asterisk", "google", "openai"),
    *("yandex_speech", "openai_speech", "espeak"),
}
SECRET = "70000001:secret-token"
KEYS = {
    "TELEGRAM_BOT_TOKEN": "",
    "ARI_URL": "",
    "ARI_USER": "",
    "ARI_PASSWORD": "",
    "GOOGLE_MAPS_API_KEY": "",
    "OPENAI_API_KEY": "",
    "YANDEX_API_KEY": "",
    "YANDEX_OAUTH_TOKEN": "",
    "YANDEX_FOLDER_ID": "",
    "BITRIX24_WEBHOOK_URL": "",
}


@pytest.fixture(autouse=True)
def _a_clean_start(settings: Any) -> Iterator[None]:
    for name, value in KEYS.items():
        setattr(settings, name, value)
    wipe()
    yield
    memory.forget()


def wipe() -> None:
    memory.forget()
    with valkey() as client:
        for key in client.scan_iter("vasdom:*"):
            client.delete(key)


@pytest.fixture
def working() -> None:
    """Worker and beat have just given signs of life."""
    for who in ("worker", "beat", "jobs"):
        heartbeat.sign(who)


def point_database_at(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", str(port))


# --- /healthz


def test_healthz_needs_no_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


# --- /readyz


@pytest.mark.django_db
def test_readyz_names_every_component_with_state_since_and_reason(client: Client, working: None) -> None:
    answer = client.get("/readyz")
    body = answer.json()
    assert answer.status_code == 200
    assert body["status"] == "ok"
    assert body["version"]
    assert set(body["components"]) == NAMES
    for name, part in body["components"].items():
        assert part["state"] in {"ok", "off", "failing"}, name
        assert datetime.fromisoformat(part["since"]).tzinfo
        assert (part["reason"] is None) == (part["state"] == "ok"), name
    assert {"last_sync", "age_seconds"} <= set(body["components"]["bitrix24"])


@pytest.mark.django_db
def test_what_lacks_a_key_is_off_says_which_variable_and_breaks_nothing(client: Client, working: None) -> None:
    parts = client.get("/readyz").json()["components"]
    assert parts["telegram"]["state"] == "off"
    assert parts["telegram"]["reason"] == "Не задана переменная TELEGRAM_BOT_TOKEN"
    assert "BITRIX24_WEBHOOK_URL" in parts["bitrix24"]["reason"]
    assert parts["asterisk"]["reason"] == "Не заданы переменные ARI_URL, ARI_USER, ARI_PASSWORD"


@pytest.mark.parametrize("host", ["evil.example", "10.0.0.5"])
def test_probes_are_answered_whatever_name_they_use(client: Client, host: str) -> None:
    assert client.get("/healthz", HTTP_HOST=host).status_code == 200


def test_a_probe_is_never_sent_to_https(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/healthz").status_code == 200


def test_a_dead_database_is_503_in_json(client: Client, working: None, monkeypatch: pytest.MonkeyPatch) -> None:
    point_database_at(closed_port(), monkeypatch)
    answer = client.get("/readyz")
    body = answer.json()
    assert answer.status_code == 503
    assert body["status"] == "down"
    assert body["components"]["database"]["state"] == "failing"
    assert body["components"]["worker"]["state"] == "ok"


def test_a_database_that_hangs_is_noticed_within_two_seconds(
    client: Client, working: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with silent() as port:
        point_database_at(port, monkeypatch)
        begun = time.monotonic()
        answer = client.get("/readyz")
        assert time.monotonic() - begun < 2.2
        assert answer.status_code == 503
        assert answer.json()["components"]["database"]["reason"] == "База данных: не отвечает"


@pytest.mark.django_db
def test_a_valkey_that_hangs_is_503_within_two_seconds(client: Client, settings: Any) -> None:
    with silent() as port:
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        begun = time.monotonic()
        answer = client.get("/readyz")
        assert time.monotonic() - begun < 2.2
    parts = answer.json()["components"]
    assert answer.status_code == 503
    assert parts["valkey"]["state"] == "failing"
    assert parts["worker"]["reason"] == "Неизвестно: Valkey не отвечает"
    assert parts["telegram"]["state"] == "off"


@pytest.mark.django_db
def test_readyz_tells_no_secret(client: Client, working: None, settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN = SECRET
    settings.TELEGRAM_API_URL = f"http://127.0.0.1:{closed_port()}"
    settings.BITRIX24_WEBHOOK_URL = "http://127.0.0.1:1/rest/1/webhooksecret/"
    probe_services()
    text = client.get("/readyz").content.decode()
    assert "secret" not in text


# --- worker and beat


@pytest.mark.django_db
def test_a_worker_never_heard_of_is_failing_and_degrades(client: Client) -> None:
    body = client.get("/readyz").json()
    assert body["status"] == "degraded"
    assert body["components"]["worker"]["state"] == "failing"
    assert body["components"]["beat"]["state"] == "failing"


@pytest.mark.django_db
def test_a_worker_that_fell_silent_is_failing_since_its_last_sign(working: None) -> None:
    last = timezone.now() - timedelta(minutes=5)
    with valkey() as client:
        client.set(heartbeat.PREFIX + "worker", last.isoformat())
    worker = components()["worker"]
    assert worker.state is State.FAILING
    assert worker.since == last
    assert timezone.localtime(last).strftime("%H:%M") in worker.reason


@pytest.mark.django_db
def test_a_worker_that_lives_but_runs_no_job_is_failing(working: None) -> None:
    with valkey() as client:
        client.set(heartbeat.PREFIX + "jobs", (timezone.now() - timedelta(minutes=20)).isoformat())
    assert "не выполняются" in components()["worker"].reason


# --- since when


@pytest.mark.django_db
def test_since_stays_while_the_state_does_and_survives_a_restart(working: None) -> None:
    first = components()["database"].since
    memory.forget()  # what this process held is gone
    assert components()["database"].since == first


@pytest.mark.django_db
def test_since_begins_anew_when_the_state_changes(working: None, settings: Any) -> None:
    before = components()["google"]
    settings.GOOGLE_MAPS_API_KEY = "key"
    after = components()["google"]
    assert (before.state, after.state) == (State.OFF, State.OK)
    assert before.since
    assert after.since
    assert after.since > before.since


def test_an_outage_of_valkey_is_remembered_when_it_is_back(
    working: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_database_at(closed_port(), monkeypatch)
    good = settings.REDIS_URL
    was_ok_since = components()["valkey"].since
    settings.REDIS_URL = f"redis://127.0.0.1:{closed_port()}/0"
    assert components()["valkey"].state is State.FAILING
    settings.REDIS_URL = good
    back = components()["valkey"]
    assert back.state is State.OK
    assert back.since
    assert was_ok_since
    assert back.since > was_ok_since


# --- Bitrix24


def make_run(**values: Any) -> SyncRun:
    now = timezone.now()
    return SyncRun.objects.create(**{"kind": "delta", "state": "done", "finished_at": now, "data_as_of": now} | values)


@pytest.mark.django_db
def test_bitrix24_is_well_after_a_fresh_sync_and_tells_its_age(working: None, settings: Any) -> None:
    settings.BITRIX24_WEBHOOK_URL = "https://portal.example/rest/1/x/"
    make_run(data_as_of=timezone.now() - timedelta(seconds=90))
    part = components()["bitrix24"].as_json()
    assert part["state"] == "ok"
    assert 89 <= part["age_seconds"] <= 100
    assert datetime.fromisoformat(part["last_sync"])


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["failed", "refused"])
def test_bitrix24_is_failing_as_soon_as_a_sync_failed(working: None, settings: Any, state: str) -> None:
    settings.BITRIX24_WEBHOOK_URL = "https://portal.example/rest/1/x/"
    make_run(finished_at=timezone.now() - timedelta(minutes=5), data_as_of=timezone.now() - timedelta(minutes=5))
    make_run(state=state, data_as_of=None)
    part = components()["bitrix24"]
    assert part.state is State.FAILING
    assert part.reason
    assert part.extra["age_seconds"] >= 300


@pytest.mark.django_db
def test_a_failed_sync_gives_its_own_reason_so_that_a_person_knows_what_to_do(working: None, settings: Any) -> None:
    settings.BITRIX24_WEBHOOK_URL = "https://portal.example/rest/1/x/"
    make_run(finished_at=timezone.now() - timedelta(minutes=2))
    make_run(state="failed", data_as_of=None, errors=["Срок вебхука Bitrix24 истёк: создайте новый."])
    assert components()["bitrix24"].reason == "Срок вебхука Bitrix24 истёк: создайте новый."
    make_run()
    assert components()["bitrix24"].state == State.OK


@pytest.mark.django_db
def test_bitrix24_with_a_webhook_and_no_sync_yet_is_failing_without_an_invented_age(
    working: None, settings: Any
) -> None:
    settings.BITRIX24_WEBHOOK_URL = "https://portal.example/rest/1/x/"
    part = components()["bitrix24"].as_json()
    assert part["state"] == "failing"
    assert part["last_sync"] is None
    assert part["age_seconds"] is None


# --- outside services


def state_of(name: str) -> tuple[str, str]:
    probe_services()
    with valkey() as client:
        kept = client.hget(probes.KEY, name)
    reason = json.loads(str(kept))["reason"]
    return ("failing" if reason else "ok"), reason


def test_telegram_works_when_it_knows_the_bot(settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN = SECRET
    with answering({f"/bot{SECRET}/getMe": (200, {"ok": True, "result": {}})}) as url:
        settings.TELEGRAM_API_URL = url
        assert state_of("telegram") == ("ok", "")


def test_telegram_that_refuses_the_token_says_so_without_it(settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN = SECRET
    with answering({f"/bot{SECRET}/getMe": (401, {"ok": False})}) as url:
        settings.TELEGRAM_API_URL = url
        assert state_of("telegram") == ("failing", "Telegram не принял токен бота")


def test_an_openai_server_is_asked_for_its_models(settings: Any) -> None:
    settings.OPENAI_API_KEY = "sk-key"
    seen: list[dict[str, str]] = []
    with answering({"/v1/models": (200, {"object": "list", "data": []})}, seen=seen) as url:
        settings.OPENAI_BASE_URL = f"{url}/v1"
        assert state_of("openai") == ("ok", "")
    assert seen[0]["authorization"] == "Bearer sk-key"


@pytest.mark.parametrize(
    ("status", "words"), [(401, "не принял ключ"), (429, "лимит"), (500, "кодом 500"), (404, "кодом 404")]
)
def test_an_openai_server_that_refuses_is_failing_with_the_reason(settings: Any, status: int, words: str) -> None:
    settings.OPENAI_API_KEY = "sk-key"
    with answering({"/v1/models": (status, {"error": {"message": "no"}})}) as url:
        settings.OPENAI_BASE_URL = f"{url}/v1"
        state, reason = state_of("openai")
    assert state == "failing"
    assert words in reason


@pytest.fixture
def speech_kit(settings: Any) -> Iterator[YandexTwin]:
    with YandexTwin() as twin:
        for name, value in twin.settings.items():
            setattr(settings, name, value)
        yield twin


def test_speechkit_is_asked_to_hear_and_to_speak(speech_kit: YandexTwin) -> None:
    assert state_of("yandex_speech") == ("ok", "")
    assert [request.method for request in speech_kit.requests] == ["recognize", "synthesize"]


def test_speechkit_that_refuses_is_failing_with_the_reason(speech_kit: YandexTwin) -> None:
    speech_kit.state.api_key = "another"
    assert state_of("yandex_speech") == ("failing", "SpeechKit не принял ключ или права на каталог")


def test_a_question_that_costs_money_is_asked_at_the_start_and_not_every_few_minutes(speech_kit: YandexTwin) -> None:
    probe_services(at_start=True)
    probe_services()
    assert len(speech_kit.asked("synthesize")) == 1
    probe_services(at_start=True)
    assert len(speech_kit.asked("synthesize")) == 2


def test_a_bad_answer_is_asked_for_again_each_time(speech_kit: YandexTwin) -> None:
    speech_kit.fail("status", method="recognize", code="UNAVAILABLE", times=2)
    assert state_of("yandex_speech")[0] == "failing"
    assert state_of("yandex_speech")[0] == "failing"
    assert state_of("yandex_speech") == ("ok", "")


def test_speechkit_is_on_with_an_oauth_token_and_a_folder_only(settings: Any) -> None:
    service = next(service for service in SERVICES if service.name == "yandex_speech")
    assert service.off_because() == "Не задана переменная YANDEX_API_KEY"
    settings.YANDEX_OAUTH_TOKEN = "token"
    assert service.off_because()
    settings.YANDEX_FOLDER_ID = "folder"
    assert service.off_because() == ""


ARI = {
    "/ari/api-docs/resources.json": (
        200,
        {
            "apiVersion": "8",
            "swaggerVersion": "1.1",
            "basePath": "http://localhost:8088/ari",
            "apis": [{"path": "/api-docs/asterisk.{format}", "description": ""}],
        },
    ),
    "/ari/api-docs/asterisk.json": (
        200,
        {
            "apiVersion": "8",
            "swaggerVersion": "1.1",
            "basePath": "http://localhost:8088/ari",
            "resourcePath": "/api-docs/asterisk.{format}",
            "apis": [
                {
                    "path": "/asterisk/info",
                    "description": "",
                    "operations": [{"httpMethod": "GET", "nickname": "getInfo", "responseClass": "AsteriskInfo"}],
                }
            ],
            "models": {},
        },
    ),
    "/ari/asterisk/info": (200, {"system": {"version": "22.0.0"}}),
}


def with_ari(settings: Any, url: str) -> None:
    settings.ARI_URL, settings.ARI_USER, settings.ARI_PASSWORD = url, "office", "p&ss#1%+x"


def test_asterisk_is_asked_over_ari_and_the_password_stays_out_of_addresses(settings: Any) -> None:
    seen: list[dict[str, str]] = []
    described = json.loads(json.dumps(ARI))
    with answering(described, seen=seen) as url:
        for name in ("resources", "asterisk"):
            described[f"/ari/api-docs/{name}.json"][1]["basePath"] = f"{url}/ari"
        with_ari(settings, url)
        assert state_of("asterisk") == ("ok", "")
    assert seen[-1]["path"].startswith("/ari/asterisk/info")
    assert all("api_key" not in one["path"] and "p&ss" not in one["path"] for one in seen)
    assert seen[-1]["authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"/ari/api-docs/resources.json": (401, {})}, "не принял пользователя"),
        ({"/ari/api-docs/resources.json": (200, [])}, "не Asterisk"),
        ({}, "кодом 404"),
    ],
)
def test_an_asterisk_that_does_not_serve_is_failing_with_the_reason(settings: Any, answers: Any, words: str) -> None:
    with answering(answers) as url:
        with_ari(settings, url)
        state, reason = state_of("asterisk")
    assert state == "failing"
    assert words in reason


def test_an_asterisk_that_is_away_is_failing(settings: Any) -> None:
    with_ari(settings, f"http://127.0.0.1:{closed_port()}")
    assert state_of("asterisk") == ("failing", "Нет связи с Asterisk")


@pytest.mark.django_db
def test_a_service_never_asked_or_asked_long_ago_is_not_said_to_work(working: None, settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN = SECRET
    assert components()["telegram"].reason == "Ещё не проверялось"
    old = probes.Answer("", timezone.now() - timedelta(hours=1))
    with valkey() as client:
        client.hset(probes.KEY, "telegram", old.dump())
    assert components()["telegram"].reason.startswith("Не проверялось с")


# --- the jobs behind it


@pytest.mark.django_db
def test_the_heartbeat_notes_changes_that_nobody_looks_at(working: None, settings: Any) -> None:
    settings.GOOGLE_MAPS_API_KEY = "key"
    heartbeat_job()
    noted = timezone.now()
    assert "jobs" in heartbeat.last_signs()
    since = components()["google"].since
    assert since
    assert since <= noted


@pytest.mark.django_db
def test_the_jobs_stand_in_the_schedule_once() -> None:
    from importlib import import_module

    from django.apps import apps
    from django_celery_beat.models import PeriodicTask

    migration = import_module("vasdom.migrations.0002_health_jobs")
    row = PeriodicTask.objects.get(task="vasdom.jobs.probe_services")
    row.enabled = False
    row.save()
    migration.create_jobs(apps, None)
    assert PeriodicTask.objects.filter(task="vasdom.jobs.heartbeat").count() == 1
    assert PeriodicTask.objects.get(task="vasdom.jobs.probe_services").enabled is False
    assert str(row.crontab.timezone) == "Europe/Moscow"
