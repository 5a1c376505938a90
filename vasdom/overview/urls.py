"""Addresses of the pages that sum up. They stand before the admin's own, which would answer 404 for them."""

from django.urls import path, re_path

from vasdom.health import views as health
from vasdom.overview import about, analytics, instruction, redirects, system

app_name = "overview"
urlpatterns = [
    path("", health.start, name="start"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/analytics/", analytics.view, name="analytics"),
    path("admin/status/", system.status, name="status"),
    path("admin/status/fragment/", system.status_fragment, name="status-fragment"),
    path("admin/about/", about.about, name="about"),
    path("admin/instruction/", instruction.instruction, name="instruction"),
    *(path(name, redirects.section, {"name": name}) for name in redirects.PAGES),
    re_path(rf"^(?P<name>{'|'.join(redirects.SECTIONS)})/?$", redirects.section, name="section"),
]
