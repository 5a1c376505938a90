"""What is searched: passages, their vectors, counts of words; and the record of how it was built."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.expressions import RawSQL
from pgvector.django import VectorField

from knowledge.models.base import KnowledgeBase
from knowledge.models.document import Document, DocumentVersion

# What the parser of PostgreSQL would take for the inside of a word: «ПИ-300», «мм/мин», «ул.Ленина» are two words each.
# ё is е. A question goes through the same.
FOLD = "translate({}, 'ёЁ-/._@+', 'еЕ      ')"
# The base goes in as a word that no text can hold: so one index answers for a small base as fast as for a large one. So
# does a slice, one of SLICES: words that stand everywhere are looked for in some of them only.
# Russian words go in by their stem; codes and Latin names as they are written, to be found by their beginning.
NO_CYRILLIC_WORDS = r"regexp_replace({}, '\m[а-яА-Я]+\M', ' ', 'g')"
# How a word sounds, roughly: unstressed vowels, voiced and doubled consonants fall together. «Падъезд» is «подъезд».
SOUND = (
    r"regexp_replace(regexp_replace(translate({}, 'оеёэиыйяюбвгджзщъь', 'аииииииаупфктшсш'),"
    r" '([шчц])[аи]', '\1и', 'g'), '(.)\1+', '\1', 'g')"
)
SLICES = 64
_HEADING, _TEXT = FOLD.format("heading"), FOLD.format("text")
_CODES = NO_CYRILLIC_WORDS.format(FOLD.format("heading || ' ' || text"))
WORDS_SQL = (
    f"setweight(to_tsvector('russian', {_HEADING}), 'A') || setweight(to_tsvector('russian', {_TEXT}), 'B')"
    f" || setweight(to_tsvector('simple', {_CODES}), 'D')"
    f" || array_to_tsvector(ARRAY['@' || base_id, '@s' || id % {SLICES}])"
)


class BitField(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's bits of any number; compared in SQL and never read."""

    def db_type(self, connection: Any) -> str:
        return "bit varying"


