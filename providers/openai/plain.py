"""Streams of the chat as plain dictionaries, several words at a time.

The library makes an object of every piece of a stream and checks every field of a request against its types; LangChain
then turns the objects into dictionaries again. With our tools that is most of what an answer costs this process: about
4 ms a request and 0.4 ms a word. LangChain takes dictionaries just as well. What it then does for every piece is
worth it for a clause, not for each of its words, which nobody is told before the clause is complete.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openai import AsyncOpenAI, AsyncStream

# Where a clause may end: what is said is cut at these, or once the word after them is known.
MARKS = frozenset('.!?…|\n,;:—–)»"”’')
LONGEST_HELD_SECONDS = 0.03


class PlainCompletions:
    """Stands where LangChain expects `client.chat.completions`; all but streams is the client's own."""

    def __init__(self, client: AsyncOpenAI) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client.chat.completions, name)

    async def create(self, *, stream: bool = False, extra_body: Mapping[str, Any] | None = None, **payload: Any) -> Any:
        """As the client's; `extra_body` goes into the request as it is. Errors are the client's."""
        if not stream:
            return await self._client.chat.completions.create(**payload, extra_body=extra_body)
        from openai import AsyncStream

        body = {**payload, **(extra_body or {}), "stream": True}
        pieces = await self._client.post(
            "/chat/completions", cast_to=object, body=body, stream=True, stream_cls=AsyncStream[object]
        )
        return Clauses(pieces)


class Clauses:
    """The pieces of a stream, the words inside a clause joined into one; the first word comes alone and at once.

    A word is held back until the next piece arrives, so a server that stalls inside a clause keeps its last words: they
    could not be said anyway.
    """

    def __init__(self, stream: AsyncStream[object]) -> None:
        self._stream = stream

    async def __aenter__(self) -> Clauses:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stream.close()

    async def __aiter__(self) -> AsyncGenerator[Any, None]:
        held: Any = None
        before, given_at = "", 0.0
        try:
            async for piece in self._stream:
                words = words_of(piece)
                if not words:
                    if held is not None:
                        yield held
                        held = None
                    yield piece
                    continue
                held = piece if held is None else joined(held, words)
                now = time.monotonic()
                if not before or ends_clause(before, words) or now - given_at > LONGEST_HELD_SECONDS:
                    yield held
                    held, given_at = None, now
                before = words
        except Exception:
            if held is not None:
                yield held
            raise
        if held is not None:
            yield held


def joined(piece: Any, words: str) -> Any:
    piece["choices"][0]["delta"]["content"] += words
    return piece


def words_of(piece: Any) -> str:
    """The words of a piece that has nothing else to tell, or nothing; any server may have written it."""
    match piece:
        case {"choices": [{"delta": {"content": str(words)} as delta, "finish_reason": None}]}:
            return "" if any(delta[name] for name in delta.keys() - {"content", "role"}) else words
    return ""


def ends_clause(before: str, words: str) -> bool:
    return before.rstrip()[-1:] in MARKS or not MARKS.isdisjoint(words)
