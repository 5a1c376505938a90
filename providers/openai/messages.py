"""Our messages and tools as LangChain and the protocol write them, and tool calls back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from providers.llm import Message, ToolCall, ToolSpec
from providers.openai.errors import unreadable

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage


def to_langchain(messages: Sequence[Message]) -> list[BaseMessage]:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

    converted: list[BaseMessage] = []
    for message in messages:
        if message.role == "system":
            converted.append(SystemMessage(message.content))
        elif message.role == "user":
            converted.append(HumanMessage(message.content))
        elif message.role == "tool":
            converted.append(ToolMessage(message.content, tool_call_id=message.tool_call_id))
        else:
            calls = [{"id": call.id, "name": call.name, "args": call.arguments} for call in message.tool_calls]
            converted.append(AIMessage(message.content, tool_calls=calls))
    return converted


def to_protocol(tools: Sequence[ToolSpec]) -> list[dict[str, Any]]:
    return [
        {
            "type": "function",
            "function": {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)},
        }
        for tool in tools
    ]


class ToolCalls:
    """Puts tool calls together from their stretches.

    A stretch belongs to the call of its index. Some compatible servers number every call 0: there a new id begins a
    new call.
    """

    def __init__(self) -> None:
        self._calls: list[dict[str, Any]] = []

    def add(self, *, index: int | None, id: str | None, name: str | None, arguments: str | None) -> None:
        call = next((call for call in reversed(self._calls) if call["index"] == index), None)
        if call is None or (id and call["id"] and id != call["id"]):
            call = {"index": index, "id": "", "name": "", "arguments": ""}
            self._calls.append(call)
        call["id"] = call["id"] or id or ""
        call["name"] = call["name"] or name or ""
        call["arguments"] += arguments or ""

    def complete(self) -> list[ToolCall]:
        """The calls in the order they were begun.

        Raises:
            Unavailable: the model wrote arguments that are no JSON object, or named no tool.
        """
        return [_tool_call(number, call) for number, call in enumerate(self._calls, 1)]


def _tool_call(number: int, call: dict[str, Any]) -> ToolCall:
    try:
        arguments = json.loads(call["arguments"] or "{}")
    except ValueError:
        raise unreadable("tool arguments are not JSON") from None
    if not isinstance(arguments, dict) or not call["name"]:
        raise unreadable("a tool call without a name or an object of arguments")
    return ToolCall(call["id"] or f"call_{number}", call["name"], arguments)
