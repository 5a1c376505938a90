"""The portal twin fails in the ways the portal does, when told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
import requests

from houses.bitrix.twin import PortalTwin
from houses.tests.twin_client import call, every_house, houses, ids, page_command, post


@pytest.fixture
def twin() -> Iterator[PortalTwin]:
    with PortalTwin(houses=120, limits=False, today=date(2026, 11, 21)) as running:
        yield running


class TestErrors:
    @pytest.mark.parametrize(
        ("kind", "value", "status", "code"),
        [
            ("query_limit", None, 503, "QUERY_LIMIT_EXCEEDED"),
            ("overload", None, 503, "OVERLOAD_LIMIT"),
            ("operation_limit", 30, 429, "OPERATION_TIME_LIMIT"),
            ("auth", None, 401, "expired_token"),
            ("auth", 403, 403, "insufficient_scope"),
            ("server_error", None, 500, "INTERNAL_SERVER_ERROR"),
        ],
    )
    def test_an_error_comes_as_often_as_told(
        self, twin: PortalTwin, kind: str, value: float | None, status: int, code: str
    ) -> None:
        twin.faults.next_n(2, kind, value)
        for _ in range(2):
            response = post(twin, "profile")
            assert (response.status_code, response.json()["error"]) == (status, code)
        assert post(twin, "profile").status_code == 200

    def test_the_operation_limit_says_when_it_ends(self, twin: PortalTwin) -> None:
        twin.faults.next_n(1, "operation_limit", 30)
        reset_at = post(twin, "profile").json()["time"]["operating_reset_at"]
        assert time.time() + 25 < reset_at < time.time() + 35

    def test_a_fault_of_one_method_leaves_the_others_and_strikes_inside_batches(self, twin: PortalTwin) -> None:
        twin.faults.always("query_limit", method="crm.item.list")
        assert post(twin, "crm.item.list", {"entityTypeId": 2}).status_code == 503
        result = call(twin, "batch", {"cmd": {"a": page_command(0), "b": "profile"}})["result"]
        assert result["result_error"]["a"]["error"] == "QUERY_LIMIT_EXCEEDED"
        twin.faults.clear()
        assert ids(houses(twin))

    def test_some_commands_of_a_batch_fail(self, twin: PortalTwin) -> None:
        twin.faults.next_n(1, "batch_partial", 2, code="QUERY_LIMIT_EXCEEDED")
        body = {"cmd": {f"p{start}": page_command(start) for start in (0, 50, 100)}}
        result = call(twin, "batch", body)["result"]
        assert set(result["result_error"]) == {"p50", "p100"}
        assert set(result["result"]) == {"p0"}
        assert call(twin, "batch", body)["result"]["result_error"] == []


class TestSpoiledAnswers:
    def test_a_page_of_html_comes_as_200(self, twin: PortalTwin) -> None:
        twin.faults.next_n(1, "html")
        response = post(twin, "profile")
        assert response.status_code == 200
        assert response.text.startswith("<!DOCTYPE html>")

    def test_half_of_the_json(self, twin: PortalTwin) -> None:
        twin.faults.next_n(1, "half")
        response = post(twin, "crm.item.list", {"entityTypeId": 2})
        assert response.status_code == 200
        with pytest.raises(requests.exceptions.JSONDecodeError):
            response.json()

    def test_no_answer_within_the_caller_s_patience(self, twin: PortalTwin) -> None:
        twin.faults.next_n(1, "hang", 30)
        with pytest.raises(requests.exceptions.ReadTimeout):
            post(twin, "profile", timeout=0.2)
        assert post(twin, "profile").status_code == 200

    def test_a_slow_answer_is_right(self, twin: PortalTwin) -> None:
        twin.faults.always("slow", 0.3)
        started = time.monotonic()
        assert call(twin, "profile")["result"]["ID"] == "1"
        assert time.monotonic() - started >= 0.3

    def test_a_reset_connection(self, twin: PortalTwin) -> None:
        twin.faults.next_n(1, "reset")
        with pytest.raises(requests.exceptions.ConnectionError):
            post(twin, "profile")
        assert post(twin, "profile").status_code == 200

    def test_a_stopped_portal_is_out_of_reach_and_comes_back_on_its_port(self, twin: PortalTwin) -> None:
        session = requests.Session()
        url = twin.url
        assert session.post(url + "profile", json={}, timeout=5).status_code == 200
        twin.stop()
        with pytest.raises(requests.exceptions.ConnectionError):
            session.post(url + "profile", json={}, timeout=5)
        twin.start()
        assert twin.url == url
        assert session.post(url + "profile", json={}, timeout=5).status_code == 200


class TestSpoiledData:
    def test_the_total_is_wrong(self, twin: PortalTwin) -> None:
        twin.faults.next_n(1, "wrong_total", 3)
        assert houses(twin)["total"] == 123
        assert houses(twin)["total"] == 120

    def test_one_house_comes_twice_and_another_not_at_all_then_a_rerun_is_right(self, twin: PortalTwin) -> None:
        twin.faults.next_n(1, "duplicate_row")
        found = every_house(twin)
        assert len(found) == 120
        assert len(set(found)) == 119
        assert len(set(every_house(twin))) == 120

    def test_a_shifted_page_in_a_batch_shows_once(self, twin: PortalTwin) -> None:
        twin.faults.next_n(1, "duplicate_row")
        body = {"cmd": {f"p{start}": page_command(start) for start in (0, 50, 100)}}
        pages = call(twin, "batch", body)["result"]["result"].values()
        assert len({item["id"] for page in pages for item in page["items"]}) == 119

    def test_far_fewer_deals_with_a_total_that_agrees(self, twin: PortalTwin) -> None:
        twin.faults.shrink(60)
        found = every_house(twin)
        assert len(set(found)) == houses(twin)["total"] == 48

    def test_an_empty_funnel(self, twin: PortalTwin) -> None:
        twin.faults.always("empty")
        answer = houses(twin)
        assert (ids(answer), answer["total"]) == ([], 0)
        assert ids(houses(twin, start=-1)) == []
        assert call(twin, "crm.item.list", {"entityTypeId": 4})["total"] == 28


class TestScript:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("overload", ("overload", None, None, None)),
            ("slow=0.5", ("slow", 0.5, None, None)),
            ("query_limit:3", ("query_limit", None, 3, None)),
            ("operation_limit=60:2@crm.item.list", ("operation_limit", 60.0, 2, "crm.item.list")),
        ],
    )
    def test_a_fault_is_written_in_one_word(self, twin: PortalTwin, text: str, expected: tuple[object, ...]) -> None:
        twin.faults.script(text)
        [fault] = twin.faults.waiting()
        assert (fault.kind, fault.value, fault.remaining, fault.method) == expected

    def test_an_unknown_fault_is_refused(self, twin: PortalTwin) -> None:
        with pytest.raises(ValueError, match="earthquake"):
            twin.faults.script("earthquake")


class TestChanges:
    def test_a_moved_date_moves_in_its_field_and_bumps_the_update(self, twin: PortalTwin) -> None:
        before = twin.portal.deals[13112].updated
        name = twin.portal.move_date(13112, date(2025, 9, 23), date(2025, 9, 24))
        item = houses(twin, filter={"id": 13112}, select=["*"], useOriginalUfNames="Y")["result"]["items"][0]
        assert (name, item[name]) == ("UF_CRM_1741592892232", ["2025-09-24T03:00:00+03:00"])
        assert twin.portal.deals[13112].updated > before
        with pytest.raises(KeyError):
            twin.portal.move_date(13112, date(2025, 9, 23), date(2025, 9, 25))

    def test_every_bump_is_later_than_the_one_before(self, twin: PortalTwin) -> None:
        moments = [twin.portal.touch(13112).updated for _ in range(3)]
        assert moments == sorted(set(moments))

    def test_a_deal_leaves_the_funnel_another_comes(self, twin: PortalTwin) -> None:
        twin.portal.leave_funnel(4752)
        added = twin.portal.add_deal(title="Новый дом", company_id=36)
        found = every_house(twin)
        assert 4752 not in found
        assert added.id in found

    def test_stage_and_names_change(self, twin: PortalTwin) -> None:
        twin.portal.set_stage(4756, "C34:WON")
        twin.portal.rename_user(1400, "4 ", "бригада")
        assert houses(twin, filter={"id": 4756})["result"]["items"][0]["stageId"] == "C34:WON"
        assert call(twin, "user.get", {"ID": 1400})["result"][0]["LAST_NAME"] == "бригада"


class TestEvents:
    @pytest.fixture
    def inbox(self) -> Iterator[tuple[str, list[bytes]]]:
        bodies: list[bytes] = []

        class Inbox(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None: ...

        server = HTTPServer(("127.0.0.1", 0), Inbox)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/hook", bodies
        server.shutdown()
        server.server_close()

    def test_an_event_is_posted_as_a_form(self, twin: PortalTwin, inbox: tuple[str, list[bytes]]) -> None:
        url, bodies = inbox
        assert twin.send_event(url, "ONCRMDEALUPDATE", 13112, "secret", times=2) == [200, 200]
        fields = parse_qs(bodies[0].decode())
        assert fields["event"] == ["ONCRMDEALUPDATE"]
        assert fields["data[FIELDS][ID]"] == ["13112"]
        assert fields["auth[application_token]"] == ["secret"]
        assert bodies[0] == bodies[1]

    def test_events_are_lost_and_doubled(self, twin: PortalTwin, inbox: tuple[str, list[bytes]]) -> None:
        url, bodies = inbox
        twin.events.lost_share, twin.events.doubled_share = 0.3, 0.3
        twin.events.send_many(url, "ONCRMDEALUPDATE", range(1, 41), "secret")
        numbers = [parse_qs(body.decode())["data[FIELDS][ID]"][0] for body in bodies]
        assert 0 < len(set(numbers)) < 40
        assert len(numbers) > len(set(numbers))

    def test_an_event_nobody_answers_is_lost_without_an_error(self, twin: PortalTwin) -> None:
        assert twin.send_event("http://127.0.0.1:9/hook", "ONCRMDEALUPDATE", 1, "secret") == [0]
