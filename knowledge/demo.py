"""Sample documents for an installation that has none: how the company works, and how a stairwell is cleaned."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from knowledge import actions
from knowledge.index import rebuild
from knowledge.models import Document, KnowledgeBase

SAMPLES = Path(__file__).parent / "samples"
TITLES = {"general": "О компании и услугах (пример)", "tech": "Технология уборки (пример)"}


def seed() -> int:
    """Teach the samples to the bases that have no documents; returns how many documents were made."""
    made = 0
    for slug, title in TITLES.items():
        base = KnowledgeBase.objects.filter(slug=slug).first()
        if base is None or Document.objects.filter(base=base).exists():
            continue
        with transaction.atomic():
            document = Document.objects.create(base=base, title=title, is_main=True, is_demo=True)
            text = (SAMPLES / f"{slug}.md").read_text(encoding="utf-8")
            version = actions.write(document, text, author=None, author_name="Пример", note="Текст для знакомства")
            actions.confirm(version, user=None)
        rebuild(base)
        made += 1
    return made


def remove() -> int:
    """Take the sample documents away; what people uploaded stays, also a sample that they have changed since."""
    untouched = [
        document
        for document in Document.objects.filter(is_demo=True)
        if not document.versions.exclude(author_name="Пример").exists()
    ]
    removed, _ = Document.objects.filter(pk__in=[document.pk for document in untouched]).delete()
    if removed:
        for base in KnowledgeBase.objects.filter(slug__in=TITLES):
            rebuild(base, force=True)
    Document.objects.filter(is_demo=True).update(is_demo=False)
    return len(untouched)
