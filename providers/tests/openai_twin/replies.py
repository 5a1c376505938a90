"""What the twin answers, and how the protocol writes it."""

from __future__ import annotations

import array
import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from providers.scripted.embeddings import word_vector

STRETCH = re.compile(r"\s*\S+")
WORD = re.compile(r"\w{3,}")
EXCERPT_HEAD = re.compile(r"^.*?\[\d+\][^\n]*\n", re.DOTALL)
ARGUMENT_LETTERS = 7  # tool arguments come in stretches of this length
CREATED = 1_760_000_000


@dataclass(frozen=True)
class ToolReply:
    """A tool call; `arguments` as text may be broken on purpose."""

    name: str
    arguments: Mapping[str, Any] | str
    id: str = "call_twin_1"

    @property
    def written(self) -> str:
        if isinstance(self.arguments, str):
            return self.arguments
        return json.dumps(self.arguments, ensure_ascii=False)


@dataclass(frozen=True)
class Reply:
    """One answer. As some servers do, `same_index` numbers every tool call 0; `usage` adds the usage chunk unasked."""

    text: str = ""
    tools: tuple[ToolReply, ...] = ()
    finish: str = ""
    same_index: bool = False
    usage: bool = False

    @property
    def finish_reason(self) -> str:
        return self.finish or ("tool_calls" if self.tools else "stop")

    def deltas(self) -> Iterator[dict[str, Any]]:
        yield from ({"content": stretch} for stretch in STRETCH.findall(self.text))
        for number, tool in enumerate(self.tools):
            index = 0 if self.same_index else number
            head = {"index": index, "id": tool.id, "type": "function", "function": {"name": tool.name, "arguments": ""}}
            yield {"tool_calls": [head]}
            for start in range(0, len(tool.written), ARGUMENT_LETTERS):
                part = tool.written[start : start + ARGUMENT_LETTERS]
                yield {"tool_calls": [{"index": index, "function": {"arguments": part}}]}

    def message(self) -> dict[str, Any]:
        calls = [
            {"id": tool.id, "type": "function", "function": {"name": tool.name, "arguments": tool.written}}
            for tool in self.tools
        ]
        return {"role": "assistant", "content": self.text or None, **({"tool_calls": calls} if calls else {})}


def chunk(model: str, delta: dict[str, Any] | None = None, finish: str | None = None) -> bytes:
    """One SSE event; without a delta and a finish it is the usage chunk."""
    body: dict[str, Any] = {
        "id": "chatcmpl-twin",
        "object": "chat.completion.chunk",
        "created": CREATED,
        "model": model,
    }
    if delta is None and finish is None:
        body |= {"choices": [], "usage": usage()}
    else:
        body |= {"choices": [{"index": 0, "delta": delta or {}, "finish_reason": finish}]}
    return event(body)


def event(body: object) -> bytes:
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()


def completion(model: str, reply: Reply) -> dict[str, Any]:
    choice = {"index": 0, "message": reply.message(), "finish_reason": reply.finish_reason}
    head = {"id": "chatcmpl-twin", "object": "chat.completion", "created": CREATED, "model": model}
    return {**head, "choices": [choice], "usage": usage()}


def usage() -> dict[str, int]:
    return {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21}


def embeddings(body: Mapping[str, Any], dimensions: int) -> dict[str, Any]:
    """Vectors of the words (texts that share words are near each other), in base64 when asked."""
    texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
    vectors = [word_vector(str(text), body.get("dimensions", dimensions)) for text in texts]
    written: list[Any] = list(vectors)
    if body.get("encoding_format") == "base64":
        written = [base64.b64encode(array.array("f", vector).tobytes()).decode() for vector in vectors]
    data = [{"object": "embedding", "index": number, "embedding": vector} for number, vector in enumerate(written)]
    return {"object": "list", "model": body["model"], "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def brain(body: Mapping[str, Any]) -> Reply:
    """A poor man's model: the paragraph of the system messages that shares most words with the question.

    What an excerpt is headed by («[1] Прайс — Окна») is not read out.
    """
    messages = body["messages"]
    question = next((str(item["content"]) for item in reversed(messages) if item["role"] == "user"), "")
    told = "\n\n".join(str(item["content"]) for item in messages if item["role"] in {"system", "developer"})
    wanted = {word[:5].lower() for word in WORD.findall(question)}
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n|<<->>", told) if part.strip()]
    shared = [len(wanted & {word[:5].lower() for word in WORD.findall(part)}) for part in paragraphs]
    if not shared or not max(shared):
        return Reply(f"Двойник сервера AI услышал: «{question}». В подсказке ответа на это нет.")
    best = EXCERPT_HEAD.sub("", paragraphs[shared.index(max(shared))])
    sentences = re.split(r"(?<=[.!?])\s+", " ".join(best.replace("#", " ").split()))
    return Reply(" ".join(sentences[:3]))
