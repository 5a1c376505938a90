"""Sockets of this app."""

from django.urls import path

from houses.consumers import SyncProgressConsumer

websocket_urlpatterns = [path("ws/sync/", SyncProgressConsumer.as_asgi())]
