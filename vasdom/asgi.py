"""The ASGI entry point: pages and the API through Django, sockets through Channels."""

import os
from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.urls import get_resolver, re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vasdom.settings")
django_application = get_asgi_application()

# Application code is imported after Django is set up.
from houses.routing import websocket_urlpatterns  # noqa: E402
from vasdom.access_log import AccessLog  # noqa: E402
from vasdom.interpreter import settle  # noqa: E402
from vasdom.requests import Utf8Request  # noqa: E402
from voice.chat.routing import websocket_urlpatterns as chat_urlpatterns  # noqa: E402
from voice.live.routing import websocket_urlpatterns as live_urlpatterns  # noqa: E402
from voice.warming import Warming  # noqa: E402

django_application.request_class = Utf8Request

# A socket carries the session's cookie whoever's page opened it, so the page must be one of ours. The written chat is
# open to others as well and judges for itself.
office_sockets: Any = AllowedHostsOriginValidator(
    AuthMiddlewareStack(URLRouter([*websocket_urlpatterns, *live_urlpatterns]))
)
application = Warming(
    ProtocolTypeRouter(
        {
            "http": AccessLog(django_application),
            "websocket": URLRouter([*chat_urlpatterns, re_path("", office_sockets)]),
        }
    )
)
_ = get_resolver().url_patterns  # every view is loaded now, not at the first request
settle()
