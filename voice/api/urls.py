"""Addresses of the assistant's settings, below /api/."""

from django.urls import path

from voice.api import phone, views

urlpatterns = [
    path("prompts", views.PromptsView.as_view()),
    path("settings", views.SearchSettingsView.as_view()),
    path("model-settings", views.ModelSettingsView.as_view()),
    path("phone-settings", phone.PhoneSettingsView.as_view()),
]
