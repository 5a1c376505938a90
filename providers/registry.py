"""The vendors by key. Nothing of theirs is imported before it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

from providers.embeddings import EmbeddingModel
from providers.errors import ProviderError
from providers.llm import LanguageModel
from providers.speech import SpeechRecognizer, SpeechSynthesizer
from vasdom.errors import NotFound


@dataclass(frozen=True, slots=True)
class Vendor:
    """One line of the registry.

    Attributes:
        label: for people who choose (Russian).
        path: "module:Class" of the adapter; its one argument is a config.
        config: "module:Class" of the frozen config that it takes.
        needs: environment variables without which it is off.
        instant: it answers from this process, without a network.
        probe: "module:function" that asks the vendor one cheap question, given its config, or for speech what makes its
            adapter; without one there is nothing to ask.
        close: "module:function", a coroutine that closes the running loop's connections.
    """

    label: str
    path: str
    config: str
    needs: tuple[str, ...] = ()
    instant: bool = False
    probe: str = ""
    close: str = ""


APART = "providers.apart.helper"

LANGUAGE_MODELS: Mapping[str, Vendor] = {
    "openai": Vendor(
        "OpenAI или совместимый сервер",
        "providers.openai.chat:OpenAIChat",
        "providers.openai.config:ChatConfig",
        needs=("OPENAI_API_KEY",),
        probe="providers.openai.probe:ask_models",
        close="providers.openai.clients:close",
    ),
    "extractive": Vendor(
        "Ответы из базы знаний, без модели",
        "providers.extractive.model:Extractive",
        "providers.extractive.model:ExtractiveConfig",
        instant=True,
    ),
    "scripted": Vendor(
        "По сценарию (для проверок)",
        "providers.scripted.model:Scripted",
        "providers.scripted.model:ScriptedConfig",
        instant=True,
    ),
}

EMBEDDING_MODELS: Mapping[str, Vendor] = {
    "openai": Vendor(
        "OpenAI или совместимый сервер",
        "providers.openai.embeddings:OpenAIEmbeddings",
        "providers.openai.config:EmbeddingsConfig",
        needs=("OPENAI_API_KEY",),
        probe="providers.openai.probe:ask_models",
        close="providers.openai.clients:close",
    ),
    "scripted": Vendor(
        "По буквам слов (для проверок)",
        "providers.scripted.embeddings:ScriptedEmbeddings",
        "providers.scripted.embeddings:ScriptedEmbeddingsConfig",
        instant=True,
    ),
}

RECOGNIZERS: Mapping[str, Vendor] = {
    "yandex": Vendor(
        "Yandex SpeechKit",
        "providers.yandex.recognizer:YandexRecognizer",
        "providers.yandex.config:RecognitionConfig",
        needs=("YANDEX_API_KEY",),
        probe="providers.speech_probe:ask_recognizer",
        close="providers.yandex.clients:close",
    ),
    "openai": Vendor(
        "OpenAI или совместимый сервер",
        "providers.openai.recognizer:OpenAIRecognizer",
        "providers.openai.config:RecognitionConfig",
        needs=("OPENAI_API_KEY",),
        probe="providers.speech_probe:ask_recognizer",
        close="providers.openai.clients:close",
    ),
    "scripted": Vendor(
        "По сценарию (для проверок)",
        "providers.scripted.recognizer:ScriptedRecognizer",
        "providers.scripted.recognizer:ScriptedRecognizerConfig",
        instant=True,
    ),
}

SYNTHESIZERS: Mapping[str, Vendor] = {
    "yandex": Vendor(
        "Yandex SpeechKit",
        "providers.yandex.synthesizer:YandexSynthesizer",
        "providers.yandex.config:SynthesisConfig",
        needs=("YANDEX_API_KEY",),
        probe="providers.speech_probe:ask_synthesizer",
        close="providers.yandex.clients:close",
    ),
    "yandex_http": Vendor(
        "Yandex SpeechKit по HTTP",
        "providers.yandex.http_synthesizer:YandexHttpSynthesizer",
        "providers.yandex.config:SynthesisConfig",
        needs=("YANDEX_API_KEY",),
        probe="providers.speech_probe:ask_synthesizer",
        close="providers.yandex.clients:close",
    ),
    "openai": Vendor(
        "OpenAI или совместимый сервер",
        "providers.openai.synthesizer:OpenAISynthesizer",
        "providers.openai.config:SynthesisConfig",
        needs=("OPENAI_API_KEY",),
        probe="providers.speech_probe:ask_synthesizer",
        close="providers.openai.clients:close",
    ),
    "espeak": Vendor(
        "espeak: без сети и без ключа",
        "providers.espeak.synthesizer:Espeak",
        "providers.espeak.synthesizer:EspeakConfig",
        instant=True,
        probe="providers.speech_probe:ask_synthesizer",
    ),
    "scripted": Vendor(
        "По сценарию (для проверок)",
        "providers.scripted.synthesizer:ScriptedSynthesizer",
        "providers.scripted.synthesizer:ScriptedSynthesizerConfig",
        instant=True,
    ),
}


def language_model(key: str, config: Any = None) -> LanguageModel:
    """The adapter of this vendor. Cheap: connections are shared by all adapters with the same account.

    Args:
        config: the vendor's own config; None where its defaults will do.

    Raises:
        NotFound: no such vendor.
    """
    return cast(LanguageModel, _built(LANGUAGE_MODELS, key, config))


def embedding_model(key: str, config: Any = None) -> EmbeddingModel:
    """Like `language_model`."""
    return cast(EmbeddingModel, _built(EMBEDDING_MODELS, key, config))


def recognizer(key: str, config: Any = None) -> SpeechRecognizer:
    """Like `language_model`."""
    return cast(SpeechRecognizer, _built(RECOGNIZERS, key, config))


def synthesizer(key: str, config: Any = None) -> SpeechSynthesizer:
    """Like `language_model`."""
    return cast(SpeechSynthesizer, _built(SYNTHESIZERS, key, config))


def probe(key: str, config: Any = None) -> str:
    """Ask a vendor one cheap question, for the status page. Blocks a few seconds at most.

    Returns:
        Why it does not work, a Russian sentence without a secret; nothing = it works, or there is nothing to ask.
    """
    vendor = LANGUAGE_MODELS.get(key) or EMBEDDING_MODELS.get(key)
    return _asked(vendor, key, config)


def probe_recognizer(key: str, config: Any = None) -> str:
    """Like `probe`, with half a second of a tone to recognise."""
    return _asked(RECOGNIZERS.get(key), key, lambda: recognizer(key, config))


def probe_synthesizer(key: str, config: Any = None) -> str:
    """Like `probe`, with a word to say: also whether the voice exists."""
    return _asked(SYNTHESIZERS.get(key), key, lambda: synthesizer(key, config))


def _asked(vendor: Vendor | None, key: str, question: Any) -> str:
    if vendor is None:
        raise NotFound(f"Нет такого поставщика AI: {key}.")
    if not vendor.probe:
        return ""
    try:
        _named(vendor.probe)(question)
    except ProviderError as exc:
        return exc.message
    return ""


async def close() -> None:
    """Close the connections that adapters opened in the running loop, and end the process that asks models for it; a
    later request opens new ones."""
    if APART in sys.modules:
        await _named(f"{APART}:close")()
    vendors = (LANGUAGE_MODELS, EMBEDDING_MODELS, RECOGNIZERS, SYNTHESIZERS)
    for path in {vendor.close for kind in vendors for vendor in kind.values() if vendor.close}:
        if path.partition(":")[0] in sys.modules:
            await _named(path)()


def _built(vendors: Mapping[str, Vendor], key: str, config: Any) -> Any:
    vendor = vendors.get(key)
    if vendor is None:
        raise NotFound(f"Нет такого поставщика AI: {key}.")
    return _named(vendor.path)(_named(vendor.config)() if config is None else config)


def _named(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
