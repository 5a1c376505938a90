"""Asterisk's own list of calls, and what availability makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from calls import jobs, retention
from calls.actions import close_call, note_greeting, open_call
from calls.analytics import Period, figures
from calls.arrivals import Reading, import_arrivals
from calls.models import ArrivalsRead, ArrivedCall, Call, CallLogSettings
from calls.tests.factories import PHONE

pytestmark = pytest.mark.django_db
BEGUN = int(datetime(2026, 11, 5, 9, 0, tzinfo=UTC).timestamp())


@pytest.fixture
def master(settings: Any, tmp_path: Path) -> Path:
    path = tmp_path / "Master.csv"
    settings.ASTERISK_CDR_CSV = str(path)
    return path


def line(number: int, *, channel: str = "PJSIP/trunk", app: str = "Stasis", context: str = "from-trunk") -> str:
    values = [
        "", "+70000000001", "100", context, '""Анна"" <+70000000001>', f"{channel}-0000000{number}", "", app,
        "asterisk-bot", "2026-11-05 12:00:00", "2026-11-05 12:00:00", "2026-11-05 12:01:00", "60", "60", "ANSWERED",
        "DOCUMENTATION", f"{BEGUN + 60 * number}.{number}", "",
    ]  # fmt: skip
    return ",".join(f'"{value}"' for value in values) + "\n"


def test_the_file_is_read_on_from_where_it_was_left(master: Path) -> None:
    master.write_text(line(1) + line(2) + line(3)[:40])
    assert import_arrivals() == Reading(2, 2)
    assert import_arrivals() == Reading(0, 0)
    with master.open("a") as file:
        file.write(line(3)[40:])
    assert import_arrivals() == Reading(1, 1)
    kept = ArrivedCall.objects.get(uniqueid=f"{BEGUN + 60}.1")
    assert (kept.at, kept.dialled, kept.disposition) == (datetime(2026, 11, 5, 9, 1, tzinfo=UTC), "100", "ANSWERED")
    assert PHONE not in kept.caller_hash
    assert len(set(ArrivedCall.objects.values_list("caller_hash", flat=True))) == 1
    jobs.import_arrivals()


def test_reading_everything_again_changes_nothing(master: Path) -> None:
    master.write_text(line(1) + line(2))
    import_arrivals()
    ArrivalsRead.objects.all().delete()
    assert import_arrivals() == Reading(0, 2)
    master.write_text(line(3))  # it was rotated: shorter than what was read
    assert import_arrivals().new == 1


def test_legs_that_nobody_called_with_are_no_arrivals(master: Path) -> None:
    CallLogSettings.objects.update_or_create(pk=1, defaults={"arrival_contexts": "from-trunk, from-office"})
    master.write_text(
        line(1)
        + line(2, channel="UnicastRTP/127.0.0.1")
        + line(3, channel="Local/100@x")
        + line(4, app="AppDial2")
        + line(5, context="internal")
        + "сломанная строка\n"
        + '"\x00","незакрытая\n'
    )
    import_arrivals()
    assert list(ArrivedCall.objects.values_list("uniqueid", flat=True)) == [f"{BEGUN + 60}.1"]


def test_a_file_without_uniqueid_is_read_by_its_text(master: Path) -> None:
    short = ",".join(line(1).strip().split(",")[:16]) + "\n"
    master.write_text(short * 2)
    assert import_arrivals() == Reading(1, 2)
    assert timezone.localtime(ArrivedCall.objects.get().at) == timezone.make_aware(datetime(2026, 11, 5, 12, 0))


def test_a_file_that_is_not_there_is_said_to_be_so(master: Path, settings: Any) -> None:
    assert import_arrivals() == Reading(0, 0)
    assert "не читается" in ArrivalsRead.objects.get().trouble
    master.write_text(line(1))
    import_arrivals()
    assert ArrivalsRead.objects.get().trouble == ""
    settings.ASTERISK_CDR_CSV = ""
    assert import_arrivals() == Reading(0, 0)


def phone_call(number: int, greeted_ms: float | None) -> Call:
    at = datetime.fromtimestamp(BEGUN + 60 * number, UTC)
    call = open_call("phone", PHONE, 1, started_at=at, arrived_at=at, line_id=f"{BEGUN + 60 * number}.{number}")
    if greeted_ms is not None:
        note_greeting(call.pk, greeted_ms)
    return close_call(call.pk, "Completed", ended_at=at + timedelta(minutes=1))


def test_availability_counts_those_that_never_reached_us(master: Path) -> None:
    day = datetime(2026, 11, 5).date()
    period = Period(day, day)
    for number, greeted in ((1, 200), (2, 2000), (3, 2001), (4, None)):
        phone_call(number, greeted)
    master.write_text(line(0) + "".join(line(number) for number in range(1, 7)))
    import_arrivals()
    phone = figures(period).phone
    assert phone is not None
    whole = phone.availability.whole
    assert (whole.arrived, whole.heard, whole.late, whole.missed) == (6, 2, 1, 2), "not what came before our first call"
    assert (whole.share, whole.is_good, phone.availability.knows_all) == (2 / 6, False, True)
    assert phone.greeting is not None
    assert phone.greeting.measured == 3
    assert figures(Period(day, day, "ws")).phone is None


def test_a_call_that_is_deleted_does_not_become_a_missed_one(master: Path) -> None:
    phone_call(1, 200)
    gone = phone_call(2, 200)
    master.write_text(line(1) + line(2))
    import_arrivals()
    Call.objects.filter(pk=gone.pk).update(hidden_at=timezone.now() - timedelta(days=8))
    retention.purge()
    day = datetime(2026, 11, 5).date()
    phone = figures(Period(day, day)).phone
    assert phone is not None
    assert (phone.availability.whole.arrived, phone.availability.whole.missed) == (1, 0)
