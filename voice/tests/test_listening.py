"""«Прослушать»: a text in the voice of the form, through the telephone's codec."""

from __future__ import annotations

import base64
import io
import wave
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from django.urls import reverse

from providers.tests.yandex_twin import YandexTwin
from voice import actions
from voice.tests.test_admin import sent, signed_in

pytestmark = pytest.mark.django_db
LISTEN = reverse("admin:voice_listen")
JSON = {"headers": {"accept": "application/json"}}


@pytest.fixture
def yandex(settings: Any) -> Iterator[YandexTwin]:
    """SpeechKit on loopback."""
    with YandexTwin() as twin:
        settings.YANDEX_API_KEY = "key-of-the-twin"
        settings.YANDEX_STT_ENDPOINT = settings.YANDEX_TTS_ENDPOINT = twin.endpoint
        settings.YANDEX_TTS_HTTP_URL, settings.YANDEX_IAM_URL = twin.http_url, twin.iam_url
        yield twin


def listened(data: dict[str, Any], role: str = "Директор") -> Any:
    return signed_in(role).post(LISTEN, data, **JSON)  # type: ignore[arg-type]


def samples(answer: Any) -> Any:
    with wave.open(io.BytesIO(base64.b64decode(answer.json()["wav"]))) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2)
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2")


def test_the_voice_of_the_form_speaks_before_anything_is_saved(yandex: YandexTwin) -> None:
    form = sent(voice_yandex="marina", role_yandex="friendly", speech_speed="1.3", stress_words="замок=з+амок")
    answer = listened(form | {"listen_text": "Замок на ул. Кибальчича, 3"})

    assert answer.status_code == 200
    asked = yandex.asked("synthesize")[-1].fields
    assert (asked["voice"], asked["role"]) == ("marina", "friendly")
    assert asked["speed"] == pytest.approx(1.3)
    assert "з+амок" in asked["text"].lower()
    assert not any(letter.isdecimal() for letter in asked["text"])
    assert "Говорит Яндекс SpeechKit" in answer.json()["told"]
    assert np.abs(samples(answer)).max() > 1000
    assert actions.active_revision().voice_yandex == "jane"


def test_what_is_heard_has_been_through_the_codec_of_the_telephone(yandex: YandexTwin) -> None:
    heard = samples(listened(sent() | {"listen_text": "Раз, два, три"}))

    assert len(set(heard.tolist())) <= 256


def test_a_saved_revision_is_listened_to_by_its_number(yandex: YandexTwin) -> None:
    revision = actions.save_revision({"voice_yandex": "alena", "role_yandex": "good"}, author=None)

    assert listened({"revision": revision.pk, "listen_text": "Раз"}).status_code == 200
    assert yandex.asked("synthesize")[-1].fields["voice"] == "alena"


def test_the_next_vendor_speaks_when_the_first_has_no_key_and_that_is_said() -> None:
    answer = listened(sent(synthesizers=["yandex", "espeak"]) | {"listen_text": "Проверка связи"})

    told = answer.json()["told"]
    assert "Говорит eSpeak" in told
    assert "YANDEX_API_KEY" in told
    assert len(samples(answer)) > 4000


def test_when_nobody_can_speak_the_reasons_are_said() -> None:
    answer = listened(sent(synthesizers=["yandex", "openai"]) | {"listen_text": "Раз"})

    message = answer.json()["error"]["message"]
    assert answer.status_code == 400
    assert "Сказать это некому" in message
    assert "YANDEX_API_KEY" in message
    assert "OPENAI_API_KEY" in message


@pytest.mark.parametrize(
    ("changed", "text", "words"),
    [
        ({}, " ", "Напишите, что сказать"),
        ({}, "а" * 501, "не больше 500"),
        ({"voice_yandex": "alisa"}, "Раз", "Нет такого голоса"),
        ({"speech_speed": "9"}, "Раз", "корость речи"),
        ({"stress_words": "замок"}, "Раз", "ожидается слово"),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(changed: dict[str, Any], text: str, words: str) -> None:
    answer = listened(sent(**changed) | {"listen_text": text})

    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]


def test_a_browser_without_our_script_gets_the_sound_itself() -> None:
    answer = signed_in("Директор").post(LISTEN, sent(synthesizers=["espeak"]) | {"listen_text": "Раз"})

    assert answer["Content-Type"] == "audio/wav"
    assert answer.content[:4] == b"RIFF"


def test_the_rest_of_the_form_may_be_unfinished() -> None:
    answer = listened(sent(synthesizers=["espeak"], greeting="", qa_prompt="") | {"listen_text": "Раз"})

    assert answer.status_code == 200


def test_an_unknown_revision_is_not_found() -> None:
    assert listened({"revision": "999999", "listen_text": "Раз"}).status_code == 404
    assert listened({"revision": "9" * 30, "listen_text": "Раз"}).status_code == 404
