"""Visits follow the dates of the CRM; what was reported never moves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from houses.bitrix.twin import PortalTwin
from houses.bitrix.twin.portal import crm_date
from houses.models import CleaningVisit, House, ScheduleField, VisitPhoto
from houses.schedule import month_of, shift_month
from houses.tests.bitrix_fixtures import TODAY, done

pytestmark = pytest.mark.django_db
DEAL = 13112
MONTH = shift_month(month_of(TODAY), 1)
# The house's slot 2 of a month is the first and the third Tuesday, T1; its slot 1 the Tuesdays between, T3.
FIRST = date(*MONTH, 1) + timedelta(days=(1 - date(*MONTH, 1).weekday()) % 7)
OLD = FIRST + timedelta(days=14)
NEW = OLD + timedelta(days=2)


@pytest.fixture
def house(twin: PortalTwin) -> House:
    done(twin)
    return House.objects.get(bitrix_id=DEAL)


def visit_on(house: House, day: date) -> CleaningVisit:
    return house.visits.get(date=day)


def report(visit: CleaningVisit, status: str = "done") -> CleaningVisit:
    visit.status = status
    visit.save(update_fields=["status"])
    return visit


def state(visit: CleaningVisit) -> tuple[date, date | None, str]:
    visit.refresh_from_db()
    return visit.date, visit.crm_date, visit.status


def set_dates(twin: PortalTwin, slot: int, *days: date) -> None:
    """Write the dates of next month's slot into the portal."""
    field = ScheduleField.objects.get(kind="dates", year=MONTH[0], month=MONTH[1], slot=slot)
    twin.portal.set_field(DEAL, field.field_name, [crm_date(day) for day in days])


def test_every_date_of_every_slot_has_its_visit(house: House) -> None:
    wanted = {(day, slot.slot, slot.cleaning_type) for slot in house.slots for day in slot.dates}
    assert set(house.visits.values_list("crm_date", "slot", "cleaning_type")) == wanted
    assert all(visit.date == visit.crm_date and visit.status == "planned" for visit in house.visits.all())


def test_a_date_moved_in_the_crm_moves_the_planned_visit_and_not_a_new_one(twin: PortalTwin, house: House) -> None:
    visit = visit_on(house, OLD)
    twin.portal.move_date(DEAL, OLD, NEW)
    done(twin)
    assert state(visit) == (NEW, NEW, "planned")
    assert not house.visits.filter(date=OLD).exists()


def test_several_dates_move_in_the_order_of_time(twin: PortalTwin, house: House) -> None:
    first, second = visit_on(house, FIRST), visit_on(house, OLD)
    set_dates(twin, 2, FIRST + timedelta(days=2), NEW)
    done(twin)
    assert (state(first)[0], state(second)[0]) == (FIRST + timedelta(days=2), NEW)


@pytest.mark.parametrize("status", ["done", "in_progress"])
def test_a_touched_visit_never_moves_and_the_new_date_gets_a_planned_one(
    twin: PortalTwin,
    house: House,
    status: str,
) -> None:
    visit = report(visit_on(house, OLD), status)
    twin.portal.move_date(DEAL, OLD, NEW)
    done(twin)
    assert state(visit) == (OLD, None, status)
    assert state(visit_on(house, NEW)) == (NEW, NEW, "planned")


def test_a_date_that_comes_back_finds_the_visit_that_was_reported_on_it(twin: PortalTwin, house: House) -> None:
    visit = report(visit_on(house, OLD))
    twin.portal.move_date(DEAL, OLD, NEW)
    done(twin)
    twin.portal.move_date(DEAL, NEW, OLD)
    done(twin)
    assert state(visit) == (OLD, OLD, "done")
    assert house.visits.filter(date=OLD).count() == 1
    assert not house.visits.filter(date=NEW).exists()


def test_a_done_cleaning_has_no_planned_twin_when_its_date_goes_over_to_the_other_slot(
    twin: PortalTwin,
    house: House,
) -> None:
    visit = report(visit_on(house, OLD))
    set_dates(twin, 2, FIRST)
    set_dates(twin, 1, FIRST + timedelta(days=7), OLD, FIRST + timedelta(days=21))
    done(twin)
    assert state(visit) == (OLD, OLD, "done")
    assert visit.slot == 1
    assert house.visits.filter(date=OLD).count() == 1


def test_a_planned_visit_whose_date_is_struck_out_goes(twin: PortalTwin, house: House) -> None:
    set_dates(twin, 2, FIRST)
    done(twin)
    assert not house.visits.filter(date=OLD).exists()


def test_a_planned_visit_with_a_comment_or_a_photo_stays_when_its_date_is_struck_out(
    twin: PortalTwin,
    house: House,
) -> None:
    commented, pictured = visit_on(house, FIRST), visit_on(house, OLD)
    CleaningVisit.objects.filter(pk=commented.pk).update(comment="Ключ у старшей")
    VisitPhoto.objects.bulk_create([VisitPhoto(visit=pictured, image="visits/x.jpg", width=1, height=1, sha256="0")])
    set_dates(twin, 2)
    done(twin)
    assert state(commented) == (FIRST, None, "planned")
    assert state(pictured) == (OLD, None, "planned")


def test_a_changed_type_changes_planned_visits_and_no_reported_one(twin: PortalTwin, house: House) -> None:
    reported, planned = report(visit_on(house, FIRST)), visit_on(house, OLD)
    field = ScheduleField.objects.get(kind="type", year=MONTH[0], month=MONTH[1], slot=2)
    sweeping = next(i for i, text in twin.portal.userfields[field.field_name].options if "Подмет" in text)
    twin.portal.set_field(DEAL, field.field_name, sweeping)
    done(twin)
    reported.refresh_from_db()
    planned.refresh_from_db()
    assert (reported.cleaning_type, planned.cleaning_type) == ("T1", "T2")


def test_the_same_day_in_both_slots_is_two_visits_and_twice_in_one_slot_is_one(twin: PortalTwin, house: House) -> None:
    set_dates(twin, 2, OLD, OLD)
    set_dates(twin, 1, OLD)
    done(twin)
    assert sorted(house.visits.filter(date=OLD).values_list("slot", flat=True)) == [1, 2]


def test_an_archived_house_keeps_what_was_reported_and_loses_only_what_is_to_come(
    twin: PortalTwin,
    house: House,
) -> None:
    reported = report(visit_on(house, OLD))
    past = house.visits.filter(date__lt=TODAY).count()
    twin.portal.delete_deal(DEAL)
    done(twin)
    assert house.visits.filter(date__lt=TODAY).count() == past
    assert list(house.visits.filter(date__gte=TODAY)) == [reported]
