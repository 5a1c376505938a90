"""Files and figures: exports, missing data, KPI of brigades, acts of a month."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from houses.models import Act, CleaningVisit, House
from houses.reports import acts as act_report
from houses.reports import missing
from houses.reports.kpi import month_kpi, together
from houses.reports.tables import csv_file, safe_text, xlsx_file
from houses.tests.factories import make_brigade, make_company, make_contact, make_house, make_user, make_visit

pytestmark = pytest.mark.django_db
NOVEMBER = (2026, 11)
TODAY = date(2026, 11, 21)


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user("Менеджер"))
    return client


def body(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def csv_rows(answer: Any) -> list[list[str]]:
    raw = body(answer)
    assert raw.startswith(b"\xef\xbb\xbf"), "Excel needs the mark to read Russian"
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("text", ["=1+1", "+7000", "-2", "@cmd", "\tx", "\rx"])
def test_no_cell_becomes_a_formula(text: str) -> None:
    assert safe_text(text) == f"'{text}"
    assert csv_file(["a"], [[text]]).read().decode("utf-8-sig").splitlines()[1].lstrip('"').startswith("'")
    sheet = load_workbook(xlsx_file("Лист", ["a"], [[text]])).active
    assert sheet.cell(2, 1).data_type == "s"


def test_control_characters_do_not_break_the_workbook() -> None:
    assert load_workbook(xlsx_file("Лист", ["a"], [["до\x00\x07после"]])).active.cell(2, 1).value == "допосле"


def test_money_in_csv_has_the_comma_that_russian_excel_takes_for_a_number() -> None:
    row = csv_file(["a", "b"], [[Decimal("7330.40"), 5]]).read().decode("utf-8-sig").splitlines()[1]
    assert row == "7330,40;5"


def test_columns_of_xlsx_are_as_wide_as_what_stands_in_them() -> None:
    rows = [["короткое", "Аллейная улица, 6, Калуга, Калужская область"], ["x", "y" * 500]]
    book = load_workbook(xlsx_file("Лист", ["Имя", "Адрес"], iter(rows)))
    widths = [book.active.column_dimensions[letter].width for letter in "AB"]
    assert widths == [12, 60]
    assert [cell.value for cell in book.active[2]] == rows[0]
    assert book.active.max_row == 3


def test_the_export_holds_all_pages_of_what_is_filtered(office: Client) -> None:
    brigade = make_brigade(1)
    for number in range(12):
        make_house(title=f"=Дом {number:02}", brigade=brigade, floors=None)
    make_house(title="Чужой", brigade=make_brigade(2))
    params = {"brigade": brigade.pk, "per_page": 10, "p": 2}
    header, *rows = csv_rows(office.get("/admin/houses/house/export/csv/", params))
    assert header[:3] == ["№ сделки", "Название", "Адрес"]
    assert len(rows) == 12
    assert {row[1][:6] for row in rows} == {"'=Дом "}
    assert rows[0][header.index("Этажей")] == "", "an unknown number stays empty, never zero"
    book = load_workbook(io.BytesIO(body(office.get("/admin/houses/house/export/xlsx/", params))))
    assert book.active.max_row == 13


def test_the_export_keeps_the_order_and_the_search_of_the_list(office: Client) -> None:
    make_house(title="Ленина 2", address="улица Ленина, 2", apartments=10)
    make_house(title="Ленина 1", address="улица Ленина, 1", apartments=90)
    make_house(title="Кирова 1", address="улица Кирова, 1")
    _, *rows = csv_rows(office.get("/admin/houses/house/export/csv/", {"q": "ленина", "o": "-4"}))
    assert [row[1] for row in rows] == ["Ленина 1", "Ленина 2"]


def test_an_export_needs_the_right_and_a_known_kind(client: Client) -> None:
    user = make_user("Просмотр")
    client.force_login(user)
    assert client.get("/admin/houses/house/export/csv/").status_code == 200
    assert client.get("/admin/houses/house/export/pdf/").status_code == 404
    user.groups.clear()
    assert client.get("/admin/houses/house/export/csv/").status_code == 403


def full_house(**values: Any) -> House:
    slot = {"year": 2026, "month": 11, "slot": 1, "type": "T1", "text": "", "dates": ["2026-11-05"]}
    whole = {
        "company": make_company(),
        "brigade": make_brigade(1),
        "contact": make_contact("+70000000001"),
        "schedule": [slot],
    }
    return make_house(**whole | values)


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        ({"address": "Мира 1"}, "Адрес"),
        ({"company": None}, "УК"),
        ({"brigade": None}, "Бригада"),
        ({"entrances": None}, "Подъезды"),
        ({"floors": None}, "Этажи"),
        ({"apartments": None}, "Квартиры"),
        ({"schedule": [{"year": 2026, "month": 11, "slot": 1, "type": "T1", "dates": []}]}, "График уборки"),
    ],
)
def test_each_gap_gets_its_mark_and_only_it(values: dict[str, Any], mark: str) -> None:
    full_house(**values)
    (house,) = missing.with_marks(House.objects.all())
    assert missing.marks_of(house) == (mark,)
    assert list(missing.lacking(missing.with_marks(House.objects.all()), mark)) == [house]


def test_an_elder_without_name_or_phone_is_marked() -> None:
    full_house(contact=make_contact(name="", last_name=""))
    (house,) = missing.with_marks(House.objects.all())
    assert missing.marks_of(house) == ("Старший (ФИО)", "Старший (телефон)")
    House.objects.update(contact=None)
    (house,) = missing.with_marks(House.objects.all())
    assert missing.marks_of(house) == ("Старший (ФИО)", "Старший (телефон)")


def test_the_missing_report_is_the_file_people_know(office: Client) -> None:
    full_house(title="Полный")
    full_house(floors=None)
    answer = office.get("/admin/missing/csv/")
    assert "missing_data_report_" in answer.headers["Content-Disposition"]
    header, *rows = csv_rows(answer)
    assert ";".join(header) == (
        "ID;Адрес;УК;Бригада;Подъезды;Этажи;Квартиры;Периодичность;Старший (ФИО);Старший (телефон);"
        "Старший (email);Недостающие поля"
    )
    assert sorted(row[-1] for row in rows) == ["", "Этажи"], "all houses are listed"
    assert rows[0][9] == "'+70000000001"


def test_phones_of_the_report_depend_on_the_role(client: Client) -> None:
    full_house()
    client.force_login(make_user("Просмотр"))
    _, row = csv_rows(client.get("/admin/missing/csv/"))
    assert row[9] == "скрыт"


def test_the_missing_page_counts_marks(office: Client) -> None:
    full_house(floors=None)
    full_house()
    answer = office.get("/admin/missing/", {"mark": "Этажи"})
    assert dict(answer.context["counts"])["Этажи"] == 1
    assert len(answer.context["rows"]) == 1
    assert office.get("/admin/missing/", {"mark": "Чушь"}).status_code == 200


def work() -> None:
    first, second = make_brigade(1), make_brigade(2)
    big = make_house(brigade=first, entrances=4, floors=5, apartments=80)
    unknown = make_house(brigade=first, entrances=None, floors=9, apartments=None)
    other = make_house(brigade=second, entrances=2, floors=10)
    make_visit(big, date(2026, 11, 2), status="done", brigade=first)
    make_visit(big, date(2026, 11, 9), cleaning_type="T2", status="done", brigade=second)
    make_visit(big, date(2026, 11, 10), cleaning_type="T3")
    make_visit(unknown, date(2026, 11, 2))
    make_visit(other, date(2026, 11, 30))
    make_visit(other, date(2026, 12, 1))


def kpi() -> Any:
    return month_kpi(House.objects.all(), CleaningVisit.objects.all(), NOVEMBER, TODAY)


def test_kpi_counts_every_visit_once_and_by_its_type() -> None:
    work()
    first, second = kpi()
    assert (first.total.wet.visits, first.total.wet.entrances, first.total.wet.floors) == (2, 4, 20)
    assert first.total.wet.unknown == 1, "a house without entrances is left out of the sums and counted"
    assert (first.total.sweeping.visits, first.total.first_floor.visits) == (0, 1)
    assert second.total.sweeping.visits == 1, "a sweeping is not a wet cleaning, and belongs to who did it"
    assert second.total.wet.visits == 1
    assert (first.houses, first.apartments, first.unknown_apartments) == (2, 80, 1)
    assert (first.entrances, first.floors) == (4, 20), "floors are those of every entrance"


def test_kpi_sets_done_against_planned() -> None:
    work()
    first, second = kpi()
    assert (first.total.planned, first.total.done, first.total.missed) == (3, 1, 2)
    assert (second.total.planned, second.total.done, second.total.missed) == (2, 1, 0), "the 30th is still to come"
    whole = together([first, second])
    assert (whole.total.planned, whole.houses) == (5, 3)
    assert first.total.share == 33


def test_kpi_figures_open_exactly_their_rows(office: Client) -> None:
    work()
    answer = office.get("/admin/kpi/", {"month": "2026-11"})
    assert answer.status_code == 200
    visits = "/admin/houses/cleaningvisit/"
    for row in answer.context["rows"]:
        span = {"date_from": "2026-11-01", "date_to": "2026-11-30", "brigade": row.key}
        assert office.get(visits, span).context["cl"].result_count == row.total.planned
        assert office.get(visits, span | {"type": "T1"}).context["cl"].result_count == row.total.wet.visits
        assert office.get(visits, span | {"status": "done"}).context["cl"].result_count == row.total.done


def test_kpi_of_any_month_opens(office: Client) -> None:
    for month in ("2026-01", "1999-12", "2026-13", "", "ноябрь", "0001-01", "9999-12"):
        assert office.get("/admin/kpi/", {"month": month}).status_code == 200, month
        assert office.get("/admin/acts/", {"month": month}).status_code == 200, month


def test_the_share_of_acts_is_never_above_one() -> None:
    month = (2026, 10)
    active, gone = make_house(brigade=make_brigade(1)), make_house(archived_at=timezone.now())
    make_house(archived_at=timezone.now())
    for house in (active, gone):
        Act.objects.create(house=house, month=date(2026, 10, 1), signed_date=TODAY)
    whole = act_report.together(act_report.by_brigade(House.objects.all(), month))
    assert (whole.signed, whole.total, whole.percent) == (2, 2, 100)
    *_, (text, _, share) = act_report.months_back(House.objects.all(), month)
    assert (text, share.signed, share.total) == ("2026-10", 2, 2)


def test_the_acts_page_lists_who_has_not_signed(office: Client) -> None:
    make_house(title="Ждём")
    signed = make_house(title="Подписали")
    Act.objects.create(house=signed, month=date(2026, 10, 1), signed_date=TODAY)
    rows = office.get("/admin/acts/", {"month": "2026-10"}).context["rows"]
    assert [house.title for house, _ in rows] == ["Ждём"]
    rows = office.get("/admin/acts/", {"month": "2026-10", "state": "signed"}).context["rows"]
    assert [house.title for house, _ in rows] == ["Подписали"]
    assert office.get("/admin/houses/act/", {"month": "2026-10"}).context["cl"].result_count == 1
    assert office.get("/admin/houses/act/", {"month": "чушь"}).status_code == 200
