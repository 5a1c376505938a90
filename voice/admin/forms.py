"""The form of a new revision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from voice.models import EDITABLE, AssistantRevision

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[AssistantRevision]
else:
    ModelForm = forms.ModelForm

SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Голос", "Как помощник представляется", ("name", "gender", "greeting", "greeting_night")),
    ("Промпты", "По ним отвечает языковая модель", ("qa_prompt", "contextualize_prompt")),
    (
        "Модель",
        "Ключ сервера AI задаётся в окружении; здесь — какая модель отвечает и сколько её ждать",
        (
            "model_vendor",
            "model",
            "fallback_model",
            "temperature",
            "max_tokens",
            "first_token_seconds",
            "whole_seconds",
        ),
    ),
    ("Поиск", "Насколько уверенным надо быть, чтобы ответить", ("top_k", "fallback_threshold", "answer_threshold")),
    (
        "Фразы",
        "Говорятся слово в слово",
        ("phrase_unknown", "phrase_apology", "phrase_transfer", "phrase_silence", "phrase_goodbye"),
    ),
)
TALL = {"qa_prompt": 18, "contextualize_prompt": 6}


class RevisionForm(ModelForm):
    """Fields of a revision, beginning with another one's."""

    note = forms.CharField(
        label="Примечание", required=False, max_length=300, help_text="Что изменилось и почему — для списка редакций"
    )

    class Meta:
        model = AssistantRevision
        fields = EDITABLE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs |= {"rows": TALL.get(name, 2), "spellcheck": "true"}
            if isinstance(field, forms.FloatField):
                field.widget.attrs["step"] = "0.5" if name.endswith("_seconds") else "0.05"

    def sections(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        return [(title, about, [self[name] for name in names]) for title, about, names in SECTIONS]

    def _post_clean(self) -> None:
        """The row is never saved from here: `voice.actions.save_revision` checks and makes a new one."""
