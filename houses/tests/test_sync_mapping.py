"""Month fields are found by their labels, doubts go to a person, and a person's word stays."""

from __future__ import annotations

from datetime import datetime

import pytest
from auditlog.models import LogEntry
from django.utils import timezone

from houses.bitrix.discovery import CrmField, discover
from houses.bitrix.mapping import load_mapping
from houses.bitrix.presets import FIXED_FIELDS, ensure_fixed_fields
from houses.bitrix.twin import FaultKind, PortalTwin
from houses.bitrix.twin.records import UserField
from houses.models import EnumOption, FieldMapping, House, ScheduleField
from houses.tests.bitrix_fixtures import done

pytestmark = pytest.mark.django_db
State = ScheduleField.State
NOW = datetime.fromisoformat("2026-11-21T12:00:00+03:00")
T1, T3 = "Влажная уборка лестничных площадок всех этажей", "Влажная уборка 1 этажа и лифта"


def dates(name: str, label: str) -> CrmField:
    return CrmField(name, label, "date", ())


def types(name: str, label: str, *options: tuple[int, str]) -> CrmField:
    return CrmField(name, label, "enumeration", options)


def states() -> dict[str, str]:
    return dict(ScheduleField.objects.values_list("field_name", "state"))


def places() -> set[tuple[int, int, int]]:
    return set(load_mapping().places)


def test_a_clear_label_is_read_at_once_in_any_year() -> None:
    discover([dates("A", "Дата уборки 1 | Март 2031"), types("B", "Тип уборки 1 | Март 2031", (5, T1))], NOW)
    (slot,) = load_mapping().slots
    assert (slot.year, slot.month, slot.slot, slot.dates_field, slot.type_field) == (2031, 3, 1, "A", "B")
    assert load_mapping().options["B"][5].cleaning_type == "T1"


def test_two_fields_with_one_label_are_both_shown_to_a_person_and_neither_is_read() -> None:
    waiting = discover([dates("A", "Дата уборки 2| Август 2025"), dates("B", "Дата уборки 2| Август 2025")], NOW)
    assert waiting == 2
    assert states() == {"A": State.CONFLICT, "B": State.CONFLICT}
    assert "поле B" in ScheduleField.objects.get(field_name="A").problem
    assert places() == set()


def test_when_a_person_gives_one_of_them_its_place_the_other_takes_its_own() -> None:
    both = [dates("A", "Дата уборки 2| Август 2025"), dates("B", "Дата уборки 2| Август 2025")]
    discover(both, NOW)
    ScheduleField.objects.filter(field_name="A").update(slot=1, state=State.CONFIRMED)
    assert discover(both, NOW) == 0
    assert states() == {"A": State.CONFIRMED, "B": State.FOUND}
    assert places() == {(2025, 8, 1), (2025, 8, 2)}
    assert ScheduleField.objects.get(field_name="A").problem == ""


def test_a_confirmed_place_is_not_given_to_a_newcomer() -> None:
    discover([dates("A", "Дата уборки 1 | Май 2026")], NOW)
    ScheduleField.objects.update(state=State.CONFIRMED)
    discover([dates("A", "Дата уборки 1 | Май 2026"), dates("B", "Дата уборки 1 | Май 2026")], NOW)
    assert states() == {"A": State.CONFIRMED, "B": State.CONFLICT}


def test_an_ignored_field_stays_ignored_and_claims_nothing() -> None:
    both = [dates("A", "Дата уборки 1 | Май 2026"), dates("B", "Дата уборки 1 | Май 2026")]
    discover(both, NOW)
    ScheduleField.objects.filter(field_name="A").update(state=State.IGNORED)
    discover(both, NOW)
    assert states() == {"A": State.IGNORED, "B": State.FOUND}


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        (dates("A", "Дата уборки | Май 2026"), "В подписи нет номера слота"),
        (dates("A", "Дата уборки 1 | Май"), "В подписи нет года"),
        (types("A", "Дата уборки 1 | Май 2026"), "Ожидается поле вида «дата»"),
    ],
)
def test_a_label_that_does_not_tell_all_is_a_question_to_a_person(field: CrmField, problem: str) -> None:
    discover([field], NOW)
    row = ScheduleField.objects.get()
    assert (row.state, row.problem) == (State.CONFLICT, problem)
    assert places() == set()


