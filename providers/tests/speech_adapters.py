"""How each vendor of speech is brought to behave, so that one suite tests them all.

A new vendor: a class with `vendor`, `can` and `recognizer` or `synthesizer`, and its line in `EARS` or `VOICES`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

from providers.errors import Rejected, Unavailable
from providers.openai import config as openai
from providers.recognizer_chain import RecognizerChain
from providers.registry import recognizer, synthesizer
from providers.scripted.recognizer import ScriptedRecognizerConfig, Utterance
from providers.scripted.synthesizer import ScriptedSynthesizerConfig
from providers.speech import SpeechRecognizer, SpeechSynthesizer
from providers.speech_deadlines import RecognitionDeadlines, SynthesisDeadlines
from providers.speech_steps import SpeechStep
from providers.synthesizer_chain import SynthesizerChain
from providers.tests.openai_twin import OpenAITwin
from providers.tests.openai_twin.audio import SPEECH, TRANSCRIPTIONS
from providers.tests.speech_marks import Marked, Vocabulary, mark, speak_words
from providers.tests.yandex_twin import YandexTwin
from providers.yandex import config as yandex

KEY = "the-very-secret-key"
FAR_AWAY = 3600.0
CLIPS = speak_words(["когда", "уборка", "на", "Кибальчича", "угу"])
VOCABULARY = Vocabulary.of(CLIPS)
SAID = ("когда", "уборка", "на", "Кибальчича")
QUESTION: Marked = mark([(word, CLIPS[word]) for word in SAID], VOCABULARY)
TEXT = "Уборка подъезда будет в четверг, моют все этажи."
LETTER_SECONDS = 0.06
Behaviour = Literal["works", "stalls", "silent", "breaks", "busy", "refuses", "empty", "slow", "holds"]


@dataclass
class Twins:
    """Both services on loopback, knowing the same words."""

    yandex: YandexTwin
    openai: OpenAITwin

    @property
    def gone(self) -> bool:
        """Has the client given up every request of speech?"""
        asked = [*self.yandex.requests, *self.openai.requests]
        return all(request.gone for request in asked if not request.done or request.gone)


@contextmanager
def running_twins() -> Iterator[Twins]:
    with ExitStack() as stack:
        twins = Twins(stack.enter_context(YandexTwin(vocabulary=VOCABULARY)), stack.enter_context(OpenAITwin()))
        twins.openai.audio.vocabulary = VOCABULARY
        yield twins


def yandex_account(twin: YandexTwin, *, oauth: bool = False, key: str = KEY) -> yandex.YandexAccount:
    return yandex.YandexAccount(
        api_key="" if oauth else key,
        oauth_token=key if oauth else "",
        folder_id="folder",
        stt_endpoint=twin.endpoint,
        tts_endpoint=twin.endpoint,
        tts_http_url=twin.http_url,
        iam_url=twin.iam_url,
    )


def openai_account(twin: OpenAITwin) -> openai.Account:
    return openai.Account(api_key=KEY, base_url=twin.url)


class Ears(Protocol):
    """One recogniser. `interim`: it tells words while the audio comes."""

    vendor: ClassVar[str]
    can: ClassVar[frozenset[Behaviour]]
    interim: ClassVar[bool]

    def recognizer(self, twins: Twins, behaviour: Behaviour, deadlines: RecognitionDeadlines) -> SpeechRecognizer: ...


class Voice(Protocol):
    """One synthesizer."""

    vendor: ClassVar[str]
    can: ClassVar[frozenset[Behaviour]]

    def synthesizer(self, twins: Twins, behaviour: Behaviour, deadlines: SynthesisDeadlines) -> SpeechSynthesizer: ...


def fail_yandex(twin: YandexTwin, behaviour: Behaviour, method: str) -> None:
    for _ in range(4):  # every attempt of a chain meets the same
        match behaviour:
            case "stalls":
                twin.fail("stall", method=method)
            case "silent":
                twin.fail("silence", method=method, after=2)
            case "breaks":
                twin.fail("reset", method=method, after=2)
            case "busy":
                twin.fail("status", method=method, code="RESOURCE_EXHAUSTED")
            case "refuses":
                twin.state.api_key = "another-key"
                twin.state.oauth_token = "another-token"
            case "empty":
                twin.fail("empty", method=method)
            case "slow":
                twin.fail("drip", method=method, seconds=0.05)
            case "holds":
                twin.fail("hold", method=method)


def fail_openai(twin: OpenAITwin, behaviour: Behaviour, path: str) -> None:
    for _ in range(4):
        match behaviour:
            case "stalls":
                twin.fail("stall", path=path)
            case "silent":
                twin.fail("silence", path=path, after=2)
            case "breaks":
                twin.fail("reset", path=path, after=2)
            case "busy":
                twin.fail("status", path=path, status=429, code="rate_limit_exceeded")
            case "refuses":
                twin.fail("status", path=path, status=401, code="invalid_api_key", message=f"Incorrect key: {KEY}.")
            case "empty":
                twin.fail("empty", path=path)
            case "slow":
                twin.fail("drip", path=path, seconds=0.05)
            case "holds":
                twin.fail("hold", path=path)


class YandexEars:
    vendor = "yandex"
    can = frozenset({"works", "stalls", "silent", "breaks", "busy", "refuses", "holds"})
    interim = True
    oauth = False

    def recognizer(self, twins: Twins, behaviour: Behaviour, deadlines: RecognitionDeadlines) -> SpeechRecognizer:
        fail_yandex(twins.yandex, behaviour, "recognize")
        account = yandex_account(twins.yandex, oauth=self.oauth)
        return recognizer("yandex", yandex.RecognitionConfig(account=account, deadlines=deadlines))


class YandexEarsByToken(YandexEars):
    vendor = "yandex, IAM"
    oauth = True


class OpenAIEars:
    vendor = "openai"
    can = frozenset({"works", "stalls", "silent", "breaks", "busy", "refuses", "holds"})
    interim = False
    model = "gpt-transcribe"

    def recognizer(self, twins: Twins, behaviour: Behaviour, deadlines: RecognitionDeadlines) -> SpeechRecognizer:
        fail_openai(twins.openai, behaviour, TRANSCRIPTIONS)
        account = openai_account(twins.openai)
        return recognizer("openai", openai.RecognitionConfig(account=account, model=self.model, deadlines=deadlines))


class WhisperEars(OpenAIEars):
    """A server that does not stream: the answer is there or is not."""

    vendor = "openai, not streaming"
    can = frozenset({"works", "stalls", "busy", "refuses"})
    model = "whisper-1"


class ScriptedEars:
    vendor = "scripted"
    can = frozenset({"works", "stalls", "breaks", "busy", "refuses"})
    interim = True

    def recognizer(self, twins: Twins, behaviour: Behaviour, deadlines: RecognitionDeadlines) -> SpeechRecognizer:
        ends = tuple(spoken.ended for spoken in QUESTION.timeline)
        refused = Rejected("Ключ не подошёл", code="provider_key")
        utterance = {
            "works": Utterance(text=QUESTION.text, ends=ends),
            "stalls": Utterance(silent=True),
            "breaks": Utterance(text=QUESTION.text, error=Unavailable("Связь прервалась"), error_after_seconds=0.9),
            "busy": Utterance(error=Unavailable("Занято", code="provider_busy")),
            "refuses": Utterance(error=refused),
        }[behaviour]
        config = ScriptedRecognizerConfig(
            script=(utterance,), lag_seconds=0.05, final_seconds=0.05, deadlines=deadlines
        )
        return recognizer("scripted", config)


class ChainEars:
    """A chain is a recogniser too."""

    vendor = "chain"
    can = YandexEars.can
    interim = True

    def recognizer(self, twins: Twins, behaviour: Behaviour, deadlines: RecognitionDeadlines) -> SpeechRecognizer:
        only = YandexEars().recognizer(twins, behaviour, deadlines)
        return RecognizerChain([SpeechStep(only, "yandex", "yandex")], budget_seconds=deadlines.final_seconds)


class YandexVoice:
    vendor = "yandex"
    can = frozenset({"works", "stalls", "silent", "breaks", "busy", "refuses", "empty", "slow"})
    key, method, oauth = "yandex", "synthesize", False

    def synthesizer(self, twins: Twins, behaviour: Behaviour, deadlines: SynthesisDeadlines) -> SpeechSynthesizer:
        fail_yandex(twins.yandex, behaviour, self.method)
        account = yandex_account(twins.yandex, oauth=self.oauth)
        return synthesizer(self.key, yandex.SynthesisConfig(account=account, deadlines=deadlines))


class YandexVoiceByToken(YandexVoice):
    vendor = "yandex, IAM"
    oauth = True


class YandexHttpVoice(YandexVoice):
    vendor = "yandex_http"
    key, method = "yandex_http", "http"


class OpenAIVoice:
    vendor = "openai"
    can = YandexVoice.can

    def synthesizer(self, twins: Twins, behaviour: Behaviour, deadlines: SynthesisDeadlines) -> SpeechSynthesizer:
        fail_openai(twins.openai, behaviour, SPEECH)
        return synthesizer("openai", openai.SynthesisConfig(account=openai_account(twins.openai), deadlines=deadlines))


class ScriptedVoice:
    vendor = "scripted"
    can = YandexVoice.can - {"empty"}

    def synthesizer(self, twins: Twins, behaviour: Behaviour, deadlines: SynthesisDeadlines) -> SpeechSynthesizer:
        fields: dict[str, Any] = {
            "works": {},
            "stalls": {"first_delay_seconds": FAR_AWAY},
            "silent": {"stalls_after_seconds": 0.4},
            "breaks": {"error": Unavailable("Связь прервалась"), "error_after_seconds": 0.4},
            "busy": {"error": Unavailable("Занято", code="provider_busy")},
            "refuses": {"error": Rejected("Ключ не подошёл", code="provider_key")},
            "slow": {"piece_seconds": 0.02, "delay_seconds": 0.05},
        }[behaviour]
        return synthesizer("scripted", ScriptedSynthesizerConfig(deadlines=deadlines, **fields))


class EspeakVoice:
    vendor = "espeak"
    can = frozenset({"works"})

    def synthesizer(self, twins: Twins, behaviour: Behaviour, deadlines: SynthesisDeadlines) -> SpeechSynthesizer:
        return synthesizer("espeak")


class ChainVoice:
    """A chain is a voice too."""

    vendor = "chain"
    can = frozenset({"works", "stalls", "silent", "breaks", "busy", "refuses", "empty"})

    def synthesizer(self, twins: Twins, behaviour: Behaviour, deadlines: SynthesisDeadlines) -> SpeechSynthesizer:
        only = YandexVoice().synthesizer(twins, behaviour, deadlines)
        step = SpeechStep(only, "yandex", "yandex")
        return SynthesizerChain([step], first_audio_seconds=deadlines.first_audio_seconds)


EARS: tuple[Ears, ...] = (
    YandexEars(),
    YandexEarsByToken(),
    OpenAIEars(),
    WhisperEars(),
    ScriptedEars(),
    ChainEars(),
)
VOICES: tuple[Voice, ...] = (
    YandexVoice(),
    YandexVoiceByToken(),
    YandexHttpVoice(),
    OpenAIVoice(),
    EspeakVoice(),
    ScriptedVoice(),
    ChainVoice(),
)
