"""Pages of the call log that are not lists of one model. They stand before the admin's own addresses."""

from django.contrib import admin
from django.urls import path

from calls.admin import analytics

app_name = "calls-office"
urlpatterns = [path("calls/analytics/", admin.site.admin_view(analytics.view), name="analytics")]
