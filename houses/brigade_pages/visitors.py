"""Who looks at the brigade pages, and the fences every page stands behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser, User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from houses.access import brigade_of, employee_of, is_brigade, sees_all_houses
from houses.models import Brigade, Employee, House

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person. `brigade` is the only one whose houses may be shown; None for the office, which sees all."""

    user: User
    brigade: Brigade | None
    office: bool

    @property
    def employee(self) -> Employee | None:
        return employee_of(self.user)

    def works_at(self, house: House) -> bool:
        """Whether this person reports on this house; the office only looks."""
        return self.brigade is not None and house.brigade_id == self.brigade.pk

    def chosen_brigade(self, text: str) -> Brigade | None:
        """The brigade whose day is shown, by the number in the address; None while the office has not chosen.

        Raises:
            Http404: there is no such brigade, or it is not this person's.
        """
        if not text:
            return self.brigade
        if not text.isdecimal() or len(text) > 9:
            raise Http404
        if self.brigade is not None and int(text) != self.brigade.pk:
            raise Http404
        return self.brigade or get_object_or_404(Brigade, pk=int(text))


def visitor_of(user: User | AnonymousUser) -> Visitor | None:
    """The visitor, or None when this login has nothing to see here: no brigade and no office role."""
    if not isinstance(user, User):
        return None
    if sees_all_houses(user):
        return Visitor(user, None, office=True)
    brigade = brigade_of(user) if is_brigade(user) else None
    return Visitor(user, brigade, office=False) if brigade is not None else None


def sign_in_url(return_to: str) -> str:
    return f"{reverse('brigade:login')}?{urlencode({'next': return_to})}"


def page(
    view: Callable[Concatenate[HttpRequest, Visitor, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page to look at: asks to sign in, and says whom to ask when the login is linked to no brigade."""

    @never_cache
    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return HttpResponseRedirect(sign_in_url(request.get_full_path()))
        visitor = visitor_of(request.user)
        if visitor is None:
            return no_brigade(request)
        try:
            return view(request, visitor, *args, **kwargs)
        except Http404:
            return nothing_here(request)

    return guarded


def no_brigade(request: HttpRequest) -> HttpResponse:
    return render(request, "brigade/no_brigade.html", {"title": "Бригада не указана"}, status=403)


def nothing_here(request: HttpRequest) -> HttpResponse:
    """One answer for what does not exist and for what belongs to another brigade."""
    return render(request, "brigade/not_found.html", {"title": "Не найдено"}, status=404)


def shared(visitor: Visitor, brigade: Brigade | None, **context: Any) -> dict[str, Any]:
    """What every page of a signed-in visitor shows; `keep` carries the office's choice of brigade on in links."""
    keep = f"?brigade={brigade.pk}" if visitor.office and brigade is not None else ""
    return {"visitor": visitor, "brigade": brigade, "keep": keep, **context}
