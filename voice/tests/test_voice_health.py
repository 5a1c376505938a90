"""Signs of life of the voice processes, and what the pages make of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from vasdom.health import line
from vasdom.health.states import State
from voice import health
from voice.phone.state import line_state


@pytest.fixture(autouse=True)
def _silence() -> Iterator[None]:
    yield
    for app in ("bot-a", "bot-b"):
        health.gone(app)


@pytest.fixture
def phone_on(settings: Any) -> None:
    settings.ARI_URL, settings.ARI_USER, settings.ARI_PASSWORD = "http://127.0.0.1:8088", "bot", "password-of-ari"


def test_a_process_that_beats_is_listed_with_what_it_says() -> None:
    started = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
    health.beat(app="bot-b", calls=2, version="22.10.1", warnings=["Старый Asterisk"], started=started)
    health.beat(app="bot-a", calls=1, connected=False)

    first, second = health.processes()

    assert (first.app, first.calls, first.connected, first.version) == ("bot-a", 1, False, "")
    assert (second.app, second.calls, second.version, second.warnings) == ("bot-b", 2, "22.10.1", ("Старый Asterisk",))
    assert second.started == started


def test_a_sign_fades_after_fifteen_seconds() -> None:
    health.beat(app="bot-a", calls=0)

    with health._valkey() as client:
        assert 10 < client.ttl(health.PREFIX + "bot-a") <= health.LIFE_SECONDS


def test_a_process_that_ends_is_gone_at_once() -> None:
    health.beat(app="bot-a", calls=0)
    health.gone("bot-a")

    assert health.processes() == []


def test_a_valkey_that_is_away_stops_no_call(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    health.beat(app="bot-a", calls=0)
    health.gone("bot-a")

    assert line_state().processes is None


def test_without_a_way_to_asterisk_the_line_is_off() -> None:
    reading = line.reading()

    assert reading.state is State.OFF
    assert "ARI_URL" in reading.reason


def test_a_phone_without_a_process_is_failing(phone_on: None) -> None:
    assert line.reading().state is State.FAILING
    assert "не запущен" in line.reading().reason


def test_a_phone_that_lost_asterisk_is_failing(phone_on: None) -> None:
    health.beat(app="bot-a", calls=0, connected=False)

    assert line.reading().reason == "Нет связи с Asterisk"


def test_a_phone_that_answers_is_well_and_counts_its_calls(phone_on: None) -> None:
    health.beat(app="bot-a", calls=3, version="22.10.1")
    health.beat(app="bot-b", calls=1, connected=False)

    reading = line.reading()

    assert reading.state is State.OK
    assert reading.extra == {"calls": 4, "processes": 2}
    assert "bot-b" in reading.note


def test_vendors_of_speech_say_what_they_lack(settings: Any) -> None:
    settings.OPENAI_API_KEY = "key-for-tests"

    states = {vendor.name: vendor for vendor in line_state().vendors}

    assert states["OpenAI или совместимый сервер"].why == ""
    assert "YANDEX_API_KEY" in states["Яндекс SpeechKit"].why
    assert states["eSpeak (без сети)"].does == "говорит"
