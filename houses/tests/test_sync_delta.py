"""Deltas, failures of the portal, and what the record of runs says of them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from houses import jobs
from houses.bitrix.client import BitrixClient
from houses.bitrix.session import exclusive_session
from houses.bitrix.sync import AlreadyRunning, run_sync
from houses.bitrix.twin import FaultKind, PortalTwin
from houses.models import Contact, House, ManagementCompany, SyncRun
from houses.tests.bitrix_fixtures import done, sync

pytestmark = pytest.mark.django_db
FULL, DELTA = SyncRun.Kind.FULL, SyncRun.Kind.DELTA


def change(twin: PortalTwin, deal_id: int, minutes_from_now: float = 0) -> None:
    deal = twin.portal.touch(deal_id, timezone.now() + timedelta(minutes=minutes_from_now))
    deal.title = f"Новое имя {deal_id}"


def filters(twin: PortalTwin) -> list[dict[str, object]]:
    return [request.params["filter"] for request in twin.requests if request.method == "crm.item.list"]


def test_the_first_delta_is_a_full_run(twin: PortalTwin) -> None:
    run = done(twin, DELTA)
    assert (run.kind, run.created) == (FULL, 23)


def test_a_delta_reads_only_what_has_changed_since_the_last_run_with_ten_minutes_overlap(twin: PortalTwin) -> None:
    first = done(twin)
    assert first.data_as_of is not None
    change(twin, 13112)
    twin.forget_requests()
    run = done(twin, DELTA)
    assert (run.kind, run.updated, run.created, run.archived) == (DELTA, 1, 0, 0)
    assert House.objects.get(bitrix_id=13112).title == "Новое имя 13112"
    since = datetime.fromisoformat(str(filters(twin)[0][">=updatedTime"]))
    assert abs(since - (first.data_as_of - timedelta(minutes=10))) <= timedelta(seconds=1)
    assert twin.http_requests <= 4


def test_a_change_made_while_a_run_was_reading_is_caught_by_the_next_delta(twin: PortalTwin) -> None:
    done(twin)
    change(twin, 13112, minutes_from_now=-5)
    assert done(twin, DELTA).updated == 1


def test_a_delta_brings_new_houses_with_people_unknown_so_far(twin: PortalTwin) -> None:
    done(twin)
    known = House.objects.get(bitrix_id=13112)
    company = ManagementCompany.objects.get(pk=known.company_id)
    company_id, company.bitrix_id = company.bitrix_id, 999_999
    company.save()
    Contact.objects.all().delete()
    new = twin.portal.add_deal(company_id=company_id, contact_id=next(iter(twin.portal.contacts)), assigned_by_id=1400)
    assert done(twin, DELTA).created == 1
    house = House.objects.get(bitrix_id=new.id)
    assert house.company is not None
    assert house.company.bitrix_id == company_id
    assert house.contact is not None
    assert house.brigade is not None


def test_a_delta_archives_nothing(twin: PortalTwin) -> None:
    done(twin)
    twin.portal.delete_deal(13112)
    assert done(twin, DELTA).archived == 0


def test_a_failed_run_neither_moves_the_date_of_the_data_nor_the_start_of_the_next_delta(twin: PortalTwin) -> None:
    first = done(twin)
    twin.faults.always(FaultKind.SERVER_ERROR)
    failed = sync(twin, DELTA)
    assert (failed.state, failed.data_as_of) == (SyncRun.State.FAILED, None)
    twin.faults.clear()
    change(twin, 13112, minutes_from_now=-9)
    twin.forget_requests()
    assert done(twin, DELTA).updated == 1
    since = datetime.fromisoformat(str(filters(twin)[0][">=updatedTime"]))
    assert first.data_as_of is not None
    assert since < first.data_as_of


def test_demo_runs_say_nothing_of_the_real_portal(twin: PortalTwin) -> None:
    SyncRun.objects.create(kind=FULL, state=SyncRun.State.DONE, data_as_of=timezone.now(), is_demo=True)
    assert done(twin, DELTA).kind == FULL


# -- a portal that is down, slow or wrong

FAULTS = [
    FaultKind.QUERY_LIMIT,
    FaultKind.OVERLOAD,
    FaultKind.OPERATION_LIMIT,
    FaultKind.AUTH,
    FaultKind.SERVER_ERROR,
    FaultKind.HTML,
    FaultKind.HALF,
    FaultKind.RESET,
]


@pytest.mark.parametrize("kind", FAULTS)
def test_whatever_the_portal_does_the_data_stay_and_the_run_says_why(twin: PortalTwin, kind: FaultKind) -> None:
    done(twin)
    before = json.dumps(list(House.objects.order_by("pk").values()), default=str)
    twin.faults.always(kind)
    run = sync(twin)
    assert run.state == SyncRun.State.FAILED
    (sentence,) = run.errors
    assert "Bitrix24" in sentence
    assert "twin" not in sentence
    assert json.dumps(list(House.objects.order_by("pk").values()), default=str) == before


def test_a_page_of_houses_that_keeps_failing_fails_the_whole_run() -> None:
    with PortalTwin(houses=120, limits=False) as portal:
        done(portal)
        portal.faults.always(FaultKind.BATCH_PARTIAL, 1)
        run = sync(portal)
    assert run.state == SyncRun.State.FAILED
    assert House.objects.active().count() == 120


def test_a_batch_that_failed_in_part_is_mended_within_the_run() -> None:
    with PortalTwin(houses=120, limits=False) as portal:
        portal.faults.next_n(2, FaultKind.BATCH_PARTIAL, 2, code="QUERY_LIMIT_EXCEEDED")
        assert done(portal).created == 120


def test_a_defect_of_ours_is_logged_and_told_without_its_details(
    twin: PortalTwin, caplog: pytest.LogCaptureFixture
) -> None:
    twin.portal.touch(13112).uf = {"UF_CRM_1669704529022": {"unexpected": ["tree"]}}
    broken = BitrixClient(twin.url)
    broken.call = lambda *_: 1 / 0  # type: ignore[method-assign,assignment]
    run = run_sync(FULL, client=broken)
    assert (run.state, run.errors) == (SyncRun.State.FAILED, ["Внутренняя ошибка, подробности в журнале сервера."])
    assert "ZeroDivisionError" in caplog.text


# -- one at a time


def test_a_second_run_is_turned_away_and_leaves_no_row(twin: PortalTwin) -> None:
    with exclusive_session(), pytest.raises(AlreadyRunning):
        sync(twin)
    assert not SyncRun.objects.exists()
    done(twin)


def test_a_run_that_died_is_told_to_have_been_interrupted_by_the_next(twin: PortalTwin) -> None:
    dead = SyncRun.objects.create(kind=FULL)
    done(twin)
    dead.refresh_from_db()
    assert dead.state == SyncRun.State.FAILED
    assert "прервана" in dead.errors[0]
    assert dead.finished_at is not None


# -- jobs


def test_without_a_webhook_the_jobs_do_nothing_quietly() -> None:
    jobs.sync_delta()
    jobs.sync_full()
    jobs.drain_events()
    assert not SyncRun.objects.exists()


def test_an_address_that_is_no_webhook_is_on_record_as_a_failure(settings: object) -> None:
    settings.BITRIX24_WEBHOOK_URL = "http://portal.example/rest/1/code/"
    jobs.sync_delta()
    run = SyncRun.objects.get()
    assert run.state == SyncRun.State.FAILED
    assert "BITRIX24_WEBHOOK_URL" in run.errors[0]
    assert "s3cretc0de" not in run.errors[0]


def test_a_job_records_who_asked(twin: PortalTwin, settings: object, django_user_model: type) -> None:
    person = django_user_model.objects.create_user("person")
    settings.BITRIX24_WEBHOOK_URL = twin.url
    jobs.sync_full(requested_by_id=person.pk)
    assert SyncRun.objects.get().requested_by == person


def test_old_records_are_forgotten_but_not_the_last_good_run() -> None:
    long_ago = timezone.now() - timedelta(days=100)
    good = SyncRun.objects.create(kind=FULL, state=SyncRun.State.DONE, data_as_of=long_ago)
    bad = SyncRun.objects.create(kind=FULL, state=SyncRun.State.FAILED)
    SyncRun.objects.update(started_at=long_ago)
    jobs.purge_records()
    assert list(SyncRun.objects.all()) == [good]
    assert not SyncRun.objects.filter(pk=bad.pk).exists()
