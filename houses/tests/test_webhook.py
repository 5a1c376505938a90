"""The portal's events: checked, stored, answered at once; worked off later."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from houses import jobs
from houses.bitrix import inbox
from houses.bitrix.twin import FaultKind, PortalTwin
from houses.bitrix.twin.events import event_body
from houses.models import House, PortalEvent, SyncRun
from houses.tests.bitrix_fixtures import done
from houses.tests.factories import make_house

pytestmark = pytest.mark.django_db
URL = "/api/bitrix/webhook"
TOKEN, NEXT_TOKEN = "application-token-one", "application-token-two"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def tokens(settings: object) -> None:
    settings.BITRIX24_APPLICATION_TOKENS = [TOKEN, NEXT_TOKEN]


@pytest.fixture
def portal(twin: PortalTwin, settings: object) -> PortalTwin:
    done(twin)
    settings.BITRIX24_WEBHOOK_URL = twin.url
    return twin


def send(body: bytes | str, content_type: str = FORM) -> object:
    return Client(enforce_csrf_checks=True).post(URL, data=body, content_type=content_type)


def event(deal_id: object = 13112, name: str = "ONCRMDEALUPDATE", token: str = TOKEN, **more: str) -> str:
    return urlencode({"event": name, "data[FIELDS][ID]": deal_id, "ts": "1", "auth[application_token]": token, **more})


def status(body: bytes | str) -> int:
    return send(body).status_code


# -- at the door


def test_an_event_as_the_portal_sends_it_is_stored() -> None:
    assert status(event_body("ONCRMDEALUPDATE", 13112, TOKEN)) == 200
    row = PortalEvent.objects.get()
    assert (row.event, row.deal_id, row.processed_at) == ("ONCRMDEALUPDATE", 13112, None)


def test_while_the_token_is_rotated_both_values_are_good() -> None:
    assert [status(event(token=token)) for token in (TOKEN, NEXT_TOKEN)] == [200, 200]


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", "токен"])
def test_a_wrong_token_is_refused_and_nothing_is_stored(token: str) -> None:
    answer = send(event(token=token))
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "forbidden"
    assert not PortalEvent.objects.exists()


def test_without_a_configured_token_the_door_is_shut(settings: object) -> None:
    settings.BITRIX24_APPLICATION_TOKENS = []
    assert status(event(token="")) == 403


def test_the_same_event_twice_is_one_row_also_after_the_token_was_changed() -> None:
    assert [status(event()), status(event()), status(event(token=NEXT_TOKEN))] == [200, 200, 200]
    assert PortalEvent.objects.count() == 1
    status(event(ts="2"))
    assert PortalEvent.objects.count() == 2


def test_no_token_is_ever_stored() -> None:
    status(event())
    assert TOKEN not in str(PortalEvent.objects.values().get())


@pytest.mark.parametrize("name", ["ONCRMCONTACTUPDATE", "ONCRMDEALUSERFIELDUPDATE", "ONTASKADD"])
def test_events_about_other_things_are_answered_and_forgotten(name: str) -> None:
    assert status(event(name=name)) == 200
    assert not PortalEvent.objects.exists()


@pytest.mark.parametrize("deal_id", ["", "0", "-5", "abc", "1.5", "1e3", "９", "9" * 19, "9" * 400, "1\x00", " "])
def test_a_deal_id_that_is_none_is_a_bad_request(deal_id: str) -> None:
    answer = send(event(deal_id))
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "data[FIELDS][ID]"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b"%",
        b"a" * 5000,
        b"{}",
        b'{"event": "ONCRMDEALUPDATE"}',
        b"a=1&" * 500,
        b"event=%FF%FE&auth[application_token]=" + TOKEN.encode(),
        b"event[]=ONCRMDEALUPDATE&auth[application_token]=" + TOKEN.encode(),
        b"event=&auth[application_token]=" + TOKEN.encode(),
        b"event=%00ON&auth[application_token]=" + TOKEN.encode(),
    ],
)
def test_garbage_gets_a_4xx_in_the_common_shape(body: bytes) -> None:
    answer = send(body)
    assert answer.status_code in {400, 403}
    assert set(answer.json()["error"]) == {"code", "message", "field"}
    assert not PortalEvent.objects.exists()


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "nonsense", ""])
def test_the_content_type_changes_nothing(content_type: str) -> None:
    assert send(event(), content_type).status_code == 200
    assert send(b"--x\r\n\r\n", content_type).status_code in {400, 403}


def test_a_body_above_256_kb_is_refused() -> None:
    assert status(b"a=" + b"x" * (256 * 1024)) == 413


def test_only_post_is_taken() -> None:
    answer = Client().get(URL)
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"


def test_a_broker_that_is_down_costs_no_event(
    settings: object, django_capture_on_commit_callbacks: object, caplog: pytest.LogCaptureFixture
) -> None:
    from celery import current_app as app

    before = app.conf.broker_url
    app.conf.broker_url = "redis://127.0.0.1:1/0"
    app.amqp._producer_pool = app._pool = None
    try:
        with django_capture_on_commit_callbacks(execute=True):
            assert status(event()) == 200
    finally:
        app.conf.broker_url = before
        app.amqp._producer_pool = app._pool = None
    assert PortalEvent.objects.count() == 1
    assert "doorbell" in caplog.text


# -- working off


def test_a_changed_deal_is_read_and_the_event_is_done(portal: PortalTwin) -> None:
    portal.portal.touch(13112).title = "Новое имя"
    status(event(13112))
    jobs.drain_events()
    assert House.objects.get(bitrix_id=13112).title == "Новое имя"
    assert PortalEvent.objects.get().processed_at is not None
    run = SyncRun.objects.filter(kind=SyncRun.Kind.EVENTS).get()
    assert (run.state, run.updated, run.data_as_of) == (SyncRun.State.DONE, 1, None)


def test_many_events_of_one_deal_are_one_look_at_it(portal: PortalTwin) -> None:
    for second in range(20):
        status(event(13112, ts=str(second)))
    portal.forget_requests()
    jobs.drain_events()
    assert portal.http_requests <= 2
    assert not PortalEvent.objects.filter(processed_at=None).exists()


@pytest.mark.parametrize("gone", ["deleted", "moved"])
def test_a_deal_that_is_no_longer_in_the_funnel_is_archived(portal: PortalTwin, gone: str) -> None:
    if gone == "deleted":
        portal.portal.delete_deal(13112)
    else:
        portal.portal.leave_funnel(13112)
    status(event(13112, "ONCRMDEALDELETE"))
    jobs.drain_events()
    assert House.objects.get(bitrix_id=13112).archived_at is not None
    assert House.objects.active().count() == 22


def test_events_of_other_funnels_do_nothing(portal: PortalTwin) -> None:
    deal = portal.portal.add_deal(category_id=2, stage_id="C2:NEW")
    status(event(deal.id))
    jobs.drain_events()
    assert not House.objects.filter(bitrix_id=deal.id).exists()
    assert not PortalEvent.objects.filter(processed_at=None).exists()


def test_a_new_deal_becomes_a_house(portal: PortalTwin) -> None:
    deal = portal.portal.add_deal()
    status(event(deal.id, "ONCRMDEALADD"))
    jobs.drain_events()
    assert House.objects.filter(bitrix_id=deal.id).exists()


def test_events_that_could_not_be_worked_off_are_put_off_ever_longer_and_not_lost(portal: PortalTwin) -> None:
    status(event(13112))
    portal.faults.always(FaultKind.SERVER_ERROR)
    jobs.drain_events()
    row = PortalEvent.objects.get()
    assert (row.processed_at, row.attempts) == (None, 1)
    assert "Bitrix24" in row.error
    portal.forget_requests()
    jobs.drain_events()
    assert portal.http_requests == 0  # its time has not come
    portal.faults.clear()
    PortalEvent.objects.update(retry_at=timezone.now() - timedelta(seconds=1))
    jobs.drain_events()
    row.refresh_from_db()
    assert row.processed_at is not None


def test_events_that_would_archive_too_much_at_once_are_refused(portal: PortalTwin) -> None:
    for deal_id in (13112, 13100, 13098):
        portal.portal.delete_deal(deal_id)
        status(event(deal_id, "ONCRMDEALDELETE"))
    jobs.drain_events()
    assert House.objects.active().count() == 23
    assert SyncRun.objects.latest("pk").state == SyncRun.State.REFUSED


def test_a_demo_house_is_not_archived_by_an_event(portal: PortalTwin) -> None:
    demo = make_house(is_demo=True)
    status(event(demo.bitrix_id, "ONCRMDEALDELETE"))
    jobs.drain_events()
    demo.refresh_from_db()
    assert demo.archived_at is None


def test_events_are_forgotten_after_two_weeks() -> None:
    status(event(1))
    status(event(2))
    PortalEvent.objects.filter(deal_id=1).update(received_at=timezone.now() - timedelta(days=15))
    assert inbox.purge() == 1
    assert PortalEvent.objects.get().deal_id == 2
