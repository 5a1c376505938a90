"""Background jobs of the knowledge bases. Their periods are django-celery-beat rows."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from knowledge import actions, exam
from knowledge.index import documents_changed, rebuild, rebuild_all
from knowledge.models import DocumentVersion, EmbeddingCache, IndexBuild, KnowledgeBase

logger = logging.getLogger(__name__)
PARSED_BY_ITSELF = timedelta(minutes=2)
PAUSE_AFTER_ERROR = timedelta(minutes=10)
QUESTIONS_KEPT_FOR = timedelta(days=90)
BUILDS_KEPT_FOR = timedelta(days=60)


@shared_task(ignore_result=True)
def rebuild_embeddings(*, base: str | None = None, force: bool = False) -> None:
    """Bring the index of one base, or of all, up to its documents."""
    rebuild_all([base] if base else None, force=force)


@shared_task(ignore_result=True)
def think_of_questions(*, version: int) -> None:
    """Have a model think of questions that a waiting version can answer."""
    row = DocumentVersion.objects.filter(pk=version, state=DocumentVersion.State.WAITING).first()
    if row is not None:
        exam.think_of_questions(row)


@shared_task(ignore_result=True)
def catch_up() -> None:
    """Do what a lost job or a killed process left undone: read files, finish builds, fetch vectors a provider owes."""
    forgotten = DocumentVersion.objects.filter(
        state=DocumentVersion.State.UPLOADED, created_at__lt=timezone.now() - PARSED_BY_ITSELF
    )
    for version in forgotten.select_related("document__base"):
        actions.parse(version)
    for base in KnowledgeBase.objects.all():
        if has_just_failed(base.builds.first()) and not documents_changed(base):
            continue  # only vectors are missing, and the provider has just refused them
        rebuild(base)


def has_just_failed(build: IndexBuild | None) -> bool:
    if build is None or not build.error or build.finished_at is None:
        return False
    return timezone.now() - build.finished_at < PAUSE_AFTER_ERROR


@shared_task(ignore_result=True)
def purge() -> None:
    """Forget vectors of questions nobody asks any more, and old records of builds."""
    now = timezone.now()
    EmbeddingCache.objects.filter(is_question=True, used_at__lt=now - QUESTIONS_KEPT_FOR).delete()
    old = IndexBuild.objects.filter(started_at__lt=now - BUILDS_KEPT_FOR)
    old.exclude(Q(active=True) | Q(state=IndexBuild.State.RUNNING)).delete()
