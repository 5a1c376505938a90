"""Pages of the office that are not lists of one model. They stand before the admin's own addresses."""

from django.contrib import admin
from django.urls import URLPattern, path

from houses.admin import pages


def page(address: str, view: pages.Page, name: str) -> URLPattern:
    return path(address, admin.site.admin_view(view), name=name)


app_name = "office"
urlpatterns = [
    page("kpi/", pages.kpi, "kpi"),
    page("acts/", pages.acts, "acts"),
    page("missing/", pages.missing_data, "missing"),
    page("missing/csv/", pages.missing_csv, "missing-csv"),
]
