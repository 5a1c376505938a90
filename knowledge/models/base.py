"""A knowledge base: a set of documents that is searched as one."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from knowledge.passages import Cut

DEFAULT_SEPARATOR = "<<->>"


class KnowledgeBase(models.Model):
    """One base. How its documents are cut, who may read it, and which words lead a question to it."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", "Все, кто обращается"
        STAFF = "staff", "Только сотрудники"

    slug = models.CharField(
        "код",
        max_length=32,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9-]*\Z", "Латинские буквы, цифры и дефис, первая — буква")],
        help_text="Латиницей; так база называется в ответах, например [general]",
    )
    title = models.CharField("название", max_length=120)
    description = models.CharField("о чём", max_length=300, blank=True)
    visibility = models.CharField("кто видит", max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)
    is_default = models.BooleanField(
        "основная", default=False, help_text="Сюда идёт вопрос, в котором нет слов других баз"
    )
    chunk_size = models.PositiveIntegerField(
        "размер фрагмента, знаков",
        default=1200,
        validators=[MinValueValidator(200), MaxValueValidator(8000)],
        help_text="Длиннее фрагмент — больше вокруг ответа, короче — точнее находка",
    )
    overlap = models.PositiveIntegerField(
        "перекрытие, знаков",
        default=150,
        validators=[MaxValueValidator(2000)],
        help_text="Сколько текста повторяется на стыке двух фрагментов длинного раздела",
    )
    separator = models.CharField(
        "разделитель", max_length=20, default=DEFAULT_SEPARATOR, help_text="Граница, через которую фрагмент не перейдёт"
    )
    fallback_threshold = models.FloatField(
        "порог",
        default=0.2,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="0…1. Если лучшая находка слабее, вопрос задаётся остальным базам",
    )
    route_words = models.TextField(
        "слова базы",
        blank=True,
        help_text="По одному на строке; звёздочка в конце — любое окончание: моющ*. Вопрос с таким словом идёт сюда",
    )
    veto_words = models.TextField(
        "слова-исключения", blank=True, help_text="Если в вопросе есть такое слово, слова базы не действуют"
    )
    is_demo = models.BooleanField("демо", default=False, editable=False)

    class Meta:
        verbose_name = "база знаний"
        verbose_name_plural = "базы знаний"
        ordering = ["-is_default", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="knowledge_one_default_base",
                violation_error_message="Основная база уже есть",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.overlap * 2 > self.chunk_size:
            raise ValidationError({"overlap": "Перекрытие не больше половины фрагмента"})
        if not self.separator.strip() or "\n" in self.separator:
            raise ValidationError({"separator": "Разделитель не может быть пустым"})

    @property
    def cut(self) -> Cut:
        return Cut(size=self.chunk_size, overlap=self.overlap, separator=self.separator)

    @property
    def cutting(self) -> str:
        """Names the way of cutting: passages made otherwise are made anew."""
        return f"v1:{self.chunk_size}:{self.overlap}:{self.separator}"
