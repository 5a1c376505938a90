"""Ready sentences: said once, kept on disk, and said anew when they sound otherwise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from providers.tests.openai_twin import OpenAITwin
from providers.tests.openai_twin.audio import SPEECH
from voice.phone.engine_settings import stock_texts
from voice.phone.phrases import PhraseStore, signature
from voice.phone.speaker import PhoneSpeaker, prepare
from voice.snapshot import active_settings
from voice.threads import in_thread


@pytest.mark.django_db(transaction=True)
async def test_what_is_on_disk_is_not_said_again(twin: OpenAITwin, tmp_path: Path) -> None:
    call = replace(await in_thread(active_settings), synthesizers=("openai",))
    now = timezone.localtime()
    texts = stock_texts(call, now)
    assert await prepare(call, PhraseStore(tmp_path), now) == 0
    assert len(twin.asked(SPEECH)) == len(texts)

    later = PhraseStore(tmp_path)
    assert await prepare(call, later, now) == 0
    assert len(twin.asked(SPEECH)) == len(texts)
    assert all(later.is_own(signature(call), text) for text in texts)


@pytest.mark.django_db(transaction=True)
async def test_what_another_vendor_said_for_the_first_is_not_kept(twin: OpenAITwin, tmp_path: Path) -> None:
    pytest.importorskip("espeakng_loader")
    call = replace(await in_thread(active_settings), synthesizers=("openai", "espeak"))
    store = PhraseStore(tmp_path)
    speaker = PhoneSpeaker(call, store)
    for text in ("Ближайшая уборка завтра.", "Потом в пятницу."):
        assert b"".join([audio async for audio in speaker.speak(text)])
        twin.fail("status", path=SPEECH, status=500, times=10)
    assert store.get(signature(call), "Ближайшая уборка завтра.")
    assert not store.get(signature(call), "Потом в пятницу.")


def test_a_sentence_that_is_read_in_other_words_is_not_on_disk(tmp_path: Path) -> None:
    PhraseStore(tmp_path).keep("voice", "5 мм", "пять миллиметров", b"\x55")
    later = PhraseStore(tmp_path)
    assert not later.load("voice", "5 мм", "пять мэ мэ")
    assert later.get("voice", "5 мм") == b""
    assert later.load("voice", "5 мм", "пять миллиметров")
    assert later.get("voice", "5 мм") == b"\x55"


@pytest.mark.django_db
def test_another_model_of_speech_is_another_voice(settings: Any) -> None:
    call = active_settings()
    before = signature(call)
    settings.OPENAI_TTS_MODEL = "another"
    assert signature(call) != before
