"""«Сейчас на линии» and «Оператор». They stand before the admin's own addresses."""

from django.contrib import admin
from django.urls import path

from voice.live import page

app_name = "live"
urlpatterns = [
    path("live/", admin.site.admin_view(page.live), name="live"),
    path("operator/", admin.site.admin_view(page.operator), name="operator"),
]
