"""Forms of «Обучение»."""

from __future__ import annotations

from django import forms

from knowledge.ingest import KINDS
from knowledge.ingest.limits import DEFAULT_LIMITS
from knowledge.models import KnowledgeBase


class UploadForm(forms.Form):
    """A file for a new document, or a new version of one."""

    file = forms.FileField(
        label="Файл",
        help_text=f"{', '.join(KINDS)}; до {DEFAULT_LIMITS.file_bytes // 1024 // 1024} МБ",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(KINDS)}),
        error_messages={"required": "Выберите файл", "empty": "Файл пуст"},
    )
    base = forms.ModelChoiceField(KnowledgeBase.objects.all(), label="База знаний", empty_label=None)
    title = forms.CharField(label="Название", required=False, max_length=200, help_text="Пусто — по имени файла")
    note = forms.CharField(label="Примечание", required=False, max_length=300, help_text="Что изменилось и почему")


class NewVersionForm(UploadForm):
    """The document is known already."""

    base = None  # type: ignore[assignment]
    title = None  # type: ignore[assignment]


class TextForm(forms.Form):
    """A text that a person writes or corrects."""

    text = forms.CharField(
        label="Текст",
        strip=False,
        max_length=DEFAULT_LIMITS.text_characters,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "true"}),
        error_messages={"required": "Текст пуст"},
    )
    note = forms.CharField(label="Примечание", required=False, max_length=300)
