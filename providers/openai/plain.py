"""Streams of the chat as plain dictionaries.

The library makes an object of every piece of a stream and checks every field of a request against its types; LangChain
then turns the objects into dictionaries again. With our tools that is most of what an answer costs this process: about
4 ms a request and 0.4 ms a word. LangChain takes dictionaries just as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openai import AsyncOpenAI


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
        return await self._client.post(
            "/chat/completions", cast_to=object, body=body, stream=True, stream_cls=AsyncStream[object]
        )
