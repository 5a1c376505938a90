"""Building the index of a base.

The passages of a new version are made aside, unseen by searches; their vectors are fetched; then one transaction shows
the new ones, hides the old and marks the build as the active one. So a search sees either the whole old index or the
whole new one. What needs no change is not touched: a passage stays what it is as long as its version and the way of
cutting stay.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from knowledge import embedding, hnsw
from knowledge.locks import base_lock
from knowledge.models import (
    Document,
    DocumentVersion,
    EmbeddingCache,
    IndexBuild,
    KnowledgeBase,
    Passage,
    PassageVector,
)
from knowledge.passages import cut
from knowledge.signals import index_published
from knowledge.text import in_batches, text_key

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)
ROWS_AT_ONCE = 500
State = DocumentVersion.State


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What became of one base. `builds` is empty when there was nothing to do or another process is at it."""

    base: str
    builds: tuple[int, ...]
    busy: bool
    error: str = ""


def embedded_text(heading: str, text: str) -> str:
    """What a passage's vector is made of: its headings belong to it."""
    return f"{heading}\n{text}" if heading else text


def rebuild_all(slugs: Iterable[str] | None = None, *, force: bool = False, user: User | None = None) -> list[Rebuilt]:
    """Bring the index of every base (or of these) up to its documents; the one action behind job, command and page.

    Args:
        force: build even where nothing has changed.
    """
    bases = KnowledgeBase.objects.all()
    if slugs is not None:
        bases = bases.filter(slug__in=list(slugs))
    return [rebuild(base, force=force, user=user) for base in bases]


def rebuild(base: KnowledgeBase, *, force: bool = False, user: User | None = None) -> Rebuilt:
    """Build until the base has nothing new left: what is confirmed meanwhile is built in the same go.

    Of two callers at once the second leaves at once; the first looks again after it has let the lock go, so that what
    the second came for is not forgotten.
    """
    builds: list[int] = []
    error = ""
    while force or needs_rebuild(base):
        with base_lock(base.pk) as is_ours:
            if not is_ours:
                return Rebuilt(base.slug, tuple(builds), busy=True)
            base.refresh_from_db()
            if not (force or needs_rebuild(base)):
                break
            build = Builder(base, user).run()
        builds.append(build.pk)
        force, error = False, build.error
        if build.state != IndexBuild.State.DONE or build.error:
            break  # the next period tries again, and not this loop for ever
    return Rebuilt(base.slug, tuple(builds), busy=False, error=error)


def targets(base: KnowledgeBase) -> list[int]:
    """The versions the index ought to hold: the current one of every document that was not removed."""
    kept = Document.objects.kept().filter(base=base, current__isnull=False)
    return list(kept.order_by("pk").values_list("current_id", flat=True))


def needs_rebuild(base: KnowledgeBase) -> bool:
    """Whether the index lags behind the documents, the way of cutting, or the embedding model."""
    return documents_changed(base) or vectors_missing(base)


def documents_changed(base: KnowledgeBase) -> bool:
    """Whether the index holds other passages than it ought to, or a build was killed on the way."""
    wanted = targets(base)
    live = Passage.objects.filter(base=base, live=True)
    if live.exclude(version__in=wanted, cutting=base.cutting).exists():
        return True
    if DocumentVersion.objects.filter(pk__in=wanted).exclude(state=State.TRAINED).exists():
        return True
    # The lock's holder is the only one to see a running build of another: one that is no more.
    return base.builds.filter(state=IndexBuild.State.RUNNING).exists()


def vectors_missing(base: KnowledgeBase) -> bool:
    """Whether the model in use has not seen every passage."""
    model = embedding.model_name()
    return bool(model) and Passage.objects.filter(base=base, live=True).exclude(vector__model=model).exists()