class IndexBuild(models.Model):
    """One building of a base's index. The active one is what the base answers with."""

    class State(models.TextChoices):
        RUNNING = "running", "Идёт"
        DONE = "done", "Готов"
        FAILED = "failed", "Не удалась"
        INTERRUPTED = "interrupted", "Прервана"

    base = models.ForeignKey(KnowledgeBase, models.CASCADE, related_name="builds", verbose_name="база")
    state = models.CharField("состояние", max_length=12, choices=State.choices, default=State.RUNNING)
    active = models.BooleanField("отвечает сейчас", default=False)
    started_at = models.DateTimeField("начало", auto_now_add=True)
    finished_at = models.DateTimeField("конец", null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="кто запустил"
    )
    step = models.CharField("шаг", max_length=120, blank=True)
    progress_done = models.PositiveIntegerField("сделано", default=0)
    progress_total = models.PositiveIntegerField("всего", default=0)
    passages = models.PositiveIntegerField("фрагментов", default=0)
    added = models.PositiveIntegerField("новых", default=0)
    removed = models.PositiveIntegerField("убрано", default=0)
    embedded = models.PositiveIntegerField("векторов получено", default=0)
    reused = models.PositiveIntegerField("векторов из прежних", default=0)
    embedding_model = models.CharField("модель векторов", max_length=100, blank=True)
    error = models.CharField("замечание", max_length=500, blank=True)

    class Meta:
        verbose_name = "построение индекса"
        verbose_name_plural = "построения индекса"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["base"], condition=models.Q(active=True), name="knowledge_one_active_build")
        ]
        permissions = [("rebuild_index", "Может перестраивать индекс")]

    def __str__(self) -> str:
        return f"{self.base}, построение {self.pk}"

    @property
    def percent(self) -> int:
        return min(100, self.progress_done * 100 // self.progress_total) if self.progress_total else 0


class Passage(models.Model):
    """A piece of a version that is found as one. Never changed; only `live` ones are searched."""

    base = models.ForeignKey(KnowledgeBase, models.CASCADE, related_name="passages", verbose_name="база")
    document = models.ForeignKey(Document, models.CASCADE, related_name="passages", verbose_name="документ")
    version = models.ForeignKey(DocumentVersion, models.CASCADE, related_name="passages", verbose_name="версия")
    build = models.ForeignKey(IndexBuild, models.SET_NULL, null=True, related_name="+", verbose_name="построение")
    ordinal = models.PositiveIntegerField("номер")
    heading = models.CharField("путь заголовков", max_length=600, blank=True)
    text = models.TextField("текст")
    start = models.PositiveIntegerField("начало", help_text="Знак текста версии, с которого фрагмент начинается")
    end = models.PositiveIntegerField("конец")
    content_hash = models.CharField(max_length=64, editable=False, help_text="SHA-256 заголовка и текста без пробелов")
    cutting = models.CharField(max_length=60, editable=False)
    live = models.BooleanField("в действующем индексе", default=False)
    words = models.GeneratedField(expression=RawSQL(WORDS_SQL, ()), output_field=SearchVectorField(), db_persist=True)

    class Meta:
        verbose_name = "фрагмент"
        verbose_name_plural = "фрагменты"
        ordering = ["document_id", "ordinal"]
        indexes = [
            GinIndex(fields=["words"], name="knowledge_words", condition=models.Q(live=True), fastupdate=False),
            models.Index(fields=["base", "content_hash"], name="knowledge_passage_hash"),
            models.Index(fields=["version", "ordinal"], name="knowledge_passage_order"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} · {self.ordinal}"

    @property
    def last_heading(self) -> str:
        return self.heading.rpartition(" › ")[2]


class PassageVector(models.Model):
    """The vector of a live passage, in a narrow table of its own that a search may read whole.

    A vector has no fixed length, so that models may change; `bits` are its signs, short enough to stay in the row while
    the vector itself is moved out of it.
    """

    passage = models.OneToOneField(Passage, models.CASCADE, primary_key=True, related_name="vector")
    base = models.ForeignKey(KnowledgeBase, models.CASCADE, related_name="+")
    model = models.CharField(max_length=100)
    embedding = VectorField()
    bits = models.GeneratedField(
        expression=RawSQL("binary_quantize(embedding)", ()), output_field=BitField(), db_persist=True
    )

    class Meta:
        verbose_name = "вектор фрагмента"
        verbose_name_plural = "векторы фрагментов"
        indexes = [models.Index(fields=["base", "model"], name="knowledge_vector_base")]

    def __str__(self) -> str:
        return str(self.pk)


class EmbeddingCache(models.Model):
    """Vectors by model and text: nothing is asked of a vendor twice."""

    model = models.CharField(max_length=100)
    text_hash = models.CharField(max_length=64, help_text="SHA-256 приведённого текста")
    embedding = VectorField()
    is_question = models.BooleanField(default=False)
    used_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "вектор"
        verbose_name_plural = "векторы"
        constraints = [models.UniqueConstraint(fields=["model", "text_hash"], name="knowledge_vector_of_text")]

    def __str__(self) -> str:
        return f"{self.model} {self.text_hash[:8]}"


class TermCount(models.Model):
    """In how many live passages of a base a word stands: rare words tell more than common ones."""

    base = models.ForeignKey(KnowledgeBase, models.CASCADE, related_name="+")
    term = models.TextField()
    passages = models.PositiveIntegerField()

    class Meta:
        verbose_name = "частота слова"
        verbose_name_plural = "частоты слов"
        constraints = [models.UniqueConstraint(fields=["base", "term"], name="knowledge_term_of_base")]
        indexes = [
            models.Index(
                fields=["base", "term"], opclasses=["int8_ops", "text_pattern_ops"], name="knowledge_term_beginning"
            )
        ]

    def __str__(self) -> str:
        return f"{self.term}: {self.passages}"
