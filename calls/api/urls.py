"""Addresses of the call log, below /api/."""

from django.urls import path

from calls.api import views

urlpatterns = [
    path("logs", views.LogsView.as_view()),
    path("logs/csv", views.LogsCsvView.as_view()),
    path("logs/<str:call_id>/recording", views.LogRecordingView.as_view()),
]
