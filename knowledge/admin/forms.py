"""Forms of «Обучение»."""

from __future__ import annotations

from typing import Any

from django import forms

from knowledge.ingest import KINDS
from knowledge.ingest.limits import DEFAULT_LIMITS
from knowledge.models import Document, KnowledgeBase


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


class WriteForm(TextForm):
    """A text that becomes a new document, or the end of one that there is."""

    base = forms.ModelChoiceField(
        KnowledgeBase.objects.all(), label="База знаний", empty_label=None, to_field_name="slug"
    )
    document = forms.ModelChoiceField(
        Document.objects.none(),
        label="Куда",
        required=False,
        empty_label="Новый документ",
        help_text="В существующий документ текст добавится в конец, отдельным фрагментом",
    )
    title = forms.CharField(
        label="Название нового документа", required=False, max_length=200, help_text="Пусто — первый заголовок текста"
    )
    field_order = ("base", "document", "title", "text", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = Document.objects.kept().filter(current__isnull=False).select_related("base")
        self.fields["document"].queryset = kept  # type: ignore[attr-defined]
        self.fields["document"].label_from_instance = named  # type: ignore[attr-defined]
        self.fields["text"].widget.attrs["rows"] = 14

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        document, base = sent.get("document"), sent.get("base")
        if document and base and document.base_id != base.pk:
            self.add_error("document", f"Этот документ — из другой базы: «{document.base}».")
        return sent


def named(document: Document) -> str:
    return f"{document.title} [{document.base.slug}]"
