"""Pages of what conversations teach. They stand before the admin's own addresses."""

from django.contrib import admin
from django.urls import path

from voice.learning import pages

app_name = "learning"
urlpatterns = [path("gaps/", admin.site.admin_view(pages.gaps_page), name="gaps")]
