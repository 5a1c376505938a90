"""Addresses of the assistant below /api/."""

from django.urls import path

from voice.chat.api import ChatView, DialogView

urlpatterns = [path("ai/chat", ChatView.as_view()), path("dialog", DialogView.as_view())]
