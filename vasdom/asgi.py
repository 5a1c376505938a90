"""The ASGI entry point: pages and the API through Django, sockets through Channels."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vasdom.settings")
django_application = get_asgi_application()

from vasdom.access_log import AccessLog  # noqa: E402 -- application code is imported after Django is set up

application = ProtocolTypeRouter({"http": AccessLog(django_application)})
