"""What a brigade sends: a start, photos, and how the visit ended.

Every address takes the same thing twice without harm, because a phone with a bad connection repeats what it has not
seen confirmed. Scripts ask for JSON; a plain form is redirected back to the visit.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import wraps

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from houses import actions
from houses.brigade_pages import stale_pages
from houses.brigade_pages.drafts import drop_draft, keep_draft
from houses.brigade_pages.forms import NotPossibleForm, ReportForm
from houses.brigade_pages.views import find_visit, show_visit
from houses.brigade_pages.visitors import Visitor, no_brigade, nothing_here, sign_in_url, visitor_of
from houses.models import CleaningVisit, Employee, VisitPhoto
from vasdom.errors import Conflict, Forbidden, InvalidInput, NotFound, VasdomError

STATUS_OF = {InvalidInput: 400, Forbidden: 403, NotFound: 404, Conflict: 409}
NO_FILES = "Выберите хотя бы одно фото."


@dataclass(frozen=True, slots=True)
class Report:
    """A request that passed every fence: who reports, on which visit."""

    request: HttpRequest
    visitor: Visitor
    employee: Employee
    visit: CleaningVisit

    @property
    def wants_json(self) -> bool:
        return wants_json(self.request)

    def taken(self, sentence: str, **extra: object) -> HttpResponse:
        """The answer to a report that stands, the first time and every other."""
        address = reverse("brigade:visit", args=[self.visit.pk])
        if self.wants_json:
            self.visit.refresh_from_db(fields=["status"])
            state = {"status": self.visit.status, "status_label": self.visit.get_status_display()}
            return JsonResponse({"next": address, **state, **extra})
        messages.success(self.request, sentence)
        return HttpResponseRedirect(address)


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def error_json(error: VasdomError, status: int) -> JsonResponse:
    """The shape of every refused call: {"error": {"code", "message", "field"}}."""
    return JsonResponse({"error": {"code": error.code, "message": error.message, "field": error.field}}, status=status)


def report(view: Callable[[Report], HttpResponse]) -> Callable[..., HttpResponse]:
    """Fences of every report: fresh page, signed in, own brigade's visit, still open for reports."""

    @csrf_exempt  # checked below, see stale_pages
    @never_cache
    @require_POST
    @wraps(view)
    def guarded(request: HttpRequest, pk: int) -> HttpResponse:
        address = reverse("brigade:visit", args=[pk])
        stale = stale_pages.token_is_wrong(request)
        if stale and wants_json(request):
            return error_json(VasdomError(stale_pages.STALE, code="csrf"), 403)
        if not request.user.is_authenticated:
            if wants_json(request):
                return error_json(VasdomError("Вы вышли из системы: войдите снова.", code="signed_out"), 401)
            if not stale:
                keep_draft(request, pk)
            return HttpResponseRedirect(sign_in_url(address))
        visitor = visitor_of(request.user)
        if visitor is None:
            return no_brigade(request)
        try:
            visit = find_visit(visitor, pk)
        except Http404:
            if wants_json(request):
                return error_json(NotFound("Этой уборки нет в списке вашей бригады."), 404)
            return nothing_here(request)
        if stale:
            return ask_again(request, visitor, visit, problem=stale_pages.STALE)
        return answered(view, request, visitor, visit)

    return guarded


def answered(
    view: Callable[[Report], HttpResponse], request: HttpRequest, visitor: Visitor, visit: CleaningVisit
) -> HttpResponse:
    """Run the report and turn what was expected to go wrong into an answer."""
    try:
        employee = visitor.employee
        if employee is None or not visitor.works_at(visit.house):
            raise Forbidden("Отчёт делает бригада дома; из офиса его можно только посмотреть.")
        return view(Report(request, visitor, employee, visit))
    except VasdomError as error:
        status = next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), 400)
        if wants_json(request):
            return error_json(error, status)
        visit.refresh_from_db()
        photo = error.field == "photo"
        return show_visit(
            request,
            visitor,
            visit,
            status=status,
            problem="" if photo else error.message,
            photo_errors=[error.message] if photo else [],
        )


