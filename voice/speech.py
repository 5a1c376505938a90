"""Ears and voices of the phone: the vendors of a revision's order, with the environment's keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings

from providers import registry
from providers.errors import Rejected
from providers.openai import config as openai
from providers.recognizer_chain import BUDGET_SECONDS, RecognizerChain
from providers.speech import (
    USUAL_VOICE,
    Speech,
    SpeechRecognizer,
    SpeechSynthesizer,
    Transcripts,
    Voice,
)
from providers.speech_steps import SpeechStep
from providers.synthesizer_chain import FIRST_AUDIO_SECONDS, SynthesizerChain
from providers.yandex import config as yandex
from vasdom.errors import VasdomError
from voice import voices

RECOGNIZERS, SYNTHESIZERS = voices.RECOGNIZERS, voices.SYNTHESIZERS
# A vendor of an order may have more than one door.
DOORS: Mapping[str, tuple[str, ...]] = {"yandex": ("yandex", "yandex_http")}
Account = yandex.YandexAccount | openai.Account | None


def missing_for(vendor: str) -> str:
    """Why a vendor of speech is off, one Russian sentence; nothing = it has what it needs."""
    if reason := voices.missing(vendor):
        return reason
    try:
        _account(vendor)
    except VasdomError as exc:  # a key or an address that cannot be one
        return exc.message
    return ""


def recognizer(order: Sequence[str] = RECOGNIZERS, *, budget_seconds: float = BUDGET_SECONDS) -> SpeechRecognizer:
    """Those of the order that are not off, one behind another; cheap when asked for again.

    Args:
        budget_seconds: from the end of the audio to the final transcript, for all of them together.
    """
    usable = tuple((vendor, _account(vendor)) for vendor in order if not missing_for(vendor))
    return _ears(usable, settings.OPENAI_STT_MODEL, budget_seconds)


def only_recognizer(vendor: str) -> SpeechRecognizer:
    """One vendor alone, without the deadlines of a call: for measurements. It must not be off."""
    return registry.recognizer(vendor, _recognition(vendor, _account(vendor), settings.OPENAI_STT_MODEL))


def synthesizer(
    order: Sequence[str] = SYNTHESIZERS,
    voices: Mapping[str, Voice] | None = None,
    *,
    first_audio_seconds: float = FIRST_AUDIO_SECONDS,
) -> SpeechSynthesizer:
    """Those of the order that are not off, one behind another; cheap when asked for again.

    Args:
        voices: by vendor; one that is not there speaks in its usual voice.
        first_audio_seconds: how long one of them may take until its first audio; all together, twice as long.
    """
    chosen = voices or {}
    usable = tuple(
        (vendor, _account(vendor), chosen.get(vendor, USUAL_VOICE)) for vendor in order if not missing_for(vendor)
    )
    return _mouth(usable, settings.OPENAI_TTS_MODEL, first_audio_seconds)


def check_recognizer(vendor: str) -> str:
    """Have a moment of sound recognised; why it does not work, or nothing. Blocks a few seconds at most."""
    if reason := missing_for(vendor):
        return reason
    config = _recognition(vendor, _account(vendor), settings.OPENAI_STT_MODEL)
    return registry.probe_recognizer(vendor, config)


def check_voice(vendor: str, voice: Voice = USUAL_VOICE) -> str:
    """Have a word said in this voice; why it does not work, or nothing. Blocks a few seconds at most."""
    if reason := missing_for(vendor):
        return reason
    try:
        config = _synthesis(vendor, _account(vendor), voice, settings.OPENAI_TTS_MODEL)
    except VasdomError as exc:  # a speed that the vendor does not have
        return exc.message
    return registry.probe_synthesizer(vendor, config)


@lru_cache(maxsize=16)
def _ears(usable: tuple[tuple[str, Account], ...], model: str, budget_seconds: float) -> SpeechRecognizer:
    if not usable:
        return Nobody()
    steps = [
        SpeechStep(registry.recognizer(vendor, _recognition(vendor, account, model)), f"ears {vendor}", vendor)
        for vendor, account in usable
    ]
    return RecognizerChain(steps, budget_seconds=budget_seconds)


@lru_cache(maxsize=32)
def _mouth(usable: tuple[tuple[str, Account, Voice], ...], model: str, seconds: float) -> SpeechSynthesizer:
    if not usable:
        return Nobody()
    steps = [
        SpeechStep(
            registry.synthesizer(door, _synthesis(vendor, account, voice, model)),
            f"voice {door}",
            vendor,
            instant=registry.SYNTHESIZERS[door].instant,
        )
        for vendor, account, voice in usable
        for door in DOORS.get(vendor, (vendor,))
    ]
    return SynthesizerChain(steps, first_audio_seconds=seconds, patience_seconds=2 * seconds)


def _account(vendor: str) -> Account:
    if vendor == "yandex":
        return yandex.YandexAccount(
            api_key=settings.YANDEX_API_KEY,
            oauth_token=settings.YANDEX_OAUTH_TOKEN,
            folder_id=settings.YANDEX_FOLDER_ID,
            stt_endpoint=settings.YANDEX_STT_ENDPOINT,
            tts_endpoint=settings.YANDEX_TTS_ENDPOINT,
            tts_http_url=settings.YANDEX_TTS_HTTP_URL,
            iam_url=settings.YANDEX_IAM_URL,
        )
    if vendor == "openai":
        return openai.Account(api_key=settings.OPENAI_API_KEY, base_url=settings.OPENAI_BASE_URL)
    return None


def _recognition(vendor: str, account: Account, model: str) -> Any:
    if isinstance(account, yandex.YandexAccount):
        return yandex.RecognitionConfig(account=account)
    if isinstance(account, openai.Account):
        return openai.RecognitionConfig(account=account, model=model)
    return None


def _synthesis(vendor: str, account: Account, voice: Voice, model: str) -> Any:
    if isinstance(account, yandex.YandexAccount):
        return yandex.SynthesisConfig(account=account, voice=voice)
    if isinstance(account, openai.Account):
        return openai.SynthesisConfig(account=account, model=model, voice=voice)
    if vendor == "espeak":
        from providers.espeak.synthesizer import EspeakConfig

        return EspeakConfig(voice=voice)
    return None


class Nobody:
    """Neither hears nor speaks: no vendor of the order has what it needs."""

    name = "никто"
    takes_stress = False

    async def ready(self) -> None:
        """Nothing to prepare."""

    async def transcribe(self, audio: AsyncIterator[bytes], *, hints: Sequence[str] = ()) -> Transcripts:
        raise Rejected("Распознавать речь некому: ни один поставщик не настроен", detail="no vendor")
        yield

    async def synthesize(self, text: str) -> Speech:
        raise Rejected("Говорить некому: ни один поставщик речи не настроен", detail="no vendor")
        yield
