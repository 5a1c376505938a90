"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

handler400 = "vasdom.api_errors.bad_request"
handler500 = "vasdom.api_errors.server_error"

urlpatterns = [
    path("", include("vasdom.overview.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("vasdom.api")),
]
