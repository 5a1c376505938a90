"""The ASGI entry point: pages and the API through Django, sockets through Channels."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vasdom.settings")
application = ProtocolTypeRouter({"http": get_asgi_application()})
