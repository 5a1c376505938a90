"""The socket of the live pages. Only pages of the site may open it: `vasdom.asgi` looks at `Origin`."""

from typing import Any

from django.urls import path

from voice.live.consumers import LiveConsumer

# The stubs of path() know views only.
websocket_urlpatterns: list[Any] = [path("ws/live/", LiveConsumer.as_asgi())]  # type: ignore[arg-type]
