"""What the portal twin holds: 23 real houses as they were, and invented ones with a real portal's untidiness."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.core.management import CommandError, call_command

from houses.bitrix.twin import Portal, PortalTwin
from houses.bitrix.twin.seed import seed_portal
from houses.tests.twin_client import call, houses, page_command

TODAY = date(2026, 11, 21)
SEPTEMBER = ("UF_CRM_1741592774017", "UF_CRM_1741592855565", "UF_CRM_1741592892232", "UF_CRM_1741592945060")
OCTOBER = ("UF_CRM_1741593004888", "UF_CRM_1741593047994", "UF_CRM_1741593067418", "UF_CRM_1741593115407")
NOVEMBER = ("UF_CRM_1741593156926", "UF_CRM_1741593210242", "UF_CRM_1741593231558", "UF_CRM_1741593285121")
DECEMBER = ("UF_CRM_1741593340713", "UF_CRM_1741593387667", "UF_CRM_1741593408621", "UF_CRM_1741593452062")
FLATS, FLOORS, ENTRANCES = "UF_CRM_1669704529022", "UF_CRM_1669704631166", "UF_CRM_1669705507390"
ADDRESS, TARIFF = "UF_CRM_1669561599956", "UF_CRM_1669706387893"

# deal: (flats/floors/entrances, tariff, amount, cleanings by type in September, October, November)
REAL: dict[int, tuple[str, str, float, str, str, str]] = {
    13112: ("119/14/1", "3 // 125", 20349.00, "2T1 1T3", "2T1 2T3", "2T1 2T3"),
    13100: ("—/4/3", "1 // 170", 5022.79, "4T1", "4T1", "4T1"),
    13098: ("—/4/4", "1 // 170", 7534.35, "4T1", "4T1", "4T1"),
    13096: ("—/5/4", "1 // 170", 11477.46, "4T1", "4T1", "4T1"),
    13094: ("—/2/2", "1 // 170", 2913.23, "4T1", "4T1", "4T1"),
    13088: ("128/17/1", "3 // 125", 25288.00, "2T1 2T3", "2T1 2T3", "2T1 2T3"),
    13086: ("190/14/4", "3 // 125", 32490.00, "2T1 2T3", "2T1 2T3", "2T1 2T3"),
    13084: ("144/9/4", "3 // 125", 20196.00, "2T1 2T3", "2T1 2T3", "2T1 2T3"),
    13064: ("6/2/1", "—", 990.00, "2T1", "2T1", "2T1"),
    13058: ("24/4/1", "—", 3366.00, "2T1", "2T1", "2T1"),
    13056: ("144/9/4", "4 // 110", 20196.00, "2T1", "2T1", "2T1"),
    13046: ("15/3/2", "—", 2314.13, "2T1", "2T1", "2T1"),
    13044: ("26/5/3", "—", 4011.15, "2T1", "2T1", "2T1"),
    13042: ("77/9/3", "1 // 170", 17998.75, "4T1", "4T1", "4T1"),
    13016: ("80/5/6", "3 // 125", 12292.83, "2T1 2T3", "2T1 2T3", "2T1 2T3"),
    13014: ("76/5/4", "4 // 110", 10420.00, "2T1 2T3", "2T1 2T3", "2T1"),
    4766: ("144/9/4", "5 // 200", 20196.00, "2T1 6T3", "2T1 6T3", "2T1 6T3"),
    4764: ("28/7/2", "2 // 140", 7330.40, "2T1 2T2", "2T1 2T2", "2T1 2T2"),
    4762: ("108/9/3", "3 // 125", 12622.50, "2T1 2T3", "2T1 2T3", "2T1 2T3"),
    4760: ("75/5/5", "3 // 125", 8765.00, "2T1 2T3", "2T1 2T3", "2T1 2T3"),
    4758: ("144/9/4", "2 // 140", 17784.00, "2T1 2T2", "2T1 2T2", "2T1 2T2"),
    4756: ("144/9/4", "2 // 140", 17166.00, "2T1 2T2", "2T1 2T2", "2T1 2T2"),
    4752: ("58/5/4", "2 // 140", 7714.00, "2T1 2T2", "2T1 2T2", "2T1 2T2"),
}


@pytest.fixture(scope="module")
def twin() -> Iterator[PortalTwin]:
    with PortalTwin(houses=490, limits=False, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def real(twin: PortalTwin) -> dict[int, dict[str, Any]]:
    """The 23 deals as the portal gives them, and the texts of their type fields."""
    answer = houses(twin, filter={"<id": 20000}, select=["*", "uf_*"], useOriginalUfNames="Y")
    return {item["id"]: item for item in answer["result"]["items"]}


def cleanings(item: dict[str, Any], fields: tuple[str, ...], portal: Portal) -> str:
    """«2T1 2T3»: dates of both slots by the type that the field's own option texts tell."""
    counts: Counter[str] = Counter()
    for dates, kind in (fields[:2], fields[2:]):
        for _ in item[dates] or []:
            text = dict(portal.userfields[kind].options)[item[kind]]
            counts["T2" if "Подмет" in text else "T1" if "всех этажей" in text else "T3"] += 1
    return " ".join(f"{number}{kind}" for kind, number in sorted(counts.items()))


