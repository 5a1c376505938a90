"""Whose number it is: the index, its making, and the question to the CRM."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from houses import contacts, jobs
from houses.bitrix.callers import look_up
from houses.bitrix.client import BitrixClient
from houses.bitrix.errors import BitrixError
from houses.bitrix.twin import PortalTwin
from houses.contacts import Found, find, known, refresh_contact_index, remember
from houses.models import Contact, Employee, House, PhoneContact
from houses.tests.bitrix_fixtures import done
from houses.tests.factories import make_company, make_contact, make_house
from houses.tests.twin_client import call, post

pytestmark = pytest.mark.django_db
NUMBER, OTHER = "+74950000001", "+74950000002"


def make_employee(phone: str, **values: Any) -> Employee:
    user = User.objects.create_user(f"user{phone[-4:]}")
    return Employee.objects.create(user=user, full_name="Котова Анна", phone=phone, **values)


# --- the index


def test_an_elder_is_found_with_the_house_in_one_query() -> None:
    house = make_house(title="Кибальчича 3", contact=make_contact(NUMBER, last_name="Иванова", name="Анна"))
    refresh_contact_index()

    with CaptureQueriesContext(connection) as queries:
        card = find(NUMBER)
        assert card is not None
        assert (card.name, card.role_label, card.house) == ("Иванова Анна", "Старший дома", house)

    assert len(queries) == 1


@pytest.mark.parametrize("written", ["8 (495) 000-00-01", "+7 495 000 00 01", "74950000001", "84950000001"])
def test_a_number_is_found_however_it_is_written(written: str) -> None:
    make_house(contact=make_contact(NUMBER))
    refresh_contact_index()

    assert find(written) is not None


@pytest.mark.parametrize("number", ["", "anonymous", "200", "unknown"])
def test_what_is_no_number_is_nobodys_and_costs_no_query(number: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert find(number) is None
        assert known(number).is_fresh


def test_an_elder_of_two_houses_has_both_and_none_of_them_alone() -> None:
    contact = make_contact(NUMBER)
    houses = {make_house(contact=contact), make_house(contact=contact)}
    refresh_contact_index()

    card = find(NUMBER)

    assert card is not None
    assert card.house is None
    assert set(card.houses) == houses


def test_companies_and_employees_are_found_too() -> None:
    company = make_company(title="УК «Уют»", phone="8 495 000-00-02, доб. 5")
    make_employee("+74950000003")
    make_employee("+74950000004", is_active=False)
    refresh_contact_index()

    of_company, of_employee = find(OTHER), find("+74950000003")

    assert of_company is not None
    assert (of_company.company, of_company.house) == (company, None)
    assert of_employee is not None
    assert of_employee.is_employee
    assert find("+74950000004") is None


def test_who_is_both_is_an_employee_first_and_keeps_the_house() -> None:
    house = make_house(contact=make_contact(NUMBER))
    make_employee(NUMBER)
    refresh_contact_index()

    card = find(NUMBER)

    assert card is not None
    assert (card.is_employee, card.house) == (True, house)


def test_the_index_follows_what_changed() -> None:
    contact = make_contact(NUMBER, last_name="Иванова", name="Анна")
    house = make_house(contact=contact)
    refresh_contact_index()
    first = PhoneContact.objects.get()

    Contact.objects.filter(pk=contact.pk).update(last_name="Петрова")
    refresh_contact_index()

    assert PhoneContact.objects.get().name == "Петрова Анна"
    assert PhoneContact.objects.get().pk == first.pk
    House.objects.filter(pk=house.pk).update(archived_at=timezone.now())
    refresh_contact_index()
    assert find(NUMBER) is None


def test_the_index_costs_the_same_however_many_there_are() -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            refresh_contact_index()
        return len(queries)

    make_house(contact=make_contact(NUMBER))
    one = cost()
    for number in range(20):
        make_house(contact=make_contact(f"+7495000{number:04}"))

    assert cost() <= one + 1


def test_a_title_of_a_row_holds_no_number() -> None:
    assert NUMBER[2:] not in str(PhoneContact(number=NUMBER, role=PhoneContact.Role.STRANGER))


# --- what the CRM was asked


def test_a_stranger_is_remembered_so_that_the_crm_is_not_asked_again() -> None:
    assert not known(NUMBER).is_fresh
    remember(NUMBER, Found())

    assert known(NUMBER).card is None
    assert known(NUMBER).is_fresh
    PhoneContact.objects.update(seen_at=timezone.now() - contacts.STRANGER_FOR - timedelta(minutes=1))
    assert not known(NUMBER).is_fresh


def test_a_resident_that_the_crm_knows_is_remembered_with_the_house() -> None:
    house = make_house()
    remember(NUMBER, Found("Сидоров Пётр", (house.bitrix_id,), is_person=True))

    card = find(NUMBER)

    assert card is not None
    assert (card.name, card.role, card.house, card.source) == ("Сидоров Пётр", "resident", house, "crm")
    assert known(NUMBER).is_fresh


def test_what_the_crm_says_later_takes_the_place_of_what_it_said() -> None:
    remember(NUMBER, Found())
    remember(NUMBER, Found("Сидоров Пётр", is_person=True))
    remember(NUMBER, Found("Сидоров П.", is_person=True))

    assert PhoneContact.objects.get().name == "Сидоров П."


def test_a_new_elder_takes_the_place_of_a_stranger() -> None:
    remember(NUMBER, Found())
    make_house(contact=make_contact(NUMBER))
    refresh_contact_index()

    assert PhoneContact.objects.get().role == "elder"


def test_a_resident_found_in_the_crm_survives_the_next_synchronisation() -> None:
    remember(NUMBER, Found("Сидоров Пётр", is_person=True))
    refresh_contact_index()

    assert find(NUMBER) is not None


def test_numbers_of_long_ago_are_forgotten() -> None:
    remember(NUMBER, Found())
    make_house(contact=make_contact(OTHER))
    refresh_contact_index()
    PhoneContact.objects.update(seen_at=timezone.now() - contacts.KEPT_FOR - timedelta(days=1))

    contacts.purge()

    assert [row.number for row in PhoneContact.objects.all()] == [OTHER]


# --- the portal


def test_a_synchronisation_fills_the_index(twin: PortalTwin) -> None:
    done(twin)

    elder = House.objects.filter(contact__phones__isnull=False)[0]
    number = elder.contact.phones.all()[0].number  # type: ignore[union-attr]
    card = find(number)
    assert card is not None
    assert elder in card.houses


def test_the_portal_is_asked_whose_number_it_is(twin: PortalTwin) -> None:
    done(twin)
    deal = next(deal for deal in twin.portal.houses() if twin.portal.contacts[deal.contact_id].phones)
    person = twin.portal.contacts[deal.contact_id]
    number = contacts.normal(person.phones[0])

    found = look_up(number, BitrixClient(twin.url))

    assert found.is_person
    assert person.last_name in found.name
    assert deal.id in found.house_ids


def test_the_portal_may_know_a_company_or_nobody(twin: PortalTwin) -> None:
    company = next(iter(twin.portal.companies.values()))
    company.phones = ["8 495 000-00-77"]

    assert look_up("+74950000077", BitrixClient(twin.url)).company_id == company.id
    assert not look_up("+74950000078", BitrixClient(twin.url))


def test_the_job_asks_once_and_remembers(twin: PortalTwin, settings: Any) -> None:
    settings.BITRIX24_WEBHOOK_URL = twin.url

    jobs.look_up_caller(NUMBER)
    asked_at = PhoneContact.objects.get().seen_at
    jobs.look_up_caller(NUMBER)

    assert PhoneContact.objects.get().role == "stranger"
    assert PhoneContact.objects.get().seen_at == asked_at


def test_a_portal_that_is_away_leaves_the_question_open(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    with PortalTwin(houses=3, limits=False) as gone:
        settings.BITRIX24_WEBHOOK_URL = gone.url

    with pytest.raises(BitrixError):
        look_up(NUMBER, BitrixClient(settings.BITRIX24_WEBHOOK_URL, deadline_seconds=1))
    assert not known(NUMBER).is_fresh
    assert NUMBER[2:] not in caplog.text


def test_without_a_portal_nothing_is_asked() -> None:
    jobs.look_up_caller(NUMBER)

    assert not PhoneContact.objects.exists()


def test_the_twin_finds_by_phone_as_the_portal_does(twin: PortalTwin) -> None:
    person = next(contact for contact in twin.portal.contacts.values() if contact.phones)
    found = call(twin, "crm.duplicate.findbycomm", {"type": "PHONE", "values": [contacts.normal(person.phones[0])]})

    assert person.id in found["result"]["CONTACT"]
    assert call(twin, "crm.duplicate.findbycomm", {"type": "PHONE", "values": ["+74950000099"]})["result"] == []
    assert post(twin, "crm.duplicate.findbycomm", {"type": "PHONE"}).status_code == 400
