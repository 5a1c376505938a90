"""Addresses of knowledge below /api/; the originals' bare ones are in `vasdom.aliases`."""

from typing import Any

from django.urls import URLPattern, path
from rest_framework.views import APIView

from vasdom.knowledge_api import views
from vasdom.knowledge_api.normalize import NormalizeView

TECH = {"base_slug": views.SECOND_BASE}
# address, view, its options, whether OpenAPI describes it
ADDRESSES: tuple[tuple[str, type[APIView], dict[str, Any], bool], ...] = (
    ("kb", views.KbView, {}, True),
    ("kb/upload", views.KbUploadView, {}, True),
    ("kb2", views.KbView, TECH, False),
    ("kb2/upload", views.KbUploadView, TECH, False),
    ("knowledge/upload", views.UploadedView, {}, True),
    ("knowledge/pending", views.PendingView, {}, True),
    ("knowledge/confirm", views.ConfirmView, {}, True),
    ("knowledge/search", views.SearchView, {}, True),
)


urlpatterns: list[URLPattern] = [
    *(
        path(address, view.as_view(**options, **({} if described else {"schema": None})))
        for address, view, options, described in ADDRESSES
    ),
    path("normalize", NormalizeView.as_view()),
]
