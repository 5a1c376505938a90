"""The twin of SpeechKit as other tests, benchmarks and people use it."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
import requests

from providers.registry import recognizer, synthesizer
from providers.speech_deadlines import RecognitionDeadlines
from providers.tests.speech_adapters import CLIPS, QUESTION, SAID, TEXT, VOCABULARY
from providers.tests.speech_marks import mark
from providers.tests.yandex_twin import YandexTwin
from providers.yandex.config import RecognitionConfig, SynthesisConfig, YandexAccount
from vasdom.env import ROOT

ROOMY = RecognitionDeadlines(final_seconds=20)


def account(settings: dict[str, str]) -> YandexAccount:
    return YandexAccount(
        api_key=settings["YANDEX_API_KEY"],
        stt_endpoint=settings["YANDEX_STT_ENDPOINT"],
        tts_endpoint=settings["YANDEX_TTS_ENDPOINT"],
    )


async def in_real_time(pcm: bytes) -> AsyncIterator[bytes]:
    began = time.monotonic()
    for number, at in enumerate(range(0, len(pcm), 320), 1):
        yield pcm[at : at + 320]
        await asyncio.sleep(max(0.0, began + 0.02 * number - time.monotonic()))


async def heard(settings: dict[str, str], pcm: bytes = QUESTION.pcm) -> list[tuple[float, str]]:
    """Texts with the second at which each came."""
    ears = recognizer("yandex", RecognitionConfig(account=account(settings), deadlines=ROOMY))
    await ears.ready()
    began = time.monotonic()
    async with aclosing(ears.transcribe(in_real_time(pcm))) as transcripts:
        return [(time.monotonic() - began, transcript.text) async for transcript in transcripts]


@pytest.fixture
def command(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The twin in a process of its own, and the settings that it prints."""
    VOCABULARY.save(tmp_path / "words.txt")
    arguments = ["--port", "0", "--http-port", "0", "--words", str(tmp_path / "words.txt"), "--voice", "tone"]
    process = subprocess.Popen(
        [sys.executable, "-m", "providers.tests.yandex_twin", *arguments, "--recognition-ms", "100", "--key", "trial"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield dict(process.stdout.readline().strip().split("=", 1) for _ in range(6))
    process.send_signal(signal.SIGINT)
    assert "Запросов было: 3" in process.communicate(timeout=20)[0]
    assert process.returncode == 0


def test_the_command_prints_its_settings_listens_speaks_and_fails_when_told(command: dict[str, str]) -> None:
    assert command["YANDEX_API_KEY"] == "trial"
    assert asyncio.run(heard(command))[-1][1] == QUESTION.text
    switchboard = command["YANDEX_IAM_URL"].replace("/iam/v1/tokens", "/twin")
    requests.post(f"{switchboard}/faults", data=json.dumps({"kind": "empty", "method": "recognize"}), timeout=5)
    assert asyncio.run(heard(command))[-1][1] == ""

    async def said() -> float:
        voice = synthesizer("yandex", SynthesisConfig(account=account(command)))
        return sum([len(audio) async for audio in voice.synthesize(TEXT)]) / 16_000

    assert asyncio.run(said()) == pytest.approx(len(TEXT) * 0.06, rel=0.02)
    told = requests.get(f"{switchboard}/requests", timeout=5).json()
    assert [word["word"] for word in told[0]["heard"]] == list(SAID)
    assert "headers" not in told[0]


def test_a_word_is_told_so_long_after_its_last_sample() -> None:
    with YandexTwin(vocabulary=VOCABULARY, recognition_seconds=0.25) as twin:
        texts = asyncio.run(heard(twin.settings))
    for spoken, (at, text) in zip(QUESTION.timeline, texts, strict=False):
        assert text.split()[-1] == spoken.word
        assert spoken.ended + 0.1 < at
    assert texts[-1][0] > QUESTION.seconds + 0.2
    assert texts[-1][1] == QUESTION.text


def test_a_word_that_was_cut_off_is_not_told_but_remembered() -> None:
    marked = mark([("Кибальчича", CLIPS["Кибальчича"]), ("уборка", CLIPS["уборка"])], VOCABULARY)
    with YandexTwin(vocabulary=VOCABULARY) as twin:
        texts = asyncio.run(heard(twin.settings, marked.pcm[len(CLIPS["Кибальчича"]) // 4 * 2 :]))
        (request,) = twin.asked("recognize")
    assert texts[-1][1] == "уборка"
    assert [(word.word, word.whole) for word in request.heard] == [("Кибальчича", False), ("уборка", True)]


def test_a_stopped_twin_starts_again_on_its_ports() -> None:
    twin = YandexTwin(vocabulary=VOCABULARY)
    with twin:
        before = twin.settings
    with twin:
        assert twin.settings == before
        assert asyncio.run(heard(twin.settings))[-1][1] == QUESTION.text
