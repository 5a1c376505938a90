"""Documents and their versions: a version, once read, is never changed or overwritten."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models

from knowledge.models.base import KnowledgeBase
from vasdom.errors import Conflict


def sources() -> FileSystemStorage:
    """Uploaded files lie outside of what the site serves."""
    return FileSystemStorage(location=settings.VAR_DIR / "knowledge")


def source_path(version: DocumentVersion, name: str) -> str:
    """A name of our own: the uploader's is kept in the row and never becomes a path."""
    return f"{uuid.uuid4().hex}{version.suffix}"


class DocumentQuerySet(models.QuerySet["Document"]):
    def kept(self) -> DocumentQuerySet:
        """Documents that were not removed."""
        return self.filter(removed_at__isnull=True)

    def with_latest(self) -> DocumentQuerySet:
        """Annotate `latest_state`, `latest_error`, `latest_number`, `latest_at`, `latest_file`: of the last version."""
        latest = DocumentVersion.objects.filter(document=models.OuterRef("pk")).order_by("-number")
        return self.annotate(
            latest_state=models.Subquery(latest.values("state")[:1]),
            latest_number=models.Subquery(latest.values("number")[:1]),
            latest_at=models.Subquery(latest.values("created_at")[:1]),
            latest_file=models.Subquery(latest.values("file_name")[:1]),
            latest_error=models.Subquery(latest.values("error")[:1]),
        )


class Document(models.Model):
    """One document of a base. What it says is its `current` version."""

    base = models.ForeignKey(KnowledgeBase, models.CASCADE, related_name="documents", verbose_name="база")
    title = models.CharField("название", max_length=200)
    is_main = models.BooleanField("основной документ базы", default=False, help_text="Его заменяет POST /api/kb/upload")
    current = models.ForeignKey(
        "DocumentVersion",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="действующая версия",
    )
    removed_at = models.DateTimeField("убран", null=True, blank=True, editable=False)
    created_at = models.DateTimeField("создан", auto_now_add=True)
    is_demo = models.BooleanField("демо", default=False, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "документ"
        verbose_name_plural = "документы"
        ordering = ["base__slug", "-is_main", "title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["base"], condition=models.Q(is_main=True), name="knowledge_one_main_document"
            )
        ]

    def __str__(self) -> str:
        return self.title


class DocumentVersion(models.Model):
    """One version. Its text is set once, when the file has been read; what a person corrects is a new version."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Загружен"
        PARSED = "parsed", "Разобран"
        WAITING = "waiting", "Ждёт подтверждения"
        CONFIRMED = "confirmed", "Подтверждён, обучается"
        TRAINED = "trained", "Обучен"
        REPLACED = "replaced", "Заменён"
        REJECTED = "rejected", "Отклонён"
        ERROR = "error", "Ошибка"

    document = models.ForeignKey(Document, models.CASCADE, related_name="versions", verbose_name="документ")
    number = models.PositiveIntegerField("номер")
    state = models.CharField("состояние", max_length=10, choices=State.choices, default=State.UPLOADED, db_index=True)
    error = models.CharField("причина", max_length=500, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="автор"
    )
    author_name = models.CharField(
        "кто", max_length=150, blank=True, help_text="Остаётся, если учётной записи больше нет"
    )
    note = models.CharField("примечание", max_length=300, blank=True)
    file_name = models.CharField("имя файла", max_length=255, blank=True)
    file: models.FileField = models.FileField(
        "файл", storage=sources, upload_to=source_path, blank=True, max_length=100
    )
    file_size = models.PositiveBigIntegerField("размер файла, байт", null=True, blank=True)
    pages = models.PositiveIntegerField("страниц", null=True, blank=True)
    remarks: models.JSONField[Any, Any] = models.JSONField("замечания разбора", default=list, blank=True)
    text = models.TextField("текст", blank=True)
    text_hash = models.CharField(max_length=64, blank=True, editable=False, help_text="SHA-256 текста")
    questions: models.JSONField[Any, Any] = models.JSONField(
        "вопросы к тексту", default=list, blank=True, editable=False, help_text="Придуманы моделью"
    )
    questions_note = models.CharField("почему вопросов нет", max_length=300, blank=True, editable=False)
    confirm_at_once = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField("создана", auto_now_add=True)
    decided_at = models.DateTimeField("решено", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="кто решил"
    )

    class Meta:
        verbose_name = "версия документа"
        verbose_name_plural = "версии документов"
        ordering = ["document_id", "-number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="knowledge_version_number")]

    def __str__(self) -> str:
        return f"{self.document}, версия {self.number}"

    @property
    def suffix(self) -> str:
        """`.pdf` of «Прайс.PDF»; empty when the name has none that is safe."""
        _, dot, suffix = self.file_name.rpartition(".")
        return f".{suffix.lower()}" if dot and suffix.isascii() and suffix.isalnum() and len(suffix) <= 5 else ""

    @property
    def awaits_decision(self) -> bool:
        return self.state == self.State.WAITING

    def set_text(self, text: str) -> None:
        """Give the version its text.

        Raises:
            Conflict: it has one.
        """
        if self.text_hash:
            raise Conflict("Текст версии не меняется: исправление — это новая версия.")
        self.text = text
        self.text_hash = hashlib.sha256(text.encode()).hexdigest()