def test_two_fields_may_swap_their_labels() -> None:
    discover([dates("A", "Дата уборки 1 | Май 2026"), dates("B", "Дата уборки 2 | Май 2026")], NOW)
    discover([dates("A", "Дата уборки 2 | Май 2026"), dates("B", "Дата уборки 1 | Май 2026")], NOW)
    assert dict(ScheduleField.objects.values_list("field_name", "slot")) == {"A": 2, "B": 1}
    assert set(states().values()) == {State.FOUND}


def test_a_vanished_field_keeps_its_row_until_another_takes_its_place() -> None:
    discover([dates("A", "Дата уборки 1 | Май 2026")], NOW)
    discover([], NOW)
    assert states() == {"A": State.FOUND}
    discover([dates("NEW", "Дата уборки 1 | Май 2026")], NOW)
    assert states() == {"A": State.IGNORED, "NEW": State.FOUND}
    discover([dates("A", "Дата уборки 1 | Май 2026")], NOW)
    assert states()["A"] == State.FOUND


def test_a_field_that_is_renamed_to_something_else_is_shown_to_a_person() -> None:
    discover([dates("A", "Дата уборки 1 | Май 2026")], NOW)
    discover([dates("A", "Дата собрания")], NOW)
    assert states() == {"A": State.CONFLICT}


def test_the_type_the_office_gave_an_option_stays_while_its_text_does() -> None:
    discover([types("B", "Тип уборки 1 | Май 2026", (5, "Мойка по-новому"), (6, T3))], NOW)
    assert EnumOption.objects.get(option_id=5).cleaning_type == ""
    EnumOption.objects.filter(option_id=5).update(cleaning_type="T1")
    EnumOption.objects.filter(option_id=6).update(cleaning_type="T2")
    discover([types("B", "Тип уборки 1 | Май 2026", (5, "Мойка по-новому"), (6, T3))], NOW)
    assert dict(EnumOption.objects.values_list("option_id", "cleaning_type")) == {5: "T1", 6: "T2"}
    discover([types("B", "Тип уборки 1 | Май 2026", (5, "Мойка по-новому"), (6, T1))], NOW)
    assert EnumOption.objects.get(option_id=6).cleaning_type == "T1"


def test_fixed_fields_are_prefilled_and_an_edited_one_is_never_overwritten() -> None:
    ensure_fixed_fields()
    assert FieldMapping.objects.count() == len(FIXED_FIELDS)
    FieldMapping.objects.filter(key="floors").update(field_name="UF_CRM_OTHER")
    FieldMapping.objects.filter(key="tariff").delete()
    ensure_fixed_fields()
    assert FieldMapping.objects.get(key="floors").field_name == "UF_CRM_OTHER"
    assert FieldMapping.objects.filter(key="tariff").exists()


# -- through the portal


def test_a_month_that_is_added_to_the_portal_needs_nothing_but_a_sync(twin: PortalTwin) -> None:
    twin.portal.userfields["UF_CRM_999"] = UserField(
        9999, "UF_CRM_999", "date", "Дата уборки 1 | Июль 2031", multiple=True
    )
    twin.portal.set_field(13112, "UF_CRM_999", ["2031-07-08T03:00:00+03:00"])
    done(twin)
    house = House.objects.get(bitrix_id=13112)
    assert {"year": 2031, "month": 7, "slot": 1, "type": "", "text": "", "dates": ["2031-07-08"]} in house.schedule
    assert "unknown_type" in house.issues
    assert house.visits.filter(crm_date="2031-07-08").exists()


