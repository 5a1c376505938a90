"""Ears and voices as a revision orders them, on the twins of both vendors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

import pytest

from providers.errors import ProviderError
from providers.registry import close
from providers.speech import SpeechRecognizer, SpeechSynthesizer, Voice
from providers.tests.speech_adapters import QUESTION, TEXT, Twins, running_twins
from voice import speech

OFF = ("YANDEX_API_KEY", "YANDEX_OAUTH_TOKEN", "YANDEX_FOLDER_ID", "OPENAI_API_KEY")


@pytest.fixture(autouse=True)
def _no_keys(settings: Any) -> None:
    for name in OFF:
        setattr(settings, name, "")


@pytest.fixture
def twins(settings: Any) -> Iterator[Twins]:
    with running_twins() as both:
        for name, value in both.yandex.settings.items():
            setattr(settings, name, value)
        settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "twin", both.openai.url
        yield both


async def audio() -> AsyncIterator[bytes]:
    for at in range(0, len(QUESTION.pcm), 640):
        yield QUESTION.pcm[at : at + 640]
        await asyncio.sleep(0.005)


def heard(recognizer: SpeechRecognizer) -> str:
    async def listen() -> str:
        text = ""
        async with aclosing(recognizer.transcribe(audio())) as transcripts:
            async for transcript in transcripts:
                text = transcript.text
        await close()
        return text

    return asyncio.run(listen())


def said(synthesizer: SpeechSynthesizer, text: str = TEXT) -> float:
    async def speak() -> float:
        async with aclosing(synthesizer.synthesize(text)) as pieces:
            seconds = sum([len(audio) async for audio in pieces]) / 16_000
        await close()
        return seconds

    return asyncio.run(speak())


def test_the_order_is_the_revisions(twins: Twins) -> None:
    assert heard(speech.recognizer(["openai", "yandex"], budget_seconds=30)) == QUESTION.text
    assert not twins.yandex.asked("recognize")
    assert heard(speech.recognizer(["yandex", "openai"], budget_seconds=30)) == QUESTION.text
    assert len(twins.yandex.asked("recognize")) == 1


def test_a_voice_is_the_revisions(twins: Twins) -> None:
    said(speech.synthesizer(["yandex"], {"yandex": Voice("jane", "good", 1.1)}))
    fields = twins.yandex.asked("synthesize")[0].fields
    assert (fields["voice"], fields["role"], fields["speed"]) == ("jane", "good", 1.1)


def test_speechkit_over_http_speaks_when_grpc_fails(twins: Twins) -> None:
    twins.yandex.fail("status", method="synthesize", code="UNAVAILABLE")
    assert said(speech.synthesizer(["yandex", "openai"], first_audio_seconds=15)) > 2.5
    assert [request.method for request in twins.yandex.requests] == ["synthesize", "http"]
    assert not twins.openai.requests


def test_the_next_vendor_says_the_rest_when_the_audio_breaks_off(twins: Twins) -> None:
    twins.yandex.fail("reset", method="synthesize", after=3)
    twins.yandex.fail("status", method="http", code="UNAVAILABLE")
    assert said(speech.synthesizer(["yandex", "openai"], first_audio_seconds=15)) > 2.5
    rest = twins.openai.asked("/audio/speech")[0].body["input"]
    assert TEXT.endswith(rest)
    assert rest != TEXT


def test_the_next_vendor_hears_all_that_was_said(twins: Twins) -> None:
    twins.yandex.fail("reset", method="recognize", after=2)
    assert heard(speech.recognizer(["yandex", "openai"], budget_seconds=30)) == QUESTION.text
    assert len(twins.openai.asked("/audio/transcriptions")) == 1


def test_vendors_without_a_key_are_left_out(twins: Twins, settings: Any) -> None:
    settings.YANDEX_API_KEY = ""
    assert heard(speech.recognizer(budget_seconds=30)) == QUESTION.text
    assert not twins.yandex.requests
    assert "YANDEX_API_KEY" in speech.missing_for("yandex")
    assert speech.missing_for("openai") == ""


def test_an_oauth_token_does_with_a_folder_only(settings: Any) -> None:
    settings.YANDEX_OAUTH_TOKEN = "token"
    assert "YANDEX_FOLDER_ID" in speech.missing_for("yandex")
    settings.YANDEX_FOLDER_ID = "folder"
    assert speech.missing_for("yandex") == ""


def test_a_key_that_cannot_be_one_is_a_reason_and_no_crash(settings: Any) -> None:
    settings.YANDEX_API_KEY = "ключ"
    assert "недопустимые знаки" in speech.missing_for("yandex")
    assert speech.recognizer(["yandex"]).name == "никто"


def test_without_any_vendor_it_says_so_when_asked() -> None:
    with pytest.raises(ProviderError, match="некому"):
        heard(speech.recognizer())
    with pytest.raises(ProviderError, match="некому"):
        said(speech.synthesizer(["yandex", "openai"]))


def test_espeak_speaks_without_a_key_when_its_library_is_there() -> None:
    assert speech.missing_for("espeak") == ""
    assert said(speech.synthesizer(["yandex", "espeak"], {"espeak": Voice("ru+f3", "", 1.1)})) > 2


def test_a_voice_is_tried_before_it_is_used(twins: Twins) -> None:
    assert speech.check_voice("yandex", Voice("jane")) == ""
    assert "голос" in speech.check_voice("yandex", Voice("shrek"))
    assert speech.check_recognizer("yandex") == ""
    twins.openai.fail("status", path="/audio/transcriptions", status=401)
    assert "ключ" in speech.check_recognizer("openai")


def test_the_same_order_is_the_same_chain_so_that_it_learns(twins: Twins) -> None:
    assert speech.synthesizer(["yandex"]) is speech.synthesizer(["yandex"])
    assert speech.synthesizer(["yandex"]) is not speech.synthesizer(["yandex"], {"yandex": Voice("jane")})
