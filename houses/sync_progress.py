"""What a page shows of the running synchronisation. The row is the truth; nothing else has to be remembered."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from houses.freshness import freshness
from houses.models import SyncRun


def progress() -> dict[str, Any]:
    """The latest run as JSON: state, label, step, done, total, percent (null while the total is unknown), counts,
    errors, and the age of the data.

    `state` is "none" when nothing has ever run.
    """
    run = SyncRun.objects.order_by("-started_at", "-pk").first()
    fresh = freshness()
    answer: dict[str, Any] = {"freshness": fresh.sentence, "stale": fresh.stale}
    if run is None:
        return answer | {"state": "none", "label": "Ещё не выполнялась", "errors": []}
    percent = min(100, run.progress_done * 100 // run.progress_total) if run.progress_total else None
    return answer | {
        "id": run.pk,
        "state": run.state,
        "label": run.get_state_display(),
        "kind": run.get_kind_display(),
        "step": run.step,
        "started": f"{timezone.localtime(run.started_at):%d.%m.%Y %H:%M:%S}",
        "done": run.progress_done,
        "total": run.progress_total,
        "percent": percent,
        "created": run.created,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "archived": run.archived,
        "restored": run.restored,
        "requests": run.requests,
        "errors": [str(error) for error in run.errors],
    }
