"""The rows of the form that lead to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms

from voice.models import AssistantRevision, EscalationRule, TransferTarget
from voice.phone.rules import COUNTED

PREFIX = "rules"
MOST = 30


def _about(name: str) -> Any:
    return EscalationRule._meta.get_field(name)


class RuleForm(forms.Form):
    """One rule. A row without a reason is no row."""

    reason = forms.ChoiceField(
        label="когда", required=False, choices=[("", "— убрать правило —"), *_about("reason").choices]
    )
    threshold = forms.IntegerField(label="раз подряд", required=False, min_value=1, max_value=10, initial=1)
    words = forms.CharField(
        label="слова",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_about("words").help_text,
    )
    target = forms.ModelChoiceField(
        TransferTarget.objects.all(), label="кому", required=False, empty_label="первому из списка"
    )
    phrase = forms.CharField(
        label="что сказать",
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 1, "spellcheck": "true"}),
        help_text=_about("phrase").help_text,
    )


if TYPE_CHECKING:
    RuleFormSet = forms.BaseFormSet[RuleForm]
else:
    RuleFormSet = forms.formset_factory(RuleForm, extra=0, can_order=True, max_num=MOST, validate_max=True)


def rule_forms(start: AssistantRevision, sent: Mapping[str, Any] | None) -> forms.BaseFormSet[RuleForm]:
    """The rows of `start`, or what was sent of them. What sends no rows at all leaves them as they are."""
    if sent is not None and f"{PREFIX}-TOTAL_FORMS" in sent:
        return RuleFormSet(sent, prefix=PREFIX)
    rows = [
        {name: getattr(rule, name) for name in ("reason", "threshold", "words", "target", "phrase")}
        for rule in start.escalations.select_related("target")
    ]
    return RuleFormSet(initial=rows, prefix=PREFIX)


def values(formset: forms.BaseFormSet[RuleForm]) -> list[dict[str, Any]] | None:
    """The rules in their order, for `actions.save_revision`; None = none were sent."""
    if not formset.is_bound:
        return None
    return [
        {
            "reason": row["reason"],
            "threshold": (row["threshold"] or 1) if row["reason"] in COUNTED else 1,
            "words": row["words"],
            "target": row["target"],
            "phrase": row["phrase"],
        }
        for form in formset.ordered_forms
        if (row := form.cleaned_data).get("reason")
    ]
