"""What is the OpenAI protocol's own: hints, answers streamed or not, what Whisper hears where nobody speaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from providers.audio import loudness
from providers.errors import Rejected, Unavailable
from providers.openai.config import RecognitionConfig, SynthesisConfig
from providers.openai.hallucinations import spoken_part
from providers.openai.recognizer import LONGEST_PROMPT, PROMPT_ENDS, OpenAIRecognizer, prompt_of
from providers.registry import probe_recognizer, probe_synthesizer, synthesizer
from providers.speech import Transcript, Voice
from providers.tests.openai_twin import OpenAITwin
from providers.tests.openai_twin.audio import SPEECH, TRANSCRIPTIONS
from providers.tests.speech_adapters import QUESTION, TEXT, openai_account
from vasdom.errors import InvalidInput

HINTS = ("РГМ-1000", "стилоскоп", "Кибальчича")


async def audio(pcm: bytes = QUESTION.pcm) -> AsyncIterator[bytes]:
    yield pcm


async def heard(twin: OpenAITwin, model: str = "gpt-transcribe", pcm: bytes = QUESTION.pcm) -> list[Transcript]:
    recognizer = OpenAIRecognizer(RecognitionConfig(account=openai_account(twin), model=model))
    return [transcript async for transcript in recognizer.transcribe(audio(pcm), hints=HINTS)]


async def said(twin: OpenAITwin, **fields: Any) -> bytes:
    config = SynthesisConfig(account=openai_account(twin), **fields)
    return b"".join([audio async for audio in synthesizer("openai", config).synthesize(TEXT)])


async def test_hints_go_as_the_model_takes_them(twin: OpenAITwin) -> None:
    twin.audio.answers += ["да", "да"]
    await heard(twin)
    await heard(twin, "whisper-1")
    first, second = (request.body for request in twin.asked(TRANSCRIPTIONS))
    assert (first["keywords"], first["languages"], first.get("prompt")) == (list(HINTS), ["ru"], None)
    assert (second["prompt"], second["language"]) == (f"РГМ-1000, стилоскоп, Кибальчича. {PROMPT_ENDS}", "ru")
    assert first["response_format"] == "json"


def test_a_prompt_holds_as_many_hints_as_it_may() -> None:
    prompt = prompt_of(["слово"] * 100)
    assert LONGEST_PROMPT - len(", слово") < prompt.rindex("слово") + len("слово") <= LONGEST_PROMPT
    assert prompt.endswith(f"слово. {PROMPT_ENDS}")
    assert prompt_of([]) == ""


async def test_an_answer_is_streamed_where_the_server_does(twin: OpenAITwin) -> None:
    twin.audio.answers += ["когда уборка", "когда уборка"]
    assert [transcript.text for transcript in await heard(twin)] == [
        "когда",
        "когда уборка",
        "когда уборка",
        "когда уборка",
    ]
    assert [transcript.text for transcript in await heard(twin, "whisper-1")] == ["когда уборка", "когда уборка"]
    assert len(twin.asked(TRANSCRIPTIONS)) == 2


@pytest.mark.parametrize("kind", ["garbage", "html"])
async def test_an_answer_that_cannot_be_read_is_a_failure(twin: OpenAITwin, kind: Any) -> None:
    twin.audio.answers.append("да")
    twin.fail(kind, path=TRANSCRIPTIONS)
    with pytest.raises(Unavailable):
        await heard(twin, "whisper-1")


@pytest.mark.parametrize("kind", ["half", "error_event"])
async def test_a_stream_without_its_end_is_a_failure(twin: OpenAITwin, kind: Any) -> None:
    twin.audio.answers.append("когда уборка в доме")
    twin.fail(kind, path=TRANSCRIPTIONS, after=2)
    with pytest.raises(Unavailable):
        await heard(twin)


async def test_silence_is_not_sent_at_all(twin: OpenAITwin) -> None:
    assert await heard(twin, pcm=bytes(32_000)) == [Transcript("", final=True)]
    assert not twin.requests


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Редактор субтитров А.Семкин Корректор А.Егорова", ""),
        ("Редактор субтитров А. Семкин Корректор А. Егорова", ""),
        ("Субтитры сделал DimaTorzok", ""),
        ("Продолжение следует...", ""),
        ("Спасибо за просмотр!", ""),
        ("Когда уборка? Субтитры создавал DimaTorzok.", "Когда уборка?"),
        ("Подписывайтесь на канал. А пока скажите, когда уборка.", "А пока скажите, когда уборка."),
        ("Музыка", ""),
        ("...", ""),
        ("РГМ-1000, стилоскоп, Кибальчича.", ""),
        ("Дом 3, КТВ, КТВ, КТВ, КТВ, КТВ, КТВ, КТВ", "Дом 3, КТВ"),
        ("нет, нет, нет, не надо", "нет, нет, нет, не надо"),
        ("стилоскоп", "стилоскоп"),
        ("Спасибо.", "Спасибо."),
        ("Угу", "Угу"),
        ("Дом 3", "Дом 3"),
        ("В подъезде играет музыка", "В подъезде играет музыка"),
        ("", ""),
    ],
)
def test_what_was_never_said_is_left_out(text: str, left: str) -> None:
    assert spoken_part(text, HINTS) == left


async def test_credits_are_never_told_to_the_caller(twin: OpenAITwin) -> None:
    twin.audio.answers.append("Субтитры сделал DimaTorzok")
    assert (await heard(twin))[-1] == Transcript("", final=True)


async def test_speech_is_asked_for_as_it_can_be_streamed(twin: OpenAITwin) -> None:
    pcm = await said(twin, voice=Voice("nova", "говори приветливо", 1.1))
    body = twin.asked(SPEECH)[0].body
    assert body == {
        "input": TEXT,
        "model": "gpt-4o-mini-tts",
        "voice": "nova",
        "response_format": "pcm",
        "speed": 1.1,
        "instructions": "говори приветливо",
    }
    assert len(pcm) / 16_000 == pytest.approx(len(TEXT) * 0.06 / 1.1, rel=0.02)
    assert loudness(pcm) > 1000


async def test_a_model_without_instructions_gets_none(twin: OpenAITwin) -> None:
    await said(twin, model="tts-1", voice=Voice(role="говори приветливо"))
    body = twin.asked(SPEECH)[0].body
    assert "instructions" not in body
    assert body["voice"] == "alloy"


async def test_a_page_in_place_of_audio_is_a_failure(twin: OpenAITwin) -> None:
    twin.fail("html", path=SPEECH)
    with pytest.raises(Unavailable):
        await said(twin)


async def test_a_server_without_speech_says_so(twin: OpenAITwin) -> None:
    twin.fail("status", path=SPEECH, status=404)
    with pytest.raises(Rejected):
        await said(twin)


def test_a_status_page_asks_each_one_once(twin: OpenAITwin) -> None:
    account = openai_account(twin)
    assert probe_recognizer("openai", RecognitionConfig(account=account)) == ""
    assert probe_synthesizer("openai", SynthesisConfig(account=account)) == ""
    assert [request.path for request in twin.requests] == [TRANSCRIPTIONS, SPEECH]
    twin.fail("status", path=TRANSCRIPTIONS, status=401)
    assert "ключ" in probe_recognizer("openai", RecognitionConfig(account=account))


@pytest.mark.parametrize("fields", [{"model": " "}, {"voice": Voice(speed=5)}])
def test_a_config_that_cannot_work_is_refused(twin: OpenAITwin, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        SynthesisConfig(account=openai_account(twin), **fields)


async def test_one_connection_is_kept_for_all(twin: OpenAITwin) -> None:
    for _ in range(3):
        await said(twin)
        await heard(twin)
    await asyncio.sleep(0)
    assert twin.connections == 1
