"""The socket of the written chat. It judges `Origin` itself: programs, which send none, are welcome here."""

from typing import Any

from channels.sessions import SessionMiddlewareStack
from django.urls import re_path

from voice.chat.consumers import ChatConsumer

# The stubs of re_path() know views only.
websocket_urlpatterns: list[Any] = [re_path(r"^ws/?$", SessionMiddlewareStack(ChatConsumer.as_asgi()))]  # type: ignore[arg-type]