class TestRealHouses:
    def test_all_23_are_there(self, real: dict[int, dict[str, Any]]) -> None:
        assert set(real) == set(REAL)

    @pytest.mark.parametrize("number", REAL)
    def test_passport_and_cleanings_are_as_exported(
        self, twin: PortalTwin, real: dict[int, dict[str, Any]], number: int
    ) -> None:
        item, portal = real[number], twin.portal
        passport = "/".join(item[name] or "—" for name in (FLATS, FLOORS, ENTRANCES))
        months = [cleanings(item, fields, portal) for fields in (SEPTEMBER, OCTOBER, NOVEMBER)]
        assert (passport, item[TARIFF] or "—", item["opportunity"], *months) == REAL[number]
        assert not item[DECEMBER[0]]

    def test_ids_of_types_are_the_verified_ones(self, real: dict[int, dict[str, Any]]) -> None:
        item = real[13112]
        assert [day[:10] for day in item[SEPTEMBER[0]]] == ["2025-09-16", "2025-09-29"]
        assert (item[SEPTEMBER[1]], item[SEPTEMBER[3]]) == (2468, 2476)
        assert item[SEPTEMBER[2]] == ["2025-09-23T03:00:00+03:00"]

    def test_missing_coordinates_are_written_in_the_portal_s_ways(self, real: dict[int, dict[str, Any]]) -> None:
        tails = {number: item[ADDRESS].partition("|")[2] for number, item in real.items()}
        assert {number for number, tail in tails.items() if tail == ";|"} == {13046, 4766, 4762, 4752}
        assert tails[4764] == "0;0|"
        assert tails[13064].startswith("53.23058885;63.6707919|")
        assert tails[13112] == "54.52609;36.31364|8212"

    def test_missing_numbers_are_null_or_an_empty_text(self, real: dict[int, dict[str, Any]]) -> None:
        assert {real[number][FLATS] for number in (13100, 13098, 13096, 13094)} == {None, ""}

    def test_stages_and_companies_are_as_exported(self, twin: PortalTwin, real: dict[int, dict[str, Any]]) -> None:
        assert Counter(item["stageId"] for item in real.values()) == {
            "C34:UC_PG9Y90": 21,
            "C34:NEW": 1,
            "C34:UC_9KN8QQ": 1,
        }
        titles = Counter(twin.portal.companies[item["companyId"]].title for item in real.values())
        assert titles == {
            'ООО "ЖИЛИЩНОЕ РЭУ №16"': 8,
            "ООО «УК МЖД Московского округа г.Калуги»": 6,
            "ООО УК Новый город": 3,
            "ООО УК Монолит": 3,
            'ООО УК "ЗАБОТА ПЛЮС"': 2,
            'ООО "УЮТНЫЙ ДОМ"': 1,
        }
        assert real[13112]["assignedById"] == 1400


class TestMonths:
    def test_labels_are_as_somebody_typed_them(self, twin: PortalTwin) -> None:
        labels = Counter(field.label for field in twin.portal.userfields.values())
        assert labels["Дата уборки 2| Август 2025"] == 2
        assert labels["Дата уборки 1| Август 2025"] == 0
        assert labels["Тип уборки 1 январь 2025"] == 2
        assert {"Тип уборки 1| Ноябрь 2025 ", "Дата уборки1| Май 2025", "Дата уборки 2|Май 2025"} <= set(labels)

    def test_no_two_fields_share_a_name_or_an_option_id(self, twin: PortalTwin) -> None:
        fields = list(twin.portal.userfields.values())
        options = [number for field in fields for number, _ in field.options]
        assert len({field.id for field in fields}) == len(fields)
        assert len(set(options)) == len(options)
        numbers = (2466, 2468, 2470, 2472, 2474, 2476)
        assert [n for n in options if n in numbers] == list(numbers)

    @pytest.mark.parametrize(
        ("today", "years"),
        [
            (date(2026, 11, 21), {2025, 2026, 2027}),
            (date(2026, 9, 30), {2025, 2026}),
            (date(2027, 1, 5), {2025, 2026, 2027}),
            (date(2025, 9, 10), {2025}),
            (date(2025, 1, 10), {2024, 2025}),
        ],
    )
    def test_fields_exist_for_this_year_and_in_its_last_quarter_for_the_next(
        self, today: date, years: set[int]
    ) -> None:
        labels = [field.label for field in seed_portal(0, 1, today).userfields.values() if "уборки" in field.label]
        assert {int(label.strip()[-4:]) for label in labels} == years
        assert len(labels) == 48 * len(years)

    @pytest.mark.parametrize("today", [TODAY, date(2025, 12, 31), date(2026, 1, 31), date(2024, 2, 29)])
    def test_three_months_around_today_are_filled(self, today: date) -> None:
        portal = seed_portal(200, 1, today)
        wanted = {(today.year * 12 + today.month - 1 + offset) for offset in (-1, 0, 1)}
        filled: Counter[int] = Counter()
        for deal in portal.houses():
            days = [
                date.fromisoformat(text[:10])
                for name, value in deal.uf.items()
                if isinstance(value, list) and "уборки" in portal.userfields[name].label
                for text in value
            ]
            filled.update({day.year * 12 + day.month - 1 for day in days})
        assert all(filled[month] > 150 for month in wanted)


