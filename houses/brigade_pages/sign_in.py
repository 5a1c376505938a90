"""The brigades' own door: their logins do not open the admin."""

from __future__ import annotations

from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from houses.brigade_pages import sign_in_limit, stale_pages
from houses.brigade_pages.forms import SignInForm

TOO_MANY = "Слишком много неудачных попыток. Подождите час или попросите менеджера сменить пароль."


def where_to(request: HttpRequest) -> str:
    """The page of this site that asked for the sign-in; never another site's."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("brigade:today")


def address_of(request: HttpRequest) -> str:
    """The caller's address. A proxy on this machine names it in the last entry of `X-Forwarded-For`; nobody else is
    believed, or one guesser could pretend to be many."""
    direct = str(request.META.get("REMOTE_ADDR") or "")
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return forwarded if forwarded and direct in {"", "127.0.0.1", "::1"} else direct


@sensitive_post_parameters("password")
@never_cache
@csrf_exempt  # checked below, see stale_pages
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    target = where_to(request)
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(target)
        return answer(request, SignInForm(request), target)
    if stale_pages.token_is_wrong(request):
        return answer(request, SignInForm(request), target, stale_pages.STALE, status=403)
    username, address = request.POST.get("username", "")[:200], address_of(request)
    if sign_in_limit.blocked(username, address):
        return answer(request, SignInForm(request, initial={"username": username}), target, TOO_MANY, status=429)
    form = SignInForm(request, data=request.POST)
    if not form.is_valid():
        sign_in_limit.count_failure(username, address)
        return answer(request, form, target, status=400)
    user = form.get_user()
    assert isinstance(user, User)
    sign_in_limit.forget(username)
    login(request, user)
    return HttpResponseRedirect(target)


def answer(
    request: HttpRequest, form: SignInForm, target: str, problem: str = "", *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "next": target, "problem": problem, "title": "Вход для бригад"}
    return render(request, "brigade/sign_in.html", context, status=status)


@csrf_exempt
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if stale_pages.token_is_wrong(request):
        return HttpResponseRedirect(reverse("brigade:today"))
    logout(request)
    return HttpResponseRedirect(reverse("brigade:login"))
