"""Pieces of a house's card for the side panel: «График», «Детали», «Акт»."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from houses.actions import sign_act, unsign_act
from houses.admin.card import asked_month, details_context, schedule_context
from houses.admin.filters import DATE_FORMATS
from houses.models import Act, House
from houses.schedule import first_day, month_text, month_title
from vasdom.errors import VasdomError


def house_or_404(request: HttpRequest, house_id: int, permission: str = "houses.view_house") -> House:
    """A house this user may see."""
    if not request.user.has_perm(permission):
        raise PermissionDenied
    houses = House.objects.visible_to(request.user).select_related("company", "brigade", "stage", "contact")
    house: House | None = houses.filter(pk=house_id).first()
    if house is None:
        raise Http404("Дом не найден")
    return house


def schedule_panel(request: HttpRequest, house_id: int) -> HttpResponse:
    """«График»: a month's calendar with the types of cleaning and what became of them."""
    house = house_or_404(request, house_id)
    return panel(request, "admin/houses/house/panel_schedule.html", schedule_context(request, house))


def details_panel(request: HttpRequest, house_id: int) -> HttpResponse:
    """«Детали»: the house, its company and its elder."""
    house = house_or_404(request, house_id)
    return panel(request, "admin/houses/house/panel_details.html", details_context(request, house))


class ActForm(forms.Form):
    signed_date = forms.DateField(
        label="Дата подписания",
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    signed_by = forms.CharField(label="Кто подписал", max_length=200, required=False)
    notes = forms.CharField(
        label="Примечания", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


def act_panel(request: HttpRequest, house_id: int) -> HttpResponse:
    """«Акт подписан» for one month of one house, and taking it back."""
    house = house_or_404(request, house_id, "houses.view_act")
    today = timezone.localdate()
    month = asked_month(request) or (today.year, today.month)
    act = Act.objects.filter(house=house, month=first_day(month)).first()
    may_sign = request.user.has_perm("houses.sign_act")
    form = ActForm(request.POST or None, initial={"signed_date": today, "signed_by": house.contact or ""})
    context: dict[str, Any] = {"house": house, "month_text": month_text(month), "month_title": month_title(month)}
    context |= {"act": act, "may_sign": may_sign, "form": form, "error": ""}
    if request.method == "POST":
        if not may_sign:
            raise PermissionDenied
        try:
            if save_act(request, house, month, form):
                return HttpResponse(status=200, headers={"X-Panel-Done": "1"})
        except VasdomError as exc:
            context["error"] = exc.message
    return panel(request, "admin/houses/house/panel_act.html", context)


def save_act(request: HttpRequest, house: House, month: tuple[int, int], form: ActForm) -> bool:
    """Sign or take back, as the pressed button says; False when the form has errors."""
    if "undo" in request.POST:
        unsign_act(house, month, user=request.user)
        return True
    if not form.is_valid():
        return False
    sign_act(house, month, user=request.user, brigade=house.brigade, **form.cleaned_data)
    return True


def panel(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A fragment; a browser keeps no copy, so the panel is never older than the page."""
    answer = render(request, template, context)
    answer["Cache-Control"] = "no-store"
    return answer