def test_the_real_labels_leave_august_and_january_to_a_person(twin: PortalTwin) -> None:
    run = done(twin)
    conflicts = ScheduleField.objects.filter(state=State.CONFLICT)
    assert {(row.kind, row.year, row.month) for row in conflicts} == {("dates", 2025, 8), ("type", 2025, 1)}
    assert any("Спорных полей графика: 4" in sentence for sentence in run.errors)


@pytest.mark.parametrize("trouble", ["error", "no labels"])
def test_without_the_list_of_fields_the_last_mapping_goes_on(twin: PortalTwin, trouble: str) -> None:
    done(twin)
    before = dict(House.objects.values_list("bitrix_id", "schedule"))
    if trouble == "error":
        twin.faults.always(FaultKind.AUTH, 403, method="crm.deal.userfield.list")
    else:
        for field in twin.portal.userfields.values():
            field.label = ""
    run = done(twin)
    assert any("действует прежний" in sentence for sentence in run.errors)
    assert dict(House.objects.values_list("bitrix_id", "schedule")) == before


def test_months_whose_fields_are_gone_keep_what_was_read_and_dropped_ones_do_not(twin: PortalTwin) -> None:
    done(twin)
    house = House.objects.get(bitrix_id=13112)
    september = [slot for slot in house.slots if (slot.year, slot.month) == (2025, 9)]
    for row in ScheduleField.objects.filter(year=2025, month=9):
        del twin.portal.userfields[row.field_name]
    ScheduleField.objects.filter(year=2025, month=10).update(state=State.IGNORED)
    done(twin)
    house.refresh_from_db()
    months = {(slot.year, slot.month) for slot in house.slots}
    assert [slot for slot in house.slots if (slot.year, slot.month) == (2025, 9)] == september
    assert (2025, 10) not in months
    assert house.visits.filter(crm_date__month=9, crm_date__year=2025).count() == 3
    assert not house.visits.filter(crm_date__month=10, crm_date__year=2025).exists()


def test_a_passport_field_that_left_the_portal_keeps_its_last_value(twin: PortalTwin) -> None:
    done(twin)
    del twin.portal.userfields[FieldMapping.objects.get(key="floors").field_name]
    del twin.portal.userfields[FieldMapping.objects.get(key="address").field_name]
    before = House.objects.get(bitrix_id=13112)
    twin.portal.touch(13112, timezone.now())
    done(twin)
    after = House.objects.get(bitrix_id=13112)
    assert (after.floors, after.address, after.latitude) == (14, before.address, before.latitude)
    assert "no_floors" not in after.issues


def test_dates_of_a_field_in_doubt_come_with_the_full_sync_after_a_person_confirmed_it(twin: PortalTwin) -> None:
    done(twin)
    doubted = ScheduleField.objects.filter(state=State.CONFLICT, kind="dates", year=2025, month=8)[0]
    twin.portal.set_field(13112, doubted.field_name, ["2025-08-19T03:00:00+03:00"])
    done(twin)
    house = House.objects.get(bitrix_id=13112)
    assert (2025, 8) not in {(slot.year, slot.month) for slot in house.slots}
    doubted.state = State.CONFIRMED
    doubted.save()
    done(twin)
    house.refresh_from_db()
    read = [slot for slot in house.slots if (slot.year, slot.month) == (2025, 8)]
    assert [slot.to_json()["dates"] for slot in read] == [["2025-08-19"]]


def test_a_sync_leaves_no_trace_of_its_own_in_the_audit_trail(twin: PortalTwin) -> None:
    done(twin)
    before = LogEntry.objects.count()
    done(twin)
    assert LogEntry.objects.count() == before
    mapping = FieldMapping.objects.exclude(field_name="")[0]
    mapping.field_name = "UF_CRM_OTHER"
    mapping.save()
    assert LogEntry.objects.count() == before + 1, "what a person changes is there"
