"""«Помощник»: what answers now, its revisions, their differences, and which one is on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from houses.admin.pages import render
from knowledge.admin.common import person, require, told
from vasdom.errors import InvalidInput, VasdomError
from voice import access, actions, brain, differences, prompts
from voice.admin.forms import SECTIONS, RevisionForm
from voice.admin.listening import listen
from voice.admin.rules import rule_forms
from voice.admin.rules import values as rule_values
from voice.admin.trial import trial
from voice.models import EDITABLE, AssistantRevision

PER_PAGE = 25
LONGEST_NUMBER = 9


@admin.register(AssistantRevision)
class RevisionAdmin(ModelAdmin):  # type: ignore[misc]
    """Three pages of our own in the place of Django's list, form and card."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/activate/", wrap(require_POST(self.activate)), name="voice_activate"),
            path("<int:pk>/trial/", wrap(trial), name="voice_trial"),
            path("listen/", wrap(listen), name="voice_listen"),
        ]
        return own + super().get_urls()  # type: ignore[no-any-return]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """What answers now, and the revisions from new to old, each with what it changed."""
        require(access.may_view(request.user))
        active = actions.active_revision()
        rows = actions.with_rules(AssistantRevision.objects.filter(assistant=active.assistant)).order_by("-number")
        page = Paginator(rows, PER_PAGE + 1).get_page(request.GET.get("p"))
        shown = list(page.object_list)
        context = {
            "active": active,
            "state": state_of(active),
            "rows": [
                (revision, actions.diff(before, revision) if before else [])
                for revision, before in zip(shown, [*shown[1:], None], strict=True)
            ],
            "page": page,
            "opts": self.opts,
            **rights(request),
        }
        return render(request, "admin/voice/list.html", "Помощник", context)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Every edit is a new revision; it begins with the active one, or with the one of the address."""
        require(access.may_edit(request.user))
        start = self._start(request)
        form = RevisionForm(request.POST or None, initial={name: getattr(start, name) for name in EDITABLE})
        rules = rule_forms(start, request.POST or None)
        if request.method == "POST" and form.is_valid() and (not rules.is_bound or rules.is_valid()):
            try:
                values = {name: form.cleaned_data[name] for name in EDITABLE}
                revision = actions.save_revision(
                    values,
                    author=person(request),
                    note=form.cleaned_data["note"],
                    base=start,
                    rules=rule_values(rules),
                )
            except InvalidInput as exc:
                if exc.field == "rules":
                    form.rules_errors.append(exc.message)
                else:
                    form.add_error(exc.field if exc.field in form.fields else None, exc.message)
            except VasdomError as exc:
                messages.warning(request, exc.message)
            else:
                return self._saved(request, revision)
        context = {"form": form, "rules": rules, "start": start, "opts": self.opts, **rights(request)}
        return render(request, "admin/voice/form.html", "Новая редакция помощника", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One revision: what differs from the active one (or from another), and all of it."""
        require(access.may_view(request.user))
        revision = self.get_object(request, object_id)
        if revision is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return]
        active = actions.active_revision(revision.assistant.slug)
        other = self._other(request, revision, active)
        context = {
            "revision": revision,
            "original": revision,
            "active": active,
            "other": other,
            "others": AssistantRevision.objects.filter(assistant=revision.assistant).exclude(pk=revision.pk)[:50],
            "changes": actions.diff(other, revision) if other else [],
            "sections": [(title, [shown(revision, name) for name in names]) for title, _, names in SECTIONS],
            "rules": differences.shown_rules(revision).splitlines(),
            "refusal": "" if revision.active else actions.refusal(revision),
            "warnings": actions.warnings(revision),
            "greeting": prompts.filled(revision.greeting, hello="Добрый день", name=revision.name),
            "opts": self.opts,
            **rights(request),
        }
        return render(request, "admin/voice/card.html", str(revision), context)

    def activate(self, request: HttpRequest, pk: int) -> HttpResponse:
        require(access.may_activate(request.user))
        get_object_or_404(AssistantRevision, pk=pk)
        with told(request):
            revision = actions.activate_revision(pk, user=person(request))
            messages.success(request, f"{revision} включена: по ней ответит уже следующее сообщение.")
        return HttpResponseRedirect(reverse("admin:voice_assistantrevision_changelist"))

    def _start(self, request: HttpRequest) -> AssistantRevision:
        asked = request.GET.get("from", "")
        found = (
            AssistantRevision.objects.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 18 else None
        )
        return found or actions.active_revision()

    def _other(
        self, request: HttpRequest, revision: AssistantRevision, active: AssistantRevision
    ) -> AssistantRevision | None:
        """What it is compared with: the asked one, else the active one; the active one itself with the one before."""
        rows = AssistantRevision.objects.filter(assistant=revision.assistant).exclude(pk=revision.pk)
        asked = request.GET.get("with", "")
        if asked.isdecimal() and len(asked) <= LONGEST_NUMBER and (found := rows.filter(number=int(asked)).first()):
            return found
        if not revision.active:
            return active
        return rows.filter(number__lt=revision.number).order_by("-number").first()

    def _saved(self, request: HttpRequest, revision: AssistantRevision) -> HttpResponse:
        messages.success(request, f"{revision} сохранена.")
        if "activate" in request.POST and access.may_activate(request.user):
            with told(request):
                actions.activate_revision(revision.pk, user=person(request))
                messages.success(request, "И включена: по ней ответит уже следующее сообщение.")
        return HttpResponseRedirect(reverse("admin:voice_assistantrevision_change", args=[revision.pk]))


def rights(request: HttpRequest) -> dict[str, bool]:
    return {"may_edit": access.may_edit(request.user), "may_activate": access.may_activate(request.user)}


def shown(revision: AssistantRevision, name: str) -> tuple[str, str, bool]:
    """(label, value, whether it is a text of its own)."""
    field = AssistantRevision._meta.get_field(name)
    value = actions.shown(revision, name)
    return str(field.verbose_name), value, "\n" in value or len(value) > 90  # type: ignore[union-attr]


def state_of(active: AssistantRevision) -> dict[str, Any]:
    """What answers right now, in words."""
    vendor = brain.vendor_of(active.model_vendor)
    return {
        "with_model": vendor == brain.OPENAI,
        "missing": brain.missing_for(active.model_vendor, active.model),
        "warnings": actions.warnings(active) if settings.ARI_URL else [],
        "greeting": prompts.filled(active.greeting, hello="Добрый день", name=active.name).replace("|", " "),
    }
