"""Chat through LangChain's `init_chat_model`: streaming, tool calls.

Retries are off here (`retry.py` has the only one), and so is the Responses API, which compatible servers lack.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from importlib import import_module
from typing import TYPE_CHECKING, Any

from providers.deadlines import BEAT, Beat, within
from providers.errors import Rejected, Unavailable
from providers.llm import Answer, Message, Piece, TextDelta, ToolSpec
from providers.openai.clients import Pool, pool
from providers.openai.config import ChatConfig
from providers.openai.errors import translated, unreadable
from providers.openai.messages import ToolCalls, to_langchain, to_protocol
from providers.openai.plain import PlainCompletions

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

LIBRARIES = ("langchain_openai", "langchain.chat_models")
# How long the server may take, once the answer is complete, to say that nothing follows.
FINISHED_GRACE_SECONDS = 0.5


class OpenAIChat:
    """A chat model of an OpenAI-compatible server."""

    def __init__(self, config: ChatConfig) -> None:
        self._config = config

    def __repr__(self) -> str:
        return f"OpenAIChat({self._config})"

    @property
    def name(self) -> str:
        return f"openai {self._config.model}" + ("" if self._config.streaming else " (non-streaming)")

    async def ready(self) -> None:
        """Import the libraries, in a thread so that the loop goes on meanwhile, and build the client."""
        if any(name not in sys.modules for name in LIBRARIES):
            await asyncio.to_thread(_import_libraries)
        self._chat()

    async def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> Answer:
        await self.ready()
        source = self._stream if self._config.streaming else self._whole
        async with aclosing(within(source(messages, tools), self._config.deadlines)) as answer:
            async for piece in answer:
                yield piece

    async def _stream(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AsyncIterator[Piece | Beat]:
        chat = self._chat()
        asked, offered = to_langchain(messages), _offer(tools)
        calls, finish, empty = ToolCalls(), "", True
        with translated():
            chunks = chat.astream(asked, **offered)
            while (chunk := await _next(chunks, finish)) is not None:
                if isinstance(chunk.content, str) and chunk.content:
                    empty = False
                    yield TextDelta(chunk.content)
                for part in chunk.tool_call_chunks:
                    calls.add(index=part["index"], id=part["id"], name=part["name"], arguments=part["args"])
                    yield BEAT
                finish = chunk.response_metadata.get("finish_reason") or finish
        for piece in _ending(calls, finish, empty):
            yield piece

    async def _whole(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AsyncIterator[Piece | Beat]:
        chat = self._chat()
        asked, offered = to_langchain(messages), _offer(tools)
        calls = ToolCalls()
        with translated():
            message: AIMessage = await chat.ainvoke(asked, **offered)
            text = message.content if isinstance(message.content, str) else ""
            for number, call in enumerate([*message.tool_calls, *message.invalid_tool_calls]):
                written = call["args"] if isinstance(call["args"], str) else json.dumps(call["args"])
                calls.add(index=number, id=call["id"], name=call["name"], arguments=written)
            finish = message.response_metadata.get("finish_reason") or ""
        if text:
            yield TextDelta(text)
        for piece in _ending(calls, finish, not text):
            yield piece

    def _chat(self) -> BaseChatModel:
        return pool(self._config.account).made(self._config, self._build)

    def _build(self, shared: Pool) -> BaseChatModel:
        from langchain.chat_models import init_chat_model

        config, account = self._config, self._config.account
        options: dict[str, Any] = {"stream_usage": False, "use_responses_api": False}
        if config.temperature is not None:
            options["temperature"] = config.temperature
        if config.max_tokens is not None and account.is_openai:
            options["max_tokens"] = config.max_tokens  # LangChain sends it under OpenAI's newer name
        elif config.max_tokens is not None:
            options["extra_body"] = {"max_tokens": config.max_tokens}  # the name that compatible servers know
        chat: BaseChatModel = init_chat_model(
            config.model,
            model_provider="openai",
            api_key=account.api_key,
            base_url=account.base_url,
            timeout=shared.timeout,
            http_async_client=shared.http,
            max_retries=0,
            stream_chunk_timeout=None,  # deadlines.py is stricter
            **options,
        )
        chat.async_client = PlainCompletions(chat.root_async_client)  # type: ignore[attr-defined]
        return chat


def _import_libraries() -> None:
    for name in LIBRARIES:
        import_module(name)


def _offer(tools: Sequence[ToolSpec]) -> dict[str, Any]:
    return {"tools": to_protocol(tools)} if tools else {}


async def _next(chunks: Any, finish: str) -> Any:
    """The next chunk, or None at the end; after the last word a server that keeps the line open is not waited for."""
    if not finish:
        return await anext(chunks, None)
    try:
        async with asyncio.timeout(FINISHED_GRACE_SECONDS):
            return await anext(chunks, None)
    except TimeoutError:
        return None


def _ending(calls: ToolCalls, finish: str, empty: bool) -> list[Piece]:
    """The tool calls, which are complete only now; or why what came is no whole answer."""
    if not finish:
        raise Unavailable("Сервер AI оборвал ответ", detail="no finish_reason")
    if finish == "length":
        raise Rejected("Ответ модели не уместился в разрешённую длину", detail="finish_reason length")
    if finish == "content_filter":
        raise Rejected("Сервер AI отказался отвечать на это", detail="finish_reason content_filter")
    complete = calls.complete()
    if empty and not complete:
        raise unreadable("an empty answer")
    return [*complete]