class TestInventedHouses:
    def test_everything_a_hand_kept_crm_gets_wrong_occurs(self, twin: PortalTwin) -> None:
        deals = twin.portal.houses()
        managers = {user.id for user in twin.portal.users.values() if "бригад" not in user.name + user.last_name}
        numbers = Counter(deal.uf.get(name) for deal in deals for name in (FLATS, FLOORS, ENTRANCES))
        assert numbers["5-9"]
        assert numbers["12.5"]
        assert numbers[None]
        assert numbers[""]
        assert any(deal.assigned_by_id in managers for deal in deals)
        assert any(not deal.company_id for deal in deals)
        assert any(not deal.contact_ids for deal in deals)
        assert any(deal.contact_ids and not deal.contact_id for deal in deals)
        assert any(not any(isinstance(value, list) and value for value in deal.uf.values()) for deal in deals)
        assert {"C34:WON", "C34:LOSE"} < {deal.stage_id for deal in deals}

    def test_addresses_do_not_repeat(self) -> None:
        portal = seed_portal(3000, 1, TODAY)
        titles = [deal.title for deal in portal.houses()]
        assert len(set(titles)) == len(titles) == 3000
        assert {"Кибальчича 3", "Ленина 10"} < set(titles)

    def test_slots_hold_one_to_six_dates_and_never_a_sunday(self, twin: PortalTwin) -> None:
        sizes: Counter[int] = Counter()
        for deal in twin.portal.houses():
            for name, value in deal.uf.items():
                if deal.id > 20000 and isinstance(value, list) and "уборки" in twin.portal.userfields[name].label:
                    sizes[len(value)] += 1
                    assert all(date.fromisoformat(text[:10]).weekday() != 6 for text in value)
        assert set(sizes) == {1, 2, 6}

    def test_no_telephone_number_exists(self, twin: PortalTwin) -> None:
        phones = [
            phone for book in (twin.portal.contacts, twin.portal.companies) for c in book.values() for phone in c.phones
        ]
        digits = ["".join(filter(str.isdecimal, phone.partition("(после")[0]))[-10:] for phone in phones]
        assert len(phones) > 200
        assert all(number.startswith("000") for number in digits if number)

    def test_the_same_seed_makes_the_same_portal(self) -> None:
        assert seed_portal(120, 7, TODAY).deals == seed_portal(120, 7, TODAY).deals
        assert seed_portal(120, 7, TODAY).deals != seed_portal(120, 8, TODAY).deals

    @pytest.mark.parametrize("count", [0, 5, 23, 24, 490])
    def test_there_are_as_many_houses_as_asked_for(self, count: int) -> None:
        assert len(seed_portal(count, 1, TODAY).houses()) == count


class TestSize:
    def test_ten_thousand_houses_are_made_and_paged(self) -> None:
        with PortalTwin(houses=10_000, limits=False, today=TODAY) as twin:
            answer = call(twin, "batch", {"cmd": {f"p{start}": page_command(start) for start in range(0, 2500, 50)}})
        pages = answer["result"]["result"].values()
        assert len({item["id"] for page in pages for item in page["items"]}) == 2500


class TestCommand:
    def test_it_prints_the_webhook_address_and_stops_on_a_signal(self) -> None:
        line = [sys.executable, "manage.py", "bitrix_twin", "--port", "0", "--houses", "30", "--fault", "slow=0.01"]
        root = Path(__file__).resolve().parents[2]
        process = subprocess.Popen(line, cwd=root, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            name, _, url = process.stdout.readline().strip().partition("=")
            assert name == "BITRIX24_WEBHOOK_URL"
            answer = requests.post(
                url + "crm.item.list", json={"entityTypeId": 2, "filter": {"categoryId": 34}}, timeout=5
            )
            assert answer.json()["total"] == 30
        finally:
            process.send_signal(signal.SIGINT)
            output = process.communicate(timeout=10)[0]
        assert process.returncode == 0
        assert "Запросов было: 1" in output

    @pytest.mark.parametrize("text", ["earthquake", "slow=soon", "query_limit:often"])
    def test_a_fault_it_does_not_know_is_refused_by_name(self, text: str) -> None:
        with pytest.raises(CommandError, match=text):
            call_command("bitrix_twin", "--port", "0", "--houses", "1", "--fault", text)

    def test_a_port_in_use_is_one_sentence(self, twin: PortalTwin) -> None:
        port = urlsplit(twin.url).port
        with pytest.raises(CommandError, match=f"Порт {port}"):
            call_command("bitrix_twin", "--port", str(port), "--houses", "1")
