"""The client against the portal twin: every code of refusal, batches, deadlines, and the webhook kept secret."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.views.debug import get_default_exception_reporter_filter

from houses.bitrix.client import BitrixClient, Command, Webhook, php_query
from houses.bitrix.errors import (
    AccessRefused,
    BitrixError,
    MethodParked,
    NotConfigured,
    PortalOverloaded,
    PortalUnavailable,
    RequestRejected,
    TooManyRequests,
    scrub,
)
from houses.bitrix.throttle import BURST_REQUESTS, Throttle
from houses.bitrix.twin import FaultKind, PortalTwin

SECRET = "s3cretc0de"


@pytest.fixture
def client(twin: PortalTwin) -> Iterator[BitrixClient]:
    made = BitrixClient(twin.url, deadline_seconds=20)
    yield made
    made.close()


def stages() -> Command:
    return Command("crm.status.list", {"filter": {"ENTITY_ID": "DEAL_STAGE_34"}})


def test_a_call_brings_result_total_and_next(client: BitrixClient) -> None:
    answer = client.call("crm.item.list", {"entityTypeId": 2, "filter": {"categoryId": 34}})
    assert (len(answer.result["items"]), answer.total, answer.next) == (23, 23, None)


def test_a_batch_answers_every_key_in_order(client: BitrixClient) -> None:
    outcomes = client.batch({"b": stages(), "a": Command("user.get", {"FILTER": {"ID": [1400, 1401]}})})
    assert list(outcomes) == ["b", "a"]
    assert not any(isinstance(outcome, BitrixError) for outcome in outcomes.values())


def test_a_nested_query_is_written_as_php_reads_it() -> None:
    params = {"filter": {"@id": [1, 2], ">=x": "а&б"}, "select": ["id"], "flag": True}
    assert php_query(params) == (
        "filter[%40id][0]=1&filter[%40id][1]=2&filter[%3E%3Dx]=%D0%B0%26%D0%B1&select[0]=id&flag=Y"
    )


# -- errors by their code


def test_query_limit_is_retried_until_the_portal_has_room(twin: PortalTwin, client: BitrixClient) -> None:
    twin.faults.next_n(4, FaultKind.QUERY_LIMIT)
    assert client.call("profile").result["ID"] == "1"
    assert client.requests == 5


def test_query_limit_is_given_up_after_five_tries(twin: PortalTwin, client: BitrixClient) -> None:
    twin.faults.always(FaultKind.QUERY_LIMIT)
    with pytest.raises(TooManyRequests):
        client.call("profile")
    assert client.requests == 5


def test_overload_opens_the_circuit_for_every_process_and_is_not_retried(
    twin: PortalTwin, client: BitrixClient
) -> None:
    twin.faults.next_n(1, FaultKind.OVERLOAD)
    with pytest.raises(PortalOverloaded):
        client.call("profile")
    with pytest.raises(PortalOverloaded, match="остановлены до"):
        BitrixClient(twin.url).call("profile")
    assert twin.http_requests == 1


def test_a_run_by_hand_passes_an_open_circuit_once_and_success_closes_it(twin: PortalTwin) -> None:
    Throttle(twin.url).open_circuit()
    BitrixClient(twin.url, by_hand=True).call("profile")
    BitrixClient(twin.url).call("profile")


def test_a_run_by_hand_that_meets_the_overload_again_leaves_the_circuit_open(twin: PortalTwin) -> None:
    twin.faults.always(FaultKind.OVERLOAD)
    Throttle(twin.url).open_circuit()
    by_hand = BitrixClient(twin.url, by_hand=True)
    for _ in range(2):
        with pytest.raises(PortalOverloaded):
            by_hand.call("profile")
    assert twin.http_requests == 1


def test_operation_limit_parks_that_method_alone(twin: PortalTwin, client: BitrixClient) -> None:
    twin.faults.next_n(1, FaultKind.OPERATION_LIMIT, 120, method="user.get")
    with pytest.raises(MethodParked) as caught:
        client.call("user.get")
    assert timedelta(seconds=60) < caught.value.until - datetime.now(UTC) < timedelta(seconds=900)
    with pytest.raises(MethodParked):
        client.call("user.get")
    client.call("profile")
    assert twin.http_requests == 2


def test_a_parked_method_is_left_out_of_a_batch(twin: PortalTwin, client: BitrixClient) -> None:
    client.throttle.park("user.get", datetime.now(UTC) + timedelta(seconds=60))
    outcomes = client.batch({"users": Command("user.get", {}), "stages": stages()})
    assert isinstance(outcomes["users"], MethodParked)
    assert not isinstance(outcomes["stages"], BitrixError)
    assert [command.method for command in twin.requests[0].commands] == ["crm.status.list"]


@pytest.mark.parametrize(("status", "words"), [(401, "Срок вебхука"), (403, "не хватает разрешений")])
def test_refusals_of_access_are_not_retried_and_say_what_to_do(
    twin: PortalTwin,
    client: BitrixClient,
    status: int,
    words: str,
) -> None:
    twin.faults.always(FaultKind.AUTH, status)
    with pytest.raises(AccessRefused, match=words):
        client.call("profile")
    assert client.requests == 1


def test_while_a_webhook_is_changed_the_second_value_is_used_when_the_first_is_refused(twin: PortalTwin) -> None:
    old = twin.url.replace("/twin/", "/revoked/")
    assert BitrixClient(f"{old}, {twin.url}").call("profile").result["ID"] == "1"


@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR, FaultKind.HTML, FaultKind.HALF, FaultKind.RESET])
def test_passing_failures_of_the_portal_are_retried(twin: PortalTwin, client: BitrixClient, kind: FaultKind) -> None:
    twin.faults.next_n(2, kind)
    assert client.call("profile").result["ID"] == "1"
    twin.faults.always(kind)
    with pytest.raises(PortalUnavailable):
        client.call("profile")
    assert client.requests == 6


def test_a_wrong_argument_is_not_retried(client: BitrixClient) -> None:
    with pytest.raises(RequestRejected):
        client.call("crm.item.list", {"entityTypeId": 2, "filter": {"noSuchField": 1}})
    assert client.requests == 1


def test_a_portal_that_hangs_holds_nobody_longer_than_the_deadline(twin: PortalTwin) -> None:
    twin.faults.always(FaultKind.HANG, 30)
    began = time.monotonic()
    with pytest.raises(PortalUnavailable):
        BitrixClient(twin.url, deadline_seconds=1.2).call("profile")
    assert time.monotonic() - began < 4


def test_an_answer_that_drips_for_ever_is_cut_off() -> None:
    with dripping_server() as port:
        began = time.monotonic()
        with pytest.raises(PortalUnavailable):
            BitrixClient(f"http://127.0.0.1:{port}/rest/1/{SECRET}/", deadline_seconds=1.5).call("profile")
        assert time.monotonic() - began < 5


# -- batches


def test_each_failed_command_of_a_batch_is_its_own_error(twin: PortalTwin, client: BitrixClient) -> None:
    outcomes = client.batch({"good": stages(), "bad": Command("crm.item.list", {"entityTypeId": 999})})
    assert not isinstance(outcomes["good"], BitrixError)
    assert isinstance(outcomes["bad"], RequestRejected)


def test_commands_that_failed_in_passing_are_sent_again(twin: PortalTwin, client: BitrixClient) -> None:
    twin.faults.next_n(1, FaultKind.BATCH_PARTIAL, 3)
    outcomes = dict(client.fetch({f"k{number}": stages() for number in range(10)}))
    assert not any(isinstance(outcome, BitrixError) for outcome in outcomes.values())
    assert [len(request.commands) for request in twin.requests] == [10, 3]


def test_a_command_that_keeps_failing_is_reported_with_the_others_good(twin: PortalTwin, client: BitrixClient) -> None:
    twin.faults.always(FaultKind.SERVER_ERROR, method="user.get")
    outcomes = dict(client.fetch({"stages": stages(), "users": Command("user.get", {})}))
    assert isinstance(outcomes["users"], PortalUnavailable)
    assert not isinstance(outcomes["stages"], BitrixError)


def test_an_overload_inside_a_batch_opens_the_circuit(twin: PortalTwin, client: BitrixClient) -> None:
    twin.faults.next_n(1, FaultKind.OVERLOAD, method="user.get")
    with pytest.raises(PortalOverloaded):
        client.batch({"users": Command("user.get", {})})
    assert Throttle(twin.url).circuit_open_until() is not None


def test_more_than_fifty_commands_go_out_in_several_requests(twin: PortalTwin, client: BitrixClient) -> None:
    assert len(dict(client.fetch({f"k{number}": stages() for number in range(120)}))) == 120
    assert [len(request.commands) for request in twin.requests] == [50, 50, 20]


# -- the throttle


def test_the_bucket_is_shared_and_lets_forty_through_at_once() -> None:
    url = f"http://127.0.0.1:1/rest/1/{time.time_ns()}/"
    throttles = [Throttle(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        waits = [wait for found in pool.map(lambda t: [t.take(60) for _ in range(12)], throttles) for wait in found]
    assert sum(1 for wait in waits if wait == 0) == BURST_REQUESTS
    assert max(wait for wait in waits if wait is not None) == pytest.approx(4.0, abs=0.3)


def test_who_may_not_wait_that_long_takes_no_turn() -> None:
    throttle = Throttle(f"http://127.0.0.1:1/rest/1/{time.time_ns()}/")
    for _ in range(BURST_REQUESTS):
        throttle.take(0)
    assert throttle.take(0.1) is None
    assert throttle.take(1) == pytest.approx(0.5, abs=0.1)


def test_the_twins_own_limit_is_never_hit() -> None:
    with PortalTwin(houses=1, limits=True) as portal:
        made = BitrixClient(portal.url)
        for _ in range(BURST_REQUESTS + 4):
            made.call("profile")
        assert {request.status for request in portal.requests} == {200}


# -- the webhook's address


@pytest.mark.parametrize(
    "value",
    ["https://portal.example/", "http://portal.example/rest/1/code/", "ftp://portal.example/rest/1/code/", "rest/1/x"],
)
def test_what_is_no_safe_webhook_is_refused(value: str) -> None:
    with pytest.raises(NotConfigured):
        BitrixClient(value)


def test_a_webhook_may_be_pasted_with_a_method_at_its_end() -> None:
    assert Webhook.parse("https://portal.example/rest/1/code/profile.json").url == "https://portal.example/rest/1/code/"


def test_an_empty_webhook_says_which_variable_to_set() -> None:
    with pytest.raises(NotConfigured, match="BITRIX24_WEBHOOK_URL"):
        BitrixClient("")


def test_the_code_of_the_webhook_is_scrubbed_from_any_text() -> None:
    assert scrub(f"POST /rest/1/{SECRET}/crm.item.list HTTP/1.1") == "POST /rest/1/…/crm.item.list HTTP/1.1"
    assert SECRET not in scrub(f"auth[application_token]={SECRET}&x=1 https://p.example/rest/api/12/{SECRET}?a")


def test_no_failure_shows_the_code_of_the_webhook(caplog: pytest.LogCaptureFixture) -> None:
    """Refused, reset, garbage, redirected: neither the log at its loudest nor the whole chain of the exception."""
    for name in ("", "urllib3", "urllib3.connectionpool"):
        caplog.set_level(logging.DEBUG, logger=name)
    closed = f"http://127.0.0.1:{free_port()}/rest/1/{SECRET}/"
    with PortalTwin(houses=1, limits=False) as portal:
        wrong_code = portal.url.replace("/twin/", f"/{SECRET}/")
        for url in (closed, wrong_code):
            made = BitrixClient(url)
            with pytest.raises(BitrixError) as caught:
                made.call("profile")
            assert SECRET not in repr(made)
            assert_secret_absent(caught.value)
    with answering_server(f"HTTP/1.1 302 Found\r\nLocation: /rest/1/{SECRET}/x\r\nContent-Length: 0\r\n\r\n") as port:
        with pytest.raises(BitrixError) as caught:
            BitrixClient(f"http://127.0.0.1:{port}/rest/1/{SECRET}/").call("profile")
        assert_secret_absent(caught.value)
    ours = [record for record in caplog.records if not record.name.startswith("houses.bitrix.twin")]
    assert any(record.name.startswith("urllib3") for record in ours)
    assert SECRET not in "\n".join(record.getMessage() for record in ours)


def test_djangos_own_error_page_does_not_show_the_webhook(settings: object) -> None:
    settings.BITRIX24_WEBHOOK_URL = f"https://portal.example/rest/1/{SECRET}/"
    assert SECRET not in str(get_default_exception_reporter_filter().get_safe_settings()["BITRIX24_WEBHOOK_URL"])


def assert_secret_absent(error: BaseException | None) -> None:
    while error is not None:
        assert SECRET not in f"{error!r} {error} {error.args}"
        error = error.__cause__ or error.__context__


# -- small servers


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class answering_server:
    """Answers every connection with the same bytes, then, when told, with one byte after the other."""

    def __init__(self, answer: str, *, drip: bool = False) -> None:
        self._answer, self._drip = answer.encode(), drip
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stop = threading.Event()

    def __enter__(self) -> int:
        threading.Thread(target=self._serve, daemon=True).start()
        return int(self._listener.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._listener.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._reply, args=(connection,), daemon=True).start()

    def _reply(self, connection: socket.socket) -> None:
        with connection:
            connection.recv(65536)
            try:
                connection.sendall(self._answer)
                while self._drip and not self._stop.wait(0.1):
                    connection.sendall(b" ")
            except OSError:
                return


def dripping_server() -> answering_server:
    return answering_server("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{", drip=True)