class Builder:
    """One build of one base. The caller holds the base's lock."""

    def __init__(self, base: KnowledgeBase, user: User | None = None) -> None:
        self.base = base
        self.user = user
        self.model = embedding.configured_model()

    def run(self) -> IndexBuild:
        self.clear_up()
        self.build = IndexBuild.objects.create(base=self.base, requested_by=self.user, step="Делим документы")
        try:
            wanted = targets(self.base)
            self.cut_documents(wanted)
            self.embed(wanted)
            self.note(step="Включаем новый индекс")
            self.activate(wanted)
        except Exception:
            logger.exception("Building the index of %s failed", self.base.slug)
            self.note(state=IndexBuild.State.FAILED, finished_at=timezone.now(), error="Внутренняя ошибка, в журнале.")
            raise
        return self.build

    def clear_up(self) -> None:
        """What a killed build left: its record says so, its unseen passages go."""
        running = IndexBuild.objects.filter(base=self.base, state=IndexBuild.State.RUNNING)
        running.update(
            state=IndexBuild.State.INTERRUPTED,
            finished_at=timezone.now(),
            step="",
            error="Процесс был остановлен; построение повторено.",
        )
        Passage.objects.filter(base=self.base, live=False).delete()

    def note(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.build, name, value)
        self.build.save(update_fields=list(values))

    def cut_documents(self, wanted: Sequence[int]) -> None:
        """Make the passages of versions that have none, or have them cut otherwise."""
        live = Passage.objects.filter(base=self.base, live=True, cutting=self.base.cutting)
        done = set(live.filter(version__in=wanted).values_list("version_id", flat=True).distinct())
        todo = [pk for pk in wanted if pk not in done]
        self.note(progress_total=len(todo))
        added = 0
        for number, pk in enumerate(todo, 1):
            version = DocumentVersion.objects.get(pk=pk)
            rows = passages_of(version, self.base, self.build)
            Passage.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
            added += len(rows)
            self.note(progress_done=number, added=added)

    def embed(self, wanted: Sequence[int]) -> None:
        """Fetch the vectors that are missing. Without a model, or when it fails, words alone will be searched."""
        if self.model is None:
            return
        rows = self.coming(wanted).values_list("heading", "text")
        texts = [embedded_text(heading, text) for heading, text in rows]
        self.note(step="Считаем векторы", progress_done=0, progress_total=len(texts))
        asked, error = embedding.embed_all(texts, model=self.model, progress=lambda done: self.note(progress_done=done))
        self.note(embedded=asked, reused=max(0, self.build.progress_done - asked), error=error)

    def coming(self, wanted: Sequence[int]) -> Any:
        """The passages of the index to be: those made now, and those that stay."""
        staying = Q(live=True, version__in=wanted, cutting=self.base.cutting)
        return Passage.objects.filter(Q(build=self.build, live=False) | staying, base=self.base)

    def activate(self, wanted: Sequence[int]) -> None:
        """Show the new index, in one step."""
        with transaction.atomic():
            staying = Q(version__in=wanted, cutting=self.base.cutting)
            old = Passage.objects.filter(base=self.base, live=True).exclude(staying)
            removed = old.update(live=False)
            Passage.objects.filter(base=self.base, build=self.build, live=False).update(live=True)
            count_words(self.base)
            vectors = self.place_vectors()
            self.mark_versions(wanted)
            IndexBuild.objects.filter(base=self.base, active=True).update(active=False)
            self.note(
                active=True,
                state=IndexBuild.State.DONE,
                finished_at=timezone.now(),
                step="",
                passages=Passage.objects.filter(base=self.base, live=True).count(),
                removed=removed,
                embedding_model=self.model.name if self.model and vectors else "",
            )
            index_published.send(sender=IndexBuild, base=self.base, build=self.build)
        Passage.objects.filter(base=self.base, live=False).delete()
        if self.model is not None:
            hnsw.tend()

    def mark_versions(self, wanted: Sequence[int]) -> None:
        """«Обучен» is what the index holds; what it held before was replaced."""
        here = DocumentVersion.objects.filter(document__base=self.base)
        here.filter(state=State.TRAINED).exclude(pk__in=wanted).update(state=State.REPLACED)
        here.filter(pk__in=wanted).exclude(state=State.TRAINED).update(state=State.TRAINED)
        confirmed = here.filter(state=State.CONFIRMED, document__current__number__gt=F("number"))
        confirmed.update(state=State.REPLACED)  # confirmed and overtaken before it came to be built

    def place_vectors(self) -> int:
        """Put the vectors of the live passages beside them; returns how many there are."""
        PassageVector.objects.filter(base=self.base).exclude(passage__live=True).delete()
        if self.model is None:
            return 0
        PassageVector.objects.filter(base=self.base).exclude(model=self.model.name).delete()
        bare = Passage.objects.filter(base=self.base, live=True, vector__isnull=True)
        keys = {
            pk: text_key(embedded_text(heading, text))
            for pk, heading, text in bare.values_list("pk", "heading", "text")
        }
        for batch in in_batches(list(keys.items()), ROWS_AT_ONCE):
            cached = EmbeddingCache.objects.filter(model=self.model.name, text_hash__in={key for _, key in batch})
            vectors = dict(cached.values_list("text_hash", "embedding"))
            PassageVector.objects.bulk_create(
                PassageVector(passage_id=pk, base=self.base, model=self.model.name, embedding=vectors[key])
                for pk, key in batch
                if key in vectors
            )
        return PassageVector.objects.filter(base=self.base).count()


def passages_of(version: DocumentVersion, base: KnowledgeBase, build: IndexBuild) -> list[Passage]:
    return [
        Passage(
            base=base,
            document_id=version.document_id,
            version=version,
            build=build,
            ordinal=number,
            heading=piece.path,
            text=piece.text,
            start=piece.start,
            end=piece.end,
            content_hash=piece.content_hash,
            cutting=base.cutting,
        )
        for number, piece in enumerate(cut(version.text, base.cut), 1)
    ]


def count_words(base: KnowledgeBase) -> None:
    """In how many live passages each word stands."""
    query = f"SELECT words FROM knowledge_passage WHERE live AND base_id = {int(base.pk)}"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM knowledge_termcount WHERE base_id = %s", [base.pk])
        cursor.execute(
            "INSERT INTO knowledge_termcount (base_id, term, passages) SELECT %s, word, ndoc FROM ts_stat(%s)"
            " WHERE word NOT LIKE '@%%'",
            [base.pk, query],
        )
