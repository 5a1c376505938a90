"""The age of the data, and links to the portal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from houses.freshness import freshness
from houses.links import bitrix_url
from houses.models import House, SyncRun

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 9, 10, tzinfo=UTC)  # 12:10 in Moscow


@pytest.fixture(autouse=True)
def _company_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def run(state: str, minutes_ago: int, kind: str = "delta", **values: Any) -> SyncRun:
    moment = NOW - timedelta(minutes=minutes_ago)
    defaults = {"data_as_of": moment, "finished_at": moment + timedelta(seconds=20)}
    return SyncRun.objects.create(kind=kind, state=state, **defaults | values)


def test_before_the_first_sync_there_are_no_data() -> None:
    fresh = freshness(NOW)
    assert (fresh.data_as_of, fresh.stale) == (None, True)
    assert fresh.sentence == "нет данных: синхронизация ещё не выполнялась"


def test_a_recent_sync_is_fresh() -> None:
    run("done", 7)
    fresh = freshness(NOW)
    assert (fresh.stale, fresh.sentence) == (False, "данные на 12:03")
    assert fresh.data_as_of == NOW - timedelta(minutes=7)


def test_a_failed_sync_makes_the_last_good_data_stale_at_once() -> None:
    run("done", 7)
    run("failed", 2, data_as_of=None)
    fresh = freshness(NOW)
    assert (fresh.stale, fresh.sentence) == (True, "данные на 12:03; Bitrix24 не отвечает")


def test_a_refused_sync_asks_for_a_person() -> None:
    run("done", 7)
    run("refused", 2)
    assert freshness(NOW).sentence == "данные на 12:03; синхронизация остановлена, нужен человек"


def test_data_older_than_a_quarter_of_an_hour_are_stale() -> None:
    run("done", 16)
    fresh = freshness(NOW)
    assert (fresh.stale, fresh.sentence) == (True, "данные на 11:54; синхронизация давно не выполнялась")
    assert not freshness(NOW - timedelta(minutes=1)).stale


def test_data_of_another_day_say_the_day() -> None:
    run("done", 60 * 24)
    assert freshness(NOW).sentence.startswith("данные на 20.11.2026 12:10;")


def test_a_sync_that_recovered_is_fresh_again() -> None:
    run("failed", 9)
    run("done", 3)
    assert not freshness(NOW).stale


def test_a_running_sync_and_single_events_change_nothing() -> None:
    run("done", 16)
    run("running", 1, finished_at=None)
    run("done", 1, kind="events")
    fresh = freshness(NOW)
    assert (fresh.stale, fresh.data_as_of) == (True, NOW - timedelta(minutes=16))


def test_only_failures_so_far_say_why_there_is_nothing() -> None:
    run("failed", 1)
    assert freshness(NOW).sentence == "нет данных: Bitrix24 не отвечает"


class TestTheLinkToTheCard:
    SECRET = "s3cr3ttoken"

    def house(self, **values: Any) -> House:
        return House(bitrix_id=13112, **values)

    @pytest.mark.parametrize(
        ("webhook", "link"),
        [
            ("https://example.bitrix24.ru/rest/1/{}/", "https://example.bitrix24.ru/crm/deal/details/13112/"),
            ("https://example.bitrix24.ru/rest/1/{}", "https://example.bitrix24.ru/crm/deal/details/13112/"),
            ("http://127.0.0.1:8123/rest/1/{}/", "http://127.0.0.1:8123/crm/deal/details/13112/"),
            ("https://user:{}@example.bitrix24.ru/rest/1/x/", "https://example.bitrix24.ru/crm/deal/details/13112/"),
            ("http://[::1]:8123/rest/1/{}/", "http://[::1]:8123/crm/deal/details/13112/"),
        ],
    )
    def test_names_the_portal_and_never_the_token(self, settings: Any, webhook: str, link: str) -> None:
        settings.BITRIX24_WEBHOOK_URL = webhook.format(self.SECRET)
        assert bitrix_url(self.house()) == link
        assert self.SECRET not in link

    def test_is_absent_without_a_portal_and_for_a_demo_house(self, settings: Any) -> None:
        settings.BITRIX24_WEBHOOK_URL = ""
        assert bitrix_url(self.house()) is None
        settings.BITRIX24_WEBHOOK_URL = "https://example.bitrix24.ru/rest/1/x/"
        assert bitrix_url(self.house(is_demo=True)) is None
