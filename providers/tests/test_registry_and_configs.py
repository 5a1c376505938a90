"""Vendors by key, configs that check themselves, the question of the status page, cheap imports."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from providers.llm import Message
from providers.openai.config import Account, ChatConfig, EmbeddingsConfig
from providers.registry import (
    EMBEDDING_MODELS,
    LANGUAGE_MODELS,
    RECOGNIZERS,
    SYNTHESIZERS,
    Vendor,
    embedding_model,
    language_model,
    probe,
    probe_recognizer,
    probe_synthesizer,
    recognizer,
    synthesizer,
)
from providers.scripted.embeddings import ScriptedEmbeddingsConfig
from providers.scripted.model import Line
from providers.tests.adapters import KEY, account
from providers.tests.openai_twin import OpenAITwin
from vasdom.env import ROOT
from vasdom.errors import InvalidInput, NotFound

ACCOUNT = Account(api_key=KEY)
HEAVY = {
    "openai",
    "langchain",
    "langchain_core",
    "langchain_openai",
    "httpx",
    "httpx2",
    "pydantic",
    "django",
    "aiohttp",
    "grpc",
    "yandex",
    "espeakng_loader",
    "numpy",
}


ALL = [vendor for kind in (LANGUAGE_MODELS, EMBEDDING_MODELS, RECOGNIZERS, SYNTHESIZERS) for vendor in kind.values()]


@pytest.mark.parametrize("vendor", ALL, ids=lambda item: item.path)
def test_every_line_of_the_registry_leads_somewhere(vendor: Vendor) -> None:
    for path in filter(None, (vendor.path, vendor.config, vendor.probe, vendor.close)):
        module, _, name = path.partition(":")
        assert callable(getattr(import_module(module), name))
    assert vendor.label


@pytest.mark.parametrize(
    "find", [language_model, embedding_model, recognizer, synthesizer, probe, probe_recognizer, probe_synthesizer]
)
def test_an_unknown_vendor_is_not_found(find: Callable[[str], object]) -> None:
    with pytest.raises(NotFound, match="gigachat"):
        find("gigachat")


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Account(api_key="  "), "api_key"),
        (lambda: Account(api_key="ключ"), "api_key"),
        (lambda: Account(api_key="sk-a\nb"), "api_key"),
        (lambda: Account(api_key="k", base_url="api.openai.com"), "base_url"),
        (lambda: Account(api_key="k", base_url="ftp://server/v1"), "base_url"),
        (lambda: Account(api_key="k", base_url="https://user:password@server/v1"), "base_url"),
        (lambda: Account(api_key="k", connect_seconds=0), "connect_seconds"),
        (lambda: ChatConfig(account=ACCOUNT, model=" "), "model"),
        (lambda: ChatConfig(account=ACCOUNT, model="m", temperature=2.1), "temperature"),
        (lambda: ChatConfig(account=ACCOUNT, model="m", temperature=float("nan")), "temperature"),
        (lambda: ChatConfig(account=ACCOUNT, model="m", max_tokens=0), "max_tokens"),
        (lambda: EmbeddingsConfig(account=ACCOUNT, dimensions=0), "dimensions"),
        (lambda: EmbeddingsConfig(account=ACCOUNT, batch_size=5000), "batch_size"),
        (lambda: EmbeddingsConfig(account=ACCOUNT, timeout_seconds=-1), "timeout_seconds"),
        (lambda: ScriptedEmbeddingsConfig(dimensions=0), "dimensions"),
        (lambda: Line(), "text"),
        (lambda: Line(text="x", when="("), "when"),
        (lambda: Message("robot", "x"), "role"),  # type: ignore[arg-type]
        (lambda: Message("tool", "x"), "tool_call_id"),
    ],
)
def test_a_wrong_value_is_refused_where_it_is_written(make: Callable[[], object], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        make()
    assert caught.value.field == field


def test_a_key_is_in_no_repr_and_a_config_cannot_be_changed() -> None:
    config = ChatConfig(account=ACCOUNT, model="gpt-4o-mini")
    shown = [config, ACCOUNT, language_model("openai", config), EmbeddingsConfig(account=ACCOUNT)]
    assert KEY not in "".join(map(repr, shown)) + "".join(map(str, shown))
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.model = "other"  # type: ignore[misc]


def test_an_address_is_taken_with_or_without_a_slash_at_its_end() -> None:
    assert Account(api_key=" k ", base_url="https://server/v1/") == Account(api_key="k", base_url="https://server/v1")


def test_a_vendor_that_works_has_nothing_to_say(twin: OpenAITwin) -> None:
    assert probe("openai", account(twin)) == ""
    assert probe("openai", ChatConfig(account=account(twin), model="gpt-4o-mini")) == ""
    assert [request.path for request in twin.requests] == ["/models", "/models"]
    assert probe("extractive") == probe("scripted") == ""


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "status", "status": 401, "message": f"Incorrect API key provided: {KEY}"}, "не принял ключ"),
        ({"kind": "status", "status": 429, "code": "insufficient_quota"}, "баланс"),
        ({"kind": "status", "status": 500}, "кодом 500"),
        ({"kind": "html"}, "непонятно"),
        ({"kind": "reset"}, "Нет связи"),
    ],
)
def test_a_vendor_that_fails_says_why_in_a_sentence(twin: OpenAITwin, fault: dict[str, Any], words: str) -> None:
    twin.fail(path="/models", **fault)
    reason = probe("openai", account(twin))
    assert words in reason
    assert KEY not in reason


def test_a_server_that_is_not_there_is_told_so(twin: OpenAITwin) -> None:
    twin.stop()
    assert probe("openai", account(twin)) == "Нет связи с сервером AI"


def test_importing_the_package_stays_cheap() -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((ROOT / "providers").rglob("*.py"))
        if "tests" not in path.parts
    ]
    script = (
        "import sys; before = set(sys.modules); "
        f"[__import__(name.removesuffix('.__init__')) for name in {modules!r}]; "
        "from providers.openai.config import Account, ChatConfig; from providers.chain import chain; "
        "chain('openai', ChatConfig(account=Account(api_key='k'), model='m'), fallback_model='n'); "
        "from providers.yandex.config import YandexAccount, RecognitionConfig; "
        "from providers.registry import recognizer; "
        "recognizer('yandex', RecognitionConfig(account=YandexAccount(api_key='k'))); "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.split())
