"""Sockets of this app."""

from typing import Any

from django.urls import path

from houses.consumers import SyncProgressConsumer

# The stubs of path() know views only.
websocket_urlpatterns: list[Any] = [path("ws/sync/", SyncProgressConsumer.as_asgi())]  # type: ignore[arg-type]
