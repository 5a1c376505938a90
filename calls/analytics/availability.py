"""Does the line answer? By day, the calls that heard the greeting soon, of all that arrived.

Where Asterisk's own list of calls is read (`calls.arrivals`), those that never reached the assistant are among the
arrived; where it is not, only those that did are known of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from calls.analytics.period import Period
from calls.models import ArrivalsRead

GREETED_WITHIN_MS = 2_000
GOAL = 0.99


@dataclass(frozen=True, slots=True)
class DayOfLine:
    """`missed` never reached the assistant; `late` heard the greeting, but later than it should be."""

    day: date | None
    arrived: int
    heard: int
    late: int
    missed: int

    @property
    def share(self) -> float | None:
        return self.heard / self.arrived if self.arrived else None

    @property
    def is_good(self) -> bool:
        return self.share is not None and self.share >= GOAL


@dataclass(frozen=True, slots=True)
class Availability:
    """`days` are those on which somebody called. `knows_all`: the calls that never reached us are counted too."""

    whole: DayOfLine
    days: tuple[DayOfLine, ...]
    knows_all: bool
    read_at: datetime | None
    trouble: str


def availability(period: Period) -> Availability:
    days = tuple(DayOfLine(*row) for row in period.rows(DAYS_SQL, within=GREETED_WITHIN_MS))
    sums = [sum(getattr(day, name) for day in days) for name in ("arrived", "heard", "late", "missed")]
    read = ArrivalsRead.objects.first() if settings.ASTERISK_CDR_CSV else None
    return Availability(
        whole=DayOfLine(None, *sums),
        days=days,
        knows_all=bool(settings.ASTERISK_CDR_CSV),
        read_at=read.read_at if read else None,
        trouble=read.trouble if read else "",
    )


# Lines of Asterisk's list from before the first call of ours say nothing of this line. A call that was cleared from the
# log is counted on neither side.
DAYS_SQL = """
WITH ours AS (
    SELECT (arrived_at AT TIME ZONE %(zone)s)::date AS day, greeted_ms FROM calls_call
    WHERE channel = 'phone' AND hidden_at IS NULL AND arrived_at >= %(begin)s AND arrived_at < %(end)s
), missed AS (
    SELECT (a.at AT TIME ZONE %(zone)s)::date AS day FROM calls_arrivedcall a
    WHERE a.at >= %(begin)s AND a.at < %(end)s
      AND a.at >= (SELECT min(arrived_at) FROM calls_call WHERE channel = 'phone')
      AND NOT EXISTS (SELECT 1 FROM calls_call c WHERE c.line_id = a.uniqueid)
)
SELECT day, count(*), count(*) FILTER (WHERE greeted_ms <= %(within)s), count(*) FILTER (WHERE greeted_ms > %(within)s),
       count(*) FILTER (WHERE is_missed)
FROM (SELECT day, greeted_ms, false AS is_missed FROM ours UNION ALL SELECT day, NULL, true FROM missed) AS arrived
GROUP BY day ORDER BY day
"""
