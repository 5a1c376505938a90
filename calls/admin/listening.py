"""The sound of a call, for those who may hear it."""

from __future__ import annotations

import re
from io import BufferedReader
from typing import Any
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from calls import access, audit, recordings
from calls.actions.rows import person_of
from calls.models import Call, Recording
from calls.wav import StereoWav
from houses.admin.downloads import send_file

RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


def listen(request: HttpRequest, call: Call, user: Any) -> HttpResponseBase:
    """The recording as WAV, whole or the asked range, for this reader; `?download=1` saves it as a file.

    Raises:
        PermissionDenied: the role does not allow it.
        Http404: there is no recording, or its files are gone.
    """
    if not access.may_hear(user):
        raise PermissionDenied
    kept = Recording.objects.filter(call=call).first()
    if kept is None:
        raise Http404("У звонка нет записи.")
    try:
        wav = StereoWav(*(recordings.path_of(place) for place in kept.files))
    except FileNotFoundError as exc:
        raise Http404("Файлов записи нет на диске.") from exc
    asked = asked_range(request.headers.get("Range", ""), wav.size)
    if asked is None:
        wav.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{wav.size}"})
    begin, end = asked
    downloads = request.GET.get("download") == "1"
    if begin == 0 and request.method == "GET":  # what follows are pieces of the same listening
        audit.note_listening(call, person_of(user), downloaded=downloads)
    return answer(request, wav, begin, end, f"звонок_{timezone.localtime(call.started_at):%Y%m%d_%H%M%S}.wav")


def answer(request: HttpRequest, wav: StereoWav, begin: int, end: int, name: str) -> HttpResponseBase:
    response: HttpResponseBase
    if request.method == "HEAD":
        wav.close()
        response = HttpResponse(content_type="audio/wav")
    else:
        response = send_file(request, BufferedReader(wav.window(begin, end)), "audio/wav")
    if request.headers.get("Range"):
        response.status_code = 206
        response["Content-Range"] = f"bytes {begin}-{end - 1}/{wav.size}"
    response["Content-Length"] = str(end - begin)
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    kind = "attachment" if request.GET.get("download") == "1" else "inline"
    response["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(name)}"
    return response


def asked_range(header: str, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; the whole for no range or one that is not understood (RFC 9110 §14.2).

    None for one that lies outside.
    """
    found = RANGE.fullmatch(header.strip())
    if not found or not any(found.groups()):
        return 0, size
    first, last = found.groups()
    if not first:
        return (max(0, size - int(last)), size) if int(last) else None
    begin, end = int(first), min(int(last) + 1 if last else size, size)
    return (begin, end) if begin < min(end, size) else None
