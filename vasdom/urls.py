"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from houses.bitrix.views import webhook
from houses.media import visit_photo

handler400 = "vasdom.api_errors.bad_request"
handler500 = "vasdom.api_errors.server_error"

urlpatterns = [
    path("", include("vasdom.overview.urls")),
    path("admin/", include("houses.admin.urls")),
    path("admin/", include("calls.admin.urls")),
    path("admin/", include("voice.chat.urls")),
    path("admin/", include("voice.live.urls")),
    path("admin/", include("voice.learning.urls")),
    path("admin/", admin.site.urls),
    path("brigade/tasks/", include("vasdom.brigade_tasks")),
    path("brigade/", include("houses.brigade_pages.urls")),
    path("media/visits/<str:month>/<str:name>", visit_photo, name="visit-photo"),
    path("api/bitrix/webhook", webhook, name="bitrix-webhook"),
    path("api/", include("vasdom.api")),
    path("", include("vasdom.aliases")),
]
