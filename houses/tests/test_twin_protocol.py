"""The portal twin speaks the portal's protocol: pages, filters, batches, limits, errors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

import pytest
import requests

from houses.bitrix.twin import PortalTwin
from houses.bitrix.twin.errors import RestError
from houses.bitrix.twin.limits import OperatingBudget, RequestBucket
from houses.tests.twin_client import call, command, every_house, houses, ids, page_command, post

ADDRESS = "UF_CRM_1669561599956"


@pytest.fixture(scope="module")
def twin() -> Iterator[PortalTwin]:
    with PortalTwin(houses=130, limits=False, today=date(2026, 11, 21)) as running:
        yield running


class TestPages:
    def test_a_page_holds_fifty_rows_whatever_limit_is_asked(self, twin: PortalTwin) -> None:
        answer = houses(twin, limit=1000)
        assert (len(ids(answer)), answer["next"], answer["total"]) == (50, 50, 130)

    def test_pages_together_are_every_house_once(self, twin: PortalTwin) -> None:
        found = every_house(twin)
        assert len(found) == len(set(found)) == 130
        assert set(found) == {deal.id for deal in twin.portal.houses()}

    def test_the_last_page_has_no_next(self, twin: PortalTwin) -> None:
        answer = houses(twin, start=100)
        assert len(ids(answer)) == 30
        assert "next" not in answer

    def test_a_page_beyond_the_end_is_empty(self, twin: PortalTwin) -> None:
        assert ids(houses(twin, start=500)) == []

    def test_start_minus_one_counts_nothing_and_pages_by_id(self, twin: PortalTwin) -> None:
        found: list[int] = []
        while True:
            after = found[-1] if found else 0
            answer = houses(twin, filter={">id": after}, order={"id": "ASC"}, start=-1)
            assert "total" not in answer
            assert "next" not in answer
            found += ids(answer)
            if len(ids(answer)) < 50:
                break
        assert found == [deal.id for deal in twin.portal.houses()]

    def test_deals_of_other_funnels_exist_and_stay_out(self, twin: PortalTwin) -> None:
        everything = call(twin, "crm.item.list", {"entityTypeId": 2})
        assert everything["total"] > 130
        assert {item["categoryId"] for item in houses(twin)["result"]["items"]} == {34}

    def test_every_answer_carries_time(self, twin: PortalTwin) -> None:
        time = houses(twin)["time"]
        assert {"start", "finish", "duration", "operating", "operating_reset_at", "date_start"} <= set(time)
        assert time["operating_reset_at"] > time["finish"]


class TestFilters:
    @pytest.mark.parametrize(
        ("conditions", "expected"),
        [
            ({"id": 13112}, {13112}),
            ({"=id": ["13112", 4766]}, {13112, 4766}),
            ({"@id": [13112, 13064]}, {13112, 13064}),
            ({"<=id": 4756}, {4752, 4756}),
            ({"<id": 4756}, {4752}),
            ({">=id": 4764, "<id": 13014}, {4764, 4766}),
            ({"%title": "кибальчича", "<id": 20000}, {4752, 4756, 4758}),
            ({"=%title": "Аллейная%", "<id": 20000}, {13112, 13086}),
            ({"companyId": 36, "stageId": "C34:NEW", "<id": 20000}, {4756}),
            ({"!@stageId": ["C34:UC_PG9Y90"], "<id": 20000}, {4752, 4756}),
            ({"!=stageId": "C34:UC_PG9Y90", "!stageId": "C34:NEW", "<id": 20000}, {4752}),
            ({"0": {"logic": "OR", "0": {"id": 4752}, "1": {"id": 13112}}}, {4752, 13112}),
            ({f"%{ADDRESS}": "Казахстан", "<id": 20000}, {13064}),
            ({"UF_CRM_1741592774017": "2025-09-23", "<id": 13080}, set()),
            ({"UF_CRM_1741592892232": "2025-09-23", "<id": 20000}, {13112, 13088, 13086}),
            ({"UF_CRM_1741592855565": 2466, "<id": 20000}, {4756, 4764}),
        ],
    )
    def test_a_filter_finds_exactly(self, twin: PortalTwin, conditions: dict[str, object], expected: set[int]) -> None:
        assert set(ids(houses(twin, filter=conditions, useOriginalUfNames="Y"))) == expected

    def test_an_unknown_field_is_refused_with_its_name(self, twin: PortalTwin) -> None:
        response = post(twin, "crm.item.list", {"entityTypeId": 2, "filter": {"assignedByName": "x"}})
        assert response.status_code == 400
        assert response.json()["error"] == "INVALID_ARG_VALUE"
        assert "assignedByName" in response.json()["error_description"]

    def test_a_wrong_value_is_refused(self, twin: PortalTwin) -> None:
        assert post(twin, "crm.item.list", {"entityTypeId": 2, "filter": {"id": "many"}}).status_code == 400

    def test_rows_come_in_the_order_asked(self, twin: PortalTwin) -> None:
        found = ids(houses(twin, order={"id": "DESC"}))
        assert found == sorted(found, reverse=True)
        titles = [item["title"] for item in houses(twin, order={"title": "ASC"})["result"]["items"]]
        assert titles == sorted(titles)

    def test_a_later_update_is_found_by_time(self, twin: PortalTwin) -> None:
        twin.portal.touch(13112)
        moment = twin.portal.deals[13112].updated.isoformat()
        assert ids(houses(twin, filter={">=updatedTime": moment})) == [13112]


class TestFields:
    def test_names_of_custom_fields_follow_the_flag(self, twin: PortalTwin) -> None:
        original = houses(twin, filter={"id": 13112}, select=["id", ADDRESS], useOriginalUfNames="Y")
        camel = houses(twin, filter={"id": 13112}, select=["id", "ufCrm_1669561599956"])
        text = "Аллейная улица, 6, Калуга, Калужская область, Россия, 248009|54.52609;36.31364|8212"
        assert original["result"]["items"] == [{"id": 13112, ADDRESS: text}]
        assert camel["result"]["items"] == [{"id": 13112, "ufCrm_1669561599956": text}]

    def test_values_are_typed_in_the_new_methods_and_strings_in_the_old(self, twin: PortalTwin) -> None:
        new = call(twin, "crm.item.get", {"entityTypeId": 2, "id": 13112, "useOriginalUfNames": "Y"})["result"]["item"]
        old = call(twin, "crm.deal.get", {"id": 13112})["result"]
        field = "UF_CRM_1741592855565"
        assert (new["id"], new["companyId"], new["opportunity"], new[field]) == (13112, 38, 20349.0, 2468)
        assert (old["ID"], old["COMPANY_ID"], old["OPPORTUNITY"], old[field]) == ("13112", "38", "20349.00", "2468")

    def test_an_empty_list_is_sometimes_false_in_the_old_methods(self, twin: PortalTwin) -> None:
        old = call(twin, "crm.deal.get", {"id": 13112})["result"]
        dates = [f.name for f in twin.portal.userfields.values() if f.type == "date" and f.multiple]
        assert {str(old[name]) for name in dates if not old[name]} == {"False", "[]"}

    def test_the_old_list_has_no_names_of_people_and_ignores_filters_by_them(self, twin: PortalTwin) -> None:
        params = {"filter": {"CATEGORY_ID": "34", "ASSIGNED_BY_NAME": "nobody"}, "select": ["ID", "ASSIGNED_BY_NAME"]}
        answer = call(twin, "crm.deal.list", params)
        assert answer["total"] == 130
        assert set(answer["result"][0]) == {"ID"}

    def test_phones_come_in_fm_only_with_a_star(self, twin: PortalTwin) -> None:
        starred = call(twin, "crm.item.list", {"entityTypeId": 4, "filter": {"id": 36}, "select": ["*"]})
        named = call(twin, "crm.item.list", {"entityTypeId": 4, "filter": {"id": 36}, "select": ["id", "title", "fm"]})
        assert starred["result"]["items"][0]["fm"][0]["typeId"] == "PHONE"
        assert named["result"]["items"] == [{"id": 36, "title": 'ООО "ЖИЛИЩНОЕ РЭУ №16"'}]

    def test_a_company_card_has_phone_mail_address_and_comments(self, twin: PortalTwin) -> None:
        card = call(twin, "crm.company.get", {"id": 36})["result"]
        assert card["TITLE"] == 'ООО "ЖИЛИЩНОЕ РЭУ №16"'
        assert card["PHONE"][0]["VALUE"].startswith("+7 (000)")
        assert card["EMAIL"][0]["VALUE"] == "uk36@example.org"
        assert card["ADDRESS"]
        assert "COMMENTS" in card

    def test_contacts_of_a_deal_are_told_by_their_own_method(self, twin: PortalTwin) -> None:
        deal = next(deal for deal in twin.portal.houses() if deal.contact_ids and not deal.contact_id)
        rows = call(twin, "crm.deal.contact.items.get", {"id": deal.id})["result"]
        assert [row["CONTACT_ID"] for row in rows] == deal.contact_ids
        assert call(twin, "crm.contact.get", {"id": rows[0]["CONTACT_ID"]})["result"]["NAME"]

    def test_a_missing_record_is_an_error(self, twin: PortalTwin) -> None:
        assert post(twin, "crm.item.get", {"entityTypeId": 2, "id": 1}).status_code == 400
        assert post(twin, "crm.company.get", {"id": 1}).status_code == 400
        assert post(twin, "crm.item.list", {"entityTypeId": 99}).json()["error"] == "NOT_FOUND"


class TestDirectories:
    def test_stages_come_in_order_with_names_and_meaning(self, twin: PortalTwin) -> None:
        rows = call(twin, "crm.status.list", {"filter": {"ENTITY_ID": "DEAL_STAGE_34"}, "order": {"SORT": "ASC"}})
        stages = {row["STATUS_ID"]: row["EXTRA"]["SEMANTICS"] for row in rows["result"]}
        assert next(iter(stages)) == "C34:NEW"
        assert (stages["C34:UC_PG9Y90"], stages["C34:WON"], stages["C34:LOSE"]) == ("process", "success", "failure")

    def test_labels_of_custom_fields_need_a_language(self, twin: PortalTwin) -> None:
        bare = call(twin, "crm.deal.userfield.list")["result"][0]
        labelled = call(twin, "crm.deal.userfield.list", {"filter": {"LANG": "ru"}})["result"][0]
        assert "EDIT_FORM_LABEL" not in bare
        assert labelled["EDIT_FORM_LABEL"] == labelled["LIST_COLUMN_LABEL"]

    def test_custom_fields_come_by_fifty(self, twin: PortalTwin) -> None:
        names: set[str] = set()
        answer = {"next": 0}
        while "next" in answer:
            answer = call(twin, "crm.deal.userfield.list", {"filter": {"LANG": "ru"}, "start": answer["next"]})
            names |= {row["FIELD_NAME"] for row in answer["result"]}
        assert names == set(twin.portal.userfields)

    def test_one_custom_field_is_found_by_name_with_its_options(self, twin: PortalTwin) -> None:
        rows = call(twin, "crm.deal.userfield.list", {"filter": {"FIELD_NAME": "UF_CRM_1741592945060"}})["result"]
        assert [option["ID"] for option in rows[0]["LIST"]] == ["2472", "2474", "2476"]

    def test_brigades_are_named_in_two_ways(self, twin: PortalTwin) -> None:
        users = call(twin, "user.get", {"FILTER": {"ID": [1394, 1400]}})["result"]
        assert [(user["NAME"], user["LAST_NAME"]) for user in users] == [("1 ", "бригада"), ("4 бригада", "")]

    def test_users_are_found_by_parameters_too(self, twin: PortalTwin) -> None:
        assert call(twin, "user.get", {"ID": 1400})["total"] == 1
        assert [user["ID"] for user in call(twin, "user.get", {"ACTIVE": False})["result"]] == ["30"]

    def test_the_rest_of_the_directories_answer(self, twin: PortalTwin) -> None:
        assert {row["id"] for row in call(twin, "crm.category.list", {"entityTypeId": 2})["result"]["categories"]} == {
            0,
            2,
            34,
        }
        assert call(twin, "profile")["result"]["ID"] == "1"
        assert "crm.item.list" in call(twin, "methods")["result"]
        assert call(twin, "crm.item.fields", {"entityTypeId": 2})["result"]["fields"]["ufCrm_1669561599956"]
        assert call(twin, "crm.deal.fields")["result"][ADDRESS]["formLabel"].startswith("Адрес")


class TestWaysOfCalling:
    def test_json_form_and_query_say_the_same(self, twin: PortalTwin) -> None:
        fields = {"entityTypeId": "2", "filter[categoryId]": "34", "filter[<=id]": "4760", "select[]": "title"}
        wanted = houses(twin, filter={"<=id": 4760}, select=["title"])["result"]
        assert requests.post(twin.url + "crm.item.list.json", data=fields, timeout=5).json()["result"] == wanted
        assert requests.get(twin.url + "crm.item.list", params=fields, timeout=5).json()["result"] == wanted

    def test_an_unknown_method_is_not_found(self, twin: PortalTwin) -> None:
        response = post(twin, "crm.house.list")
        assert (response.status_code, response.json()["error"]) == (404, "ERROR_METHOD_NOT_FOUND")

    def test_a_wrong_code_is_refused(self, twin: PortalTwin) -> None:
        root = "http://" + urlsplit(twin.url).netloc
        wrong = requests.post(f"{root}/rest/1/guess/profile", json={}, timeout=5)
        none = requests.post(f"{root}/rest/profile", json={}, timeout=5)
        assert (wrong.status_code, wrong.json()["error"]) == (401, "INVALID_CREDENTIALS")
        assert (none.status_code, none.json()["error"]) == (401, "NO_AUTH_FOUND")

    def test_the_card_of_a_deal_is_a_page_for_people(self, twin: PortalTwin) -> None:
        root = "http://" + urlsplit(twin.url).netloc
        page = requests.get(f"{root}/crm/deal/details/13112/", timeout=5)
        assert page.status_code == 200
        assert "Аллейная 6 п.1" in page.text
        assert "4 бригада" in page.text
        assert "Влажная уборка 1 этажа" in page.text
        assert requests.get(f"{root}/crm/deal/details/1/", timeout=5).status_code == 401

    def test_garbage_instead_of_json_is_refused(self, twin: PortalTwin) -> None:
        headers = {"Content-Type": "application/json"}
        assert requests.post(twin.url + "profile", data=b"{", headers=headers, timeout=5).status_code == 400

    def test_requests_are_logged_with_the_commands_of_a_batch(self, twin: PortalTwin) -> None:
        twin.forget_requests()
        call(twin, "batch", {"cmd": {"a": "profile", "b": page_command(50)}})
        assert twin.http_requests == 1
        assert [(c.key, c.method) for c in twin.requests[0].commands] == [("a", "profile"), ("b", "crm.item.list")]


class TestBatch:
    def test_pages_by_offset_are_every_house(self, twin: PortalTwin) -> None:
        result = call(twin, "batch", {"cmd": {f"p{start}": page_command(start) for start in (0, 50, 100)}})["result"]
        found = [item["id"] for page in result["result"].values() for item in page["items"]]
        assert len(set(found)) == len(found) == 130
        assert result["result_total"] == {"p0": 130, "p50": 130, "p100": 130}
        assert result["result_next"] == {"p0": 50, "p50": 100}
        assert result["result_error"] == []
        assert set(result["result_time"]["p0"]) >= {"operating", "operating_reset_at"}

    def test_a_failed_command_is_an_error_of_its_key_and_the_answer_is_200(self, twin: PortalTwin) -> None:
        result = call(twin, "batch", {"cmd": {"bad": "no.such.method", "good": "profile"}})["result"]
        assert result["result_error"]["bad"]["error"] == "ERROR_METHOD_NOT_FOUND"
        assert set(result["result"]) == {"good"}

    def test_halt_stops_at_the_first_failure(self, twin: PortalTwin) -> None:
        result = call(twin, "batch", {"halt": 1, "cmd": {"bad": "no.such.method", "good": "profile"}})["result"]
        assert result["result"] == []
        assert set(result["result_error"]) == {"bad"}

    def test_a_command_uses_what_an_earlier_one_gave(self, twin: PortalTwin) -> None:
        first = command("crm.item.list", entityTypeId=2, start=-1, **{"filter[categoryId]": 34})
        second = command(
            "crm.item.list",
            entityTypeId=2,
            start=-1,
            **{"filter[categoryId]": 34, "filter[>id]": "$result[a][items][49][id]"},
        )
        pages = call(twin, "batch", {"cmd": {"a": first, "b": second}})["result"]["result"]
        assert [row["id"] for page in pages.values() for row in page["items"]] == [
            deal.id for deal in twin.portal.houses()[:100]
        ]

    def test_fifty_one_commands_are_refused(self, twin: PortalTwin) -> None:
        response = post(twin, "batch", {"cmd": {str(number): "profile" for number in range(51)}})
        assert (response.status_code, response.json()["error"]) == (400, "ERROR_BATCH_LENGTH_EXCEEDED")

    def test_a_batch_in_a_batch_is_refused(self, twin: PortalTwin) -> None:
        result = call(twin, "batch", {"cmd": {"inner": "batch?cmd[a]=profile"}})["result"]
        assert result["result_error"]["inner"]["error"] == "ERROR_BATCH_METHOD_NOT_ALLOWED"


class TestLimits:
    def test_the_fifty_first_request_of_a_burst_is_refused_and_a_batch_counts_once(self) -> None:
        with PortalTwin(houses=1) as twin:
            assert twin.dispatcher.bucket is not None
            twin.dispatcher.bucket = RequestBucket(clock=lambda: 0.0)  # a slow machine must not let it leak
            session = requests.Session()
            body = {"cmd": {str(number): "profile" for number in range(50)}}
            codes = [session.post(twin.url + "batch", json=body, timeout=5).status_code for _ in range(52)]
            assert codes == [200] * 50 + [503] * 2
            assert session.post(twin.url + "profile", json={}, timeout=5).json()["error"] == "QUERY_LIMIT_EXCEEDED"

    def test_the_bucket_leaks_two_a_second(self) -> None:
        now = [0.0]
        bucket = RequestBucket(clock=lambda: now[0])
        for _ in range(50):
            bucket.take()
        with pytest.raises(RestError):
            bucket.take()
        now[0] = 0.5
        bucket.take()
        with pytest.raises(RestError):
            bucket.take()

    def test_a_method_over_its_budget_is_closed_until_the_oldest_minute_is_ten_minutes_old(self) -> None:
        now = [6000.0]
        budget = OperatingBudget(clock=lambda: now[0])
        budget.cost["crm.item.list"] = 300
        budget.charge("crm.item.list", 0.1)
        assert budget.charge("crm.item.list", 0.1) == (600.0, 6600)
        with pytest.raises(RestError) as refused:
            budget.check("crm.item.list")
        assert refused.value.reset_at == 6600
        budget.check("user.get")
        now[0] = 6600.0
        budget.check("crm.item.list")

    def test_an_exhausted_method_answers_429_alone_and_inside_a_batch(self) -> None:
        with PortalTwin(houses=60) as twin:
            twin.operating.cost["crm.item.list"] = 500
            houses(twin)
            response = post(twin, "crm.item.list", {"entityTypeId": 2})
            assert (response.status_code, response.json()["error"]) == (429, "OPERATION_TIME_LIMIT")
            assert response.json()["time"]["operating_reset_at"] > response.json()["time"]["finish"]
            result = call(twin, "batch", {"cmd": {"a": page_command(0), "b": "profile"}})["result"]
            assert result["result_error"]["a"]["error"] == "OPERATION_TIME_LIMIT"
            assert set(result["result"]) == {"b"}
