"""Foreign keys only point down the layers; import-linter cannot see the ones that are written as strings."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.db.models import Model

from vasdom.checks.sources import LAYERS

RANKS = {package: rank for rank, layer in enumerate(reversed(LAYERS)) for package in layer} | {"vasdom": len(LAYERS)}


def check(models: Iterable[type[Model]] | None = None) -> list[str]:
    return [
        f"{model._meta.label}.{field.name} points up, or aside, to {field.related_model._meta.label}"
        for model in models or apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields(include_hidden=True)
        if field.is_relation and field.concrete and isinstance(field.related_model, type)
        if not _may_point(model._meta.app_label, field.related_model._meta.app_label)
    ]


def _may_point(owner: str, target: str) -> bool:
    """Packages of others (auth, contenttypes …) stand below all of ours; the apps of one layer stay apart."""
    if owner == target or target not in RANKS:
        return True
    return owner in RANKS and RANKS[owner] > RANKS[target]
