"""Photos of a visit: list, sending, and the pictures themselves behind the same sign-in."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from houses import actions
from houses.api import docs
from houses.api.base import ApiView, UploadView, checked, reporter
from houses.api.docs import endpoint
from houses.api.house_json import moment
from houses.api.visit_schema import PhotoBody, PhotoListSchema, PhotoSchema
from houses.api.visits import TAG, VISIT_ID, find_visit
from houses.models import VisitPhoto
from vasdom.errors import NotFound


def photo_json(photo: VisitPhoto) -> dict[str, Any]:
    return {
        "id": photo.pk,
        "key": str(photo.key),
        "url": reverse("api-photo", args=[photo.visit_id, photo.pk]),
        "width": photo.width,
        "height": photo.height,
        "taken_at": moment(photo.taken_at),
        "uploaded_at": moment(photo.uploaded_at),
    }


class PhotoListView(UploadView):
    @endpoint(
        "Фото уборки", PhotoListSchema, tag=TAG, parameters=(VISIT_ID,), errors=(404,), operation_id="visit_photos"
    )
    def get(self, request: Request, visit_id: str) -> Response:
        return Response({"photos": [photo_json(photo) for photo in find_visit(request, visit_id).photos.all()]})

    @endpoint(
        "Прислать фото",
        PhotoSchema,
        tag=TAG,
        description="Одно фото за раз. Второй раз с тем же key — то же фото, а не ещё одно.",
        status=201,
        parameters=(VISIT_ID,),
        body={"multipart/form-data": PhotoBody},
        errors=(404, 409),
        operation_id="visit_photo_send",
    )
    def post(self, request: Request, visit_id: str) -> Response:
        visit = find_visit(request, visit_id)
        sent = checked(PhotoBody, request)
        key = sent.get("key") or uuid.uuid4()
        photo = actions.add_photo(visit.pk, employee=reporter(request), key=key, file=sent["photo"])
        return Response(photo_json(photo), status=201)


class PhotoView(ApiView):
    @endpoint(
        "Картинка",
        {(200, "image/jpeg"): OpenApiTypes.BINARY},
        tag=TAG,
        parameters=(VISIT_ID, docs.path_id("photo_id", "Номер фото")),
        errors=(404,),
        operation_id="visit_photo",
    )
    def get(self, request: Request, visit_id: str, photo_id: str) -> HttpResponse:
        known = photo_id.isascii() and photo_id.isdecimal() and len(photo_id) <= 18
        photos = find_visit(request, visit_id).photos
        photo = photos.filter(pk=int(photo_id)).first() if known else None
        if photo is None or not photo.image.storage.exists(str(photo.image.name)):
            raise NotFound("Фото не найдено")
        with photo.image.open("rb") as file:
            return HttpResponse(file.read(), content_type="image/jpeg", headers={"Content-Disposition": "inline"})
