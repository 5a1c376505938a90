"""Files sent to a browser, in pieces, the same way under ASGI and WSGI."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import IO
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

PIECE_BYTES = 65_536
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece


async def pieces_async(file: IO[bytes]) -> AsyncIterator[bytes]:
    try:
        while piece := await sync_to_async(file.read)(PIECE_BYTES):
            yield piece
    finally:
        file.close()


def send_file(request: HttpRequest, file: IO[bytes], content_type: str) -> StreamingHttpResponse:
    """An open file as an answer; it is closed when sent. Django would read a sync iterator whole under ASGI."""
    content = pieces_async(file) if isinstance(request, ASGIRequest) else pieces(file)
    return StreamingHttpResponse(content, content_type=content_type)


def download(request: HttpRequest, file: IO[bytes], name: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    """A file to be saved under `name`; no copy stays in caches."""
    answer = send_file(request, file, CONTENT_TYPES[kind])
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
