"""Questions about many houses or visits at once."""

from __future__ import annotations

from django.db import models


class HouseQuerySet(models.QuerySet["models.Model"]):
    def active(self) -> HouseQuerySet:
        """Houses still in the funnel."""
        return self.filter(archived_at__isnull=True)


class VisitQuerySet(models.QuerySet["models.Model"]):
    """Questions about visits."""
