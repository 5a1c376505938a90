"""How old the CRM's data are, said in one sentence on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from houses.models.house import House
from houses.models.sync import SyncRun

FRESH_FOR = timedelta(minutes=15)
NEVER = "синхронизация ещё не выполнялась"
_REASONS = {
    SyncRun.State.FAILED: "Bitrix24 не отвечает",
    SyncRun.State.REFUSED: "синхронизация остановлена, нужен человек",
}
TOO_OLD = "синхронизация давно не выполнялась"


@dataclass(frozen=True, slots=True)
class Freshness:
    """`data_as_of` is the moment the data are true for; `reason` says why they are stale, empty when they are not."""

    data_as_of: datetime | None
    stale: bool
    reason: str

    @property
    def sentence(self) -> str:
        """«данные на 12:03», with the reason when stale and with the day when it is not today."""
        if self.data_as_of is None:
            return f"нет данных: {self.reason}"
        local = timezone.localtime(self.data_as_of)
        when = f"{local:%H:%M}" if local.date() == timezone.localdate() else f"{local:%d.%m.%Y %H:%M}"
        return f"данные на {when}; {self.reason}" if self.reason else f"данные на {when}"


def freshness(now: datetime | None = None) -> Freshness:
    """The age of the data by the last finished synchronisations.

    Runs that only worked off single events do not count: they say nothing of the other houses.
    """
    runs = SyncRun.objects.exclude(kind=SyncRun.Kind.EVENTS)
    last_done = runs.filter(state=SyncRun.State.DONE, data_as_of__isnull=False).order_by("-data_as_of").first()
    last = runs.exclude(state=SyncRun.State.RUNNING).order_by(F("finished_at").desc(nulls_last=True), "-id").first()
    data_as_of = last_done.data_as_of if last_done else None
    reason = _REASONS.get(SyncRun.State(last.state), "") if last else NEVER
    if data_as_of is None:
        return Freshness(None, True, reason or NEVER)
    if not reason and (now or timezone.now()) - data_as_of > FRESH_FOR:
        reason = TOO_OLD
    return Freshness(data_as_of, bool(reason), reason)


def nothing_read(fresh: Freshness) -> bool:
    """Has no house ever come from the CRM? Then «0 домов» would be a number nobody read anywhere."""
    return fresh.data_as_of is None and not House.objects.exists()
