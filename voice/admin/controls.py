"""«Контрольные вопросы»: what must always be answered so, and whether it is."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from houses.admin.base import history_address
from houses.admin.pages import render
from knowledge.admin.common import person, require
from voice import access
from voice.learning import controls
from voice.models import ControlQuestion, ControlRun

HISTORY = 12


@admin.register(ControlQuestion)
class ControlQuestionAdmin(ModelAdmin):  # type: ignore[misc]
    """A list of our own; Django's form with the answers so far below it."""

    fieldsets = (
        (None, {"fields": ("question", "enabled")}),
        (
            "Чего ждать от ответа",
            {
                "fields": ("words", "never", "document", "heading", "outcome"),
                "description": "Хватит чего-то одного. Вопрос задаётся так, как его задаёт человек с улицы: "
                "без входа, одной репликой.",
            },
        ),
        ("Для себя", {"fields": ("note",)}),
    )
    change_form_after_template = "admin/voice/control_history.html"

    def get_urls(self) -> list[URLPattern]:
        own = [path("run/", self.admin_site.admin_view(require_POST(self.run)), name="voice_controls_run")]
        return own + super().get_urls()  # type: ignore[no-any-return]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The questions, wrong ones first, each with its last answer and what it was before."""
        require(request.user.has_perm(access.CONTROL))
        rows = sorted(controls.rows(), key=order_of)
        last = ControlRun.objects.select_related("requested_by").first()
        context = {
            "rows": rows,
            "wrong": sum(row.now is not None and not row.now.passed for row in rows if row.question.enabled),
            "last": last,
            "is_going_on": last is not None and not last.is_over,
            "runs": ControlRun.objects.filter(state=ControlRun.State.DONE)[:HISTORY],
            "may_change": request.user.has_perm(access.CHANGE_CONTROL),
            "opts": self.opts,
        }
        return render(request, "admin/voice/controls.html", "Контрольные вопросы", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        question = self.get_object(request, object_id)
        results = question.results.select_related("run")[:HISTORY] if question is not None else []
        extra = {"results": results, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra)  # type: ignore[no-any-return]

    def run(self, request: HttpRequest) -> HttpResponse:
        """Ask all of them now, in the background."""
        require(request.user.has_perm(access.CHANGE_CONTROL))
        if controls.want_run(controls.Reason.BY_HAND, user=person(request)) is None:
            messages.warning(request, "Спрашивать нечего: включённых вопросов нет.")
        else:
            messages.success(request, "Вопросы задаются. Обновите страницу через несколько секунд.")
        return HttpResponseRedirect(reverse("admin:voice_controlquestion_changelist"))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(history_address(self.model, object_id))


def order_of(row: controls.Row) -> tuple[bool, bool, int]:
    """Wrong ones first, those that are switched off last."""
    is_wrong = row.now is not None and not row.now.passed
    return not row.question.enabled, not is_wrong, row.question.pk
