"""How each vendor is brought to behave, so that one suite tests them all.

A new vendor: a class with `vendor`, `can` and `model`, and its line in `STAGES` (for embeddings in `EMBEDDINGS`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal, Protocol

from providers.apart.model import Apart
from providers.chain import Recipe, chain
from providers.deadlines import Deadlines
from providers.embeddings import EmbeddingModel
from providers.errors import Rejected, Unavailable
from providers.llm import LanguageModel, Message, Passage, ToolCall
from providers.openai.config import Account, ChatConfig, EmbeddingsConfig
from providers.registry import embedding_model, language_model
from providers.scripted.model import Line, ScriptedConfig
from providers.tests.openai_twin import OpenAITwin, Reply, ToolReply

KEY = "the-very-secret-key"
FIRST, REST = "Уборка подъезда будет в четверг.", " Моют все этажи."
TEXT = FIRST + REST
CALLS = (
    ToolCall("call_1", "house_by_address", {"address": "Кибальчича, 3", "entrance": 2}),
    ToolCall("call_2", "totals", {}),
)
QUESTION = (
    Message("system", "Отвечай кратко."),
    Message("user", "Когда уборка подъезда?", passages=(Passage(f"## Уборка\n\n{TEXT}", document="Памятка"),)),
)
FAR_AWAY = 3600.0
Behaviour = Literal["says", "calls", "stalls", "silent", "slow", "busy", "refuses", "breaks"]


class Stage(Protocol):
    """One adapter.

    Attributes:
        vendor: its key in the registry, or what it is made of.
        can: the behaviours it can be brought to.
        whole: it hands the text over in one piece.
    """

    vendor: ClassVar[str]
    can: ClassVar[frozenset[Behaviour]]
    whole: ClassVar[bool]

    def model(self, twin: OpenAITwin, behaviour: Behaviour, deadlines: Deadlines) -> LanguageModel: ...


def account(twin: OpenAITwin, key: str = KEY) -> Account:
    return Account(api_key=key, base_url=twin.url)


def chat_config(twin: OpenAITwin, **fields: Any) -> ChatConfig:
    return ChatConfig(**{"account": account(twin), "model": "gpt-4o-mini", **fields})


class OpenAIStage:
    vendor = "openai"
    can = frozenset({"says", "calls", "stalls", "silent", "slow", "busy", "refuses", "breaks"})
    whole = False

    def model(self, twin: OpenAITwin, behaviour: Behaviour, deadlines: Deadlines) -> LanguageModel:
        bring(twin, behaviour)
        return self.made(chat_config(twin, deadlines=deadlines))

    def made(self, config: ChatConfig) -> LanguageModel:
        return language_model("openai", config)


class WholeStage:
    """Without streaming the answer is there or is not: nothing can break off."""

    vendor = "openai, non-streaming"
    can = frozenset({"says", "calls", "stalls", "busy", "refuses"})
    whole = True

    def model(self, twin: OpenAITwin, behaviour: Behaviour, deadlines: Deadlines) -> LanguageModel:
        bring(twin, behaviour)
        return language_model("openai", chat_config(twin, deadlines=deadlines, streaming=False))


class ChainStage(OpenAIStage):
    """Retry and fallback are language models too."""

    vendor = "chain"

    def made(self, config: ChatConfig) -> LanguageModel:
        patience = config.deadlines.first_token_seconds
        return chain("openai", config, fallback_model="gpt-4o", otherwise=(), patience_seconds=patience)


class ApartStage(OpenAIStage):
    """A chain that another process asks."""

    vendor = "apart"

    def made(self, config: ChatConfig) -> LanguageModel:
        return Apart(Recipe("openai", config, "gpt-4o", (), config.deadlines.first_token_seconds))


def bring(twin: OpenAITwin, behaviour: Behaviour) -> None:
    for _ in range(4):  # every attempt of a chain meets the same
        match behaviour:
            case "stalls":
                twin.fail("stall")
            case "silent":
                twin.fail("silence", after=5)
            case "breaks":
                twin.fail("reset", after=5)
            case "busy":
                twin.fail("status", status=429, code="rate_limit_exceeded", retry_after="30")
            case "refuses":
                twin.fail("status", status=401, code="invalid_api_key", message=f"Incorrect API key provided: {KEY}.")
            case "slow":
                twin.first_token_seconds = twin.token_seconds = 0.1
    tools = tuple(ToolReply(call.name, call.arguments, call.id) for call in CALLS)
    twin.brain = lambda body: Reply(FIRST if behaviour == "calls" else TEXT, tools if behaviour == "calls" else ())


class ScriptedStage:
    vendor = "scripted"
    can = OpenAIStage.can
    whole = False

    def model(self, twin: OpenAITwin, behaviour: Behaviour, deadlines: Deadlines) -> LanguageModel:
        busy = Unavailable("Занято", code="provider_busy", retry_after_seconds=30)
        line = {
            "says": Line(text=TEXT),
            "calls": Line(text=FIRST, calls=CALLS),
            "stalls": Line(text=TEXT, first_delay_seconds=FAR_AWAY),
            "silent": Line(text=FIRST, delay_seconds=FAR_AWAY),
            "slow": Line(text=TEXT, first_delay_seconds=0.1, delay_seconds=0.1),
            "busy": Line(error=busy),
            "refuses": Line(error=Rejected("Ключ не подошёл", code="provider_key")),
            "breaks": Line(text=TEXT, error=Unavailable("Связь прервалась"), error_after=5),
        }[behaviour]
        return language_model("scripted", ScriptedConfig(lines=(line,), deadlines=deadlines))


class ExtractiveStage:
    vendor = "extractive"
    can = frozenset({"says"})
    whole = False

    def model(self, twin: OpenAITwin, behaviour: Behaviour, deadlines: Deadlines) -> LanguageModel:
        return language_model("extractive")


STAGES: tuple[Stage, ...] = (
    OpenAIStage(),
    WholeStage(),
    ChainStage(),
    ApartStage(),
    ScriptedStage(),
    ExtractiveStage(),
)

EMBEDDINGS: dict[str, Callable[[OpenAITwin], EmbeddingModel]] = {
    "openai": lambda twin: embedding_model("openai", EmbeddingsConfig(account=account(twin), dimensions=64)),
    "scripted": lambda twin: embedding_model("scripted"),
}