def ask_again(request: HttpRequest, visitor: Visitor, visit: CleaningVisit, *, problem: str = "") -> HttpResponse:
    """The page with what was typed still in it."""
    if "reason" in request.POST:
        return show_visit(
            request, visitor, visit, trouble_form=NotPossibleForm(request.POST), problem=problem, status=403
        )
    return show_visit(request, visitor, visit, finish_form=ReportForm(request.POST), problem=problem, status=403)


def refused_form(sent: Report, form: Form) -> HttpResponse:
    """400 with the first field that cannot be taken and why."""
    if sent.wants_json:
        field, errors = next(iter(form.errors.items()))
        return error_json(InvalidInput(str(errors[0]), field=field), 400)
    if isinstance(form, NotPossibleForm):
        return show_visit(sent.request, sent.visitor, sent.visit, trouble_form=form, status=400)
    assert isinstance(form, ReportForm)
    return show_visit(sent.request, sent.visitor, sent.visit, finish_form=form, status=400)


def moment(sent: Report, form: ReportForm) -> datetime:
    """When the button was pressed: now, less the time the report waited, but never before the visit's own day."""
    midnight = timezone.make_aware(datetime.combine(sent.visit.date, time.min))
    now = timezone.now()
    return max(now - timedelta(seconds=form.cleaned_data["age"]), min(midnight, now))


@report
def start(sent: Report) -> HttpResponse:
    form = ReportForm(sent.request.POST)
    if not form.is_valid():
        return refused_form(sent, form)
    actions.start_visit(sent.visit.pk, employee=sent.employee, at=moment(sent, form))
    return sent.taken("Уборка начата. Добавьте фото и нажмите «Выполнено».")


@report
def finish(sent: Report) -> HttpResponse:
    form = ReportForm(sent.request.POST)
    if not form.is_valid():
        return refused_form(sent, form)
    actions.finish_visit(
        sent.visit.pk, employee=sent.employee, at=moment(sent, form), comment=form.cleaned_data["comment"].strip()
    )
    drop_draft(sent.request, sent.visit.pk)
    return sent.taken("Отчёт принят: выполнено. Спасибо!")


@report
def not_possible(sent: Report) -> HttpResponse:
    form = NotPossibleForm(sent.request.POST)
    if not form.is_valid():
        return refused_form(sent, form)
    actions.report_not_possible(
        sent.visit.pk,
        employee=sent.employee,
        at=moment(sent, form),
        reason=form.cleaned_data["reason"],
        comment=form.cleaned_data["comment"].strip(),
    )
    drop_draft(sent.request, sent.visit.pk)
    return sent.taken("Отчёт принят: не выполнено, причина записана.")


@report
def photos(sent: Report) -> HttpResponse:
    """One photo with its key from a script, or all files of the plain form."""
    if sent.wants_json:
        photo = add(sent, key_of(sent.request.POST.get("key", "")), sent.request.FILES.get("photo"))
        return sent.taken("", photo=photo_json(photo))
    files = sent.request.FILES.getlist("photos")
    if not files:
        raise InvalidInput(NO_FILES, field="photo")
    batch = key_of(sent.request.POST.get("batch", ""))
    for number, file in enumerate(files):
        try:
            # The same form sent again gives the same keys.
            add(sent, uuid.uuid5(batch, str(number)), file)
        except InvalidInput as error:
            raise InvalidInput(f"{file.name}: {error.message}", field="photo") from error
    return sent.taken(f"Фото приняты: {len(files)}.")


def add(sent: Report, key: uuid.UUID, file: UploadedFile[bytes] | None) -> VisitPhoto:
    if file is None:
        raise InvalidInput(NO_FILES, field="photo")
    return actions.add_photo(sent.visit.pk, employee=sent.employee, key=key, file=file)


def key_of(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as exc:
        raise InvalidInput("Ключ отправки не похож на UUID: обновите страницу.", field="key") from exc


def photo_json(photo: VisitPhoto) -> dict[str, object]:
    return {
        "id": photo.pk,
        "key": str(photo.key),
        "url": photo.image.url,
        "width": photo.width,
        "height": photo.height,
    }
