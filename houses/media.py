"""Photos of visits, for those who may see the visit. Nothing else of the media folder is served."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import http_date, parse_http_date_safe
from PIL import Image, UnidentifiedImageError

from houses.admin.downloads import send_file
from houses.models import CleaningVisit, VisitPhoto
from houses.photos import THUMBS

THUMB_PIXELS = 320
JPEG = "image/jpeg"


def visit_photo(request: HttpRequest, month: str, name: str) -> HttpResponseBase:
    """A photo, or with `?w=320` its thumbnail. A photo of somebody else's visit does not exist for the asker."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    stored = f"visits/{month}/{name}"
    if "\x00" in stored:  # no name of ours; PostgreSQL would refuse to look for it
        raise Http404("Фото не найдено")
    visits = CleaningVisit.objects.visible_to(request.user)
    photo = VisitPhoto.objects.filter(image=stored, visit__in=visits).first()
    path = Path(settings.MEDIA_ROOT) / stored
    if photo is None or not path.is_file():
        raise Http404("Фото не найдено")
    if request.GET.get("w") == str(THUMB_PIXELS):
        path = thumbnail(path, stored)
    return answer(request, path)


def answer(request: HttpRequest, path: Path) -> HttpResponseBase:
    """The file, kept by the asker's own browser only, never taken for anything but a picture."""
    changed = int(path.stat().st_mtime)
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    response: HttpResponseBase
    if since is not None and since >= changed:
        response = HttpResponse(status=304)
    else:
        response = send_file(request, path.open("rb"), JPEG)
        response["Content-Length"] = str(path.stat().st_size)
    response["Last-Modified"] = http_date(changed)
    response["Cache-Control"] = "private, max-age=86400"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return response


def thumbnail(path: Path, stored: str) -> Path:
    """A small copy beside the photos, made at the first asking; the photo itself when it cannot be read."""
    small = Path(settings.MEDIA_ROOT) / THUMBS / stored
    if small.is_file():
        return small
    small.parent.mkdir(parents=True, exist_ok=True)
    try:
        with Image.open(path) as image:
            image.draft("RGB", (THUMB_PIXELS * 2, THUMB_PIXELS * 2))
            image.thumbnail((THUMB_PIXELS, THUMB_PIXELS))
            # Written aside and renamed: two askers at once never see half a file.
            handle, temporary = tempfile.mkstemp(dir=small.parent, suffix=".part")
            with os.fdopen(handle, "wb") as file:
                image.convert("RGB").save(file, "JPEG", quality=82)
    except (UnidentifiedImageError, OSError):
        return path
    os.replace(temporary, small)
    return small
