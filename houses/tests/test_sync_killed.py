"""Killed at any moment, two at once, and the command line: against a committed database."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from houses.bitrix.session import exclusive_session
from houses.bitrix.sync import AlreadyRunning
from houses.bitrix.twin import FaultKind, PortalTwin
from houses.models import CleaningVisit, House, SyncRun
from houses.tests.bitrix_fixtures import TODAY, done, sync

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
KILLS = 10

# A process that is ready to sync and makes a copy of itself for every line it reads: the copy is what gets killed.
NURSERY = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "vasdom.settings"
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.BITRIX24_WEBHOOK_URL = sys.argv[2]
import django
django.setup()
from django.core.management import call_command
import houses.management.commands.sync_houses
for line in sys.stdin:
    child = os.fork()
    if not child:
        sys.stdout = sys.stderr = open(os.devnull, "w")
        call_command("sync_houses", "--full")
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("gone", flush=True)
"""


class Nursery:
    """Starts syncs in processes of their own, one at a time."""

    def __init__(self, webhook: str) -> None:
        command = [sys.executable, "-c", NURSERY, str(connection.settings_dict["NAME"]), webhook]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=dict(os.environ), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._line())

    def wait_until_gone(self) -> None:
        assert self._line() == "gone"

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@pytest.fixture
def portal() -> Iterator[PortalTwin]:
    with PortalTwin(houses=150, limits=False, today=TODAY) as made:
        yield made


def edition(portal: PortalTwin, number: int) -> None:
    """Change every house, so that a run that stopped half way would show."""
    for deal in portal.portal.houses():
        portal.portal.touch(deal.id).title = f"Издание {number}"
        for name, value in deal.uf.items():
            if isinstance(value, list) and value and portal.portal.userfields[name].type == "date":
                day = f"{str(value[0])[:8]}{1 + number % 28:02}"
                deal.uf[name] = [f"{day}T03:00:00+03:00", *value[1:]]


def assert_whole() -> None:
    """All houses are of one edition, and their visits are those of their schedules."""
    assert House.objects.count() == 150
    assert len(set(House.objects.values_list("title", flat=True))) == 1
    visits: dict[int, set[tuple[object, object]]] = {}
    for house_id, day, slot in CleaningVisit.objects.values_list("house_id", "crm_date", "slot"):
        visits.setdefault(house_id, set()).add((day, slot))
    for house in House.objects.all():
        wanted = {(day, slot.slot) for slot in house.slots for day in slot.dates}
        assert visits.get(house.pk, set()) == wanted


def kill(child: int) -> bool:
    """False when it had finished already: then it does not count as a kill."""
    try:
        os.kill(child, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def wait_for(condition: object, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def sync_when_free(portal: PortalTwin) -> SyncRun:
    """PostgreSQL may need a moment to notice that the process is gone."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return done(portal)
        except AlreadyRunning:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_killed_at_ten_random_points_it_loses_nothing_and_the_next_run_completes(portal: PortalTwin) -> None:
    dice = random.Random(20261121)
    edition(portal, 0)
    done(portal)
    nursery = Nursery(portal.url)
    try:
        killed, number = 0, 0
        while killed < KILLS:
            number += 1
            assert number < 5 * KILLS
            edition(portal, number)
            portal.forget_requests()
            child = nursery.start()
            requests = dice.choice([0, 1, 2, 3, 4, 4, 4, 4])
            wait_for(lambda wanted=requests: portal.http_requests >= wanted)
            time.sleep(dice.uniform(0, 0.3))
            killed += kill(child)
            nursery.wait_until_gone()
            assert_whole()
    finally:
        nursery.close()
    edition(portal, 60)
    assert sync_when_free(portal).portal_total == 150
    assert_whole()
    assert set(House.objects.values_list("title", flat=True)) == {"Издание 60"}
    assert not SyncRun.objects.filter(state=SyncRun.State.RUNNING).exists()


def test_of_two_at_once_one_runs_and_the_other_is_turned_away(portal: PortalTwin) -> None:
    portal.faults.next_n(1, FaultKind.SLOW, 1.0)
    runs: list[SyncRun] = []

    def work() -> None:
        try:
            runs.append(sync(portal))
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    wait_for(lambda: SyncRun.objects.filter(state=SyncRun.State.RUNNING).exists())
    with pytest.raises(AlreadyRunning):
        sync(portal)
    thread.join()
    assert [run.state for run in runs] == [SyncRun.State.DONE]
    assert SyncRun.objects.count() == 1


def test_progress_is_seen_by_others_while_the_run_goes_on(portal: PortalTwin) -> None:
    seen: list[tuple[str, int]] = []

    def look(_progress: object) -> None:
        with exclusive_look() as cursor:
            cursor.execute("SELECT step, progress_done FROM houses_syncrun")
            seen.append(cursor.fetchone())

    done(portal, progress=look)
    assert ("Дома", 150) in seen
    assert seen[0][0] == "Стадии и поля"


class exclusive_look:
    """A cursor of another database session."""

    def __enter__(self) -> object:
        import psycopg

        self._connection = psycopg.connect(**connection.get_connection_params(), autocommit=True)
        return self._connection.cursor()

    def __exit__(self, *_: object) -> None:
        self._connection.close()


# -- the command


def run_command(*arguments: str) -> int:
    try:
        call_command("sync_houses", *arguments)
    except SystemExit as leaving:
        return int(leaving.code or 0)
    return 0


def test_the_command_ends_with_zero_and_says_what_it_did(
    portal: PortalTwin, settings: object, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.BITRIX24_WEBHOOK_URL = portal.url
    assert run_command() == 0
    assert "Домов новых: 150" in capsys.readouterr().out
    assert run_command("--full") == 0


def test_the_command_ends_with_one_and_says_why(
    portal: PortalTwin, settings: object, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.BITRIX24_WEBHOOK_URL = ""
    assert run_command() == 1
    assert "BITRIX24_WEBHOOK_URL" in capsys.readouterr().err
    settings.BITRIX24_WEBHOOK_URL = portal.url.replace("/twin/", "/revoked/")
    assert run_command() == 1
    output = capsys.readouterr()
    assert "новый входящий вебхук" in output.err
    assert "revoked" not in output.err + output.out


def test_the_command_ends_with_two_while_another_run_is_under_way(portal: PortalTwin, settings: object) -> None:
    settings.BITRIX24_WEBHOOK_URL = portal.url
    with exclusive_session():
        assert run_command() == 2


def test_the_command_may_accept_that_many_houses_have_left(portal: PortalTwin, settings: object) -> None:
    settings.BITRIX24_WEBHOOK_URL = portal.url
    assert run_command("--full") == 0
    for deal in portal.portal.houses()[:20]:
        portal.portal.delete_deal(deal.id)
    assert run_command("--full") == 1
    assert House.objects.active().count() == 150
    assert run_command("--full", "--accept-archiving") == 0
    assert House.objects.active().count() == 130
