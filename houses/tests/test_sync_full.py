"""A full run: the 23 real houses, what is refused, and what is archived."""

from __future__ import annotations

import pytest
from django.test import override_settings

from houses.bitrix.errors import NotConfigured
from houses.bitrix.sync import run_sync
from houses.bitrix.twin import FaultKind, PortalTwin
from houses.bitrix.twin.records import Contact as PortalContact
from houses.models import Brigade, CleaningVisit, ContactPhone, House, ManagementCompany, Stage, SyncRun
from houses.schedule import periodicity_of
from houses.tests.bitrix_fixtures import TODAY, done, sync
from houses.tests.factories import make_house

pytestmark = pytest.mark.django_db
FULL, DELTA = SyncRun.Kind.FULL, SyncRun.Kind.DELTA

# deal -> periodicity of September and of November 2025, wording «2 раза + 2 этажа»
REAL = {
    13112: ("индивидуальная", "2 раза + 2 этажа"),
    13100: ("4 раза", "4 раза"),
    13098: ("4 раза", "4 раза"),
    13096: ("4 раза", "4 раза"),
    13094: ("4 раза", "4 раза"),
    13088: ("2 раза + 2 этажа", "2 раза + 2 этажа"),
    13086: ("2 раза + 2 этажа", "2 раза + 2 этажа"),
    13084: ("2 раза + 2 этажа", "2 раза + 2 этажа"),
    13064: ("2 раза", "2 раза"),
    13058: ("2 раза", "2 раза"),
    13056: ("2 раза", "2 раза"),
    13046: ("2 раза", "2 раза"),
    13044: ("2 раза", "2 раза"),
    13042: ("4 раза", "4 раза"),
    13016: ("2 раза + 2 этажа", "2 раза + 2 этажа"),
    13014: ("2 раза + 2 этажа", "2 раза"),
    4766: ("индивидуальная", "индивидуальная"),
    4764: ("2 раза + 2 подметания", "2 раза + 2 подметания"),
    4762: ("2 раза + 2 этажа", "2 раза + 2 этажа"),
    4760: ("2 раза + 2 этажа", "2 раза + 2 этажа"),
    4758: ("2 раза + 2 подметания", "2 раза + 2 подметания"),
    4756: ("2 раза + 2 подметания", "2 раза + 2 подметания"),
    4752: ("2 раза + 2 подметания", "2 раза + 2 подметания"),
}


def test_the_real_houses_come_with_the_right_types_and_periodicity(twin: PortalTwin) -> None:
    done(twin)
    found = {
        house.bitrix_id: (periodicity_of(house, (2025, 9), "counted"), periodicity_of(house, (2025, 11), "counted"))
        for house in House.objects.all()
    }
    assert found == REAL
    assert not any("Тип 2" in slot.text for house in House.objects.all() for slot in house.slots)


def test_a_house_carries_its_passport_company_brigade_and_stage(twin: PortalTwin) -> None:
    done(twin)
    house = House.objects.select_related("company", "brigade", "stage").get(bitrix_id=13112)
    assert (house.apartments, house.floors, house.entrances, house.tariff) == (119, 14, 1, "3 // 125")
    assert house.address == "Аллейная улица, 6, Калуга, Калужская область, Россия, 248009"
    assert (house.latitude, house.longitude) == (54.52609, 36.31364)
    assert house.company is not None
    assert house.company.title == "ООО УК Новый город"
    assert house.brigade is not None
    assert "бригада" in house.brigade.name
    assert house.stage_id == "C34:UC_PG9Y90"
    assert house.stage.name not in {"", house.stage_id}
    assert House.objects.get(bitrix_id=13100).apartments is None


def test_odd_coordinates_are_flagged_and_withheld(twin: PortalTwin) -> None:
    done(twin)
    astray = House.objects.get(bitrix_id=13064)
    assert (astray.latitude, astray.longitude) == (None, None)
    assert "implausible_location" in astray.issues
    assert "no_location" in House.objects.get(bitrix_id=4764).issues


def test_a_second_run_changes_nothing(twin: PortalTwin) -> None:
    first = done(twin)
    visits = set(CleaningVisit.objects.values_list("pk", "crm_date", "slot"))
    second = done(twin)
    assert (first.created, first.portal_total) == (23, 23)
    assert (second.created, second.updated, second.unchanged, second.archived) == (0, 0, 23, 0)
    assert set(CleaningVisit.objects.values_list("pk", "crm_date", "slot")) == visits


def test_every_run_is_on_record_with_its_requests_and_seconds(twin: PortalTwin) -> None:
    run = SyncRun.objects.get(pk=done(twin).pk)
    assert run.requests == twin.http_requests > 0
    assert run.seconds is not None
    assert run.seconds >= 0
    assert run.data_as_of is not None
    assert run.data_as_of <= run.finished_at


def test_490_houses_with_contacts_need_at_most_ten_requests() -> None:
    with PortalTwin(houses=490, limits=True, today=TODAY) as portal:
        done(portal)
        assert portal.http_requests <= 10
        assert {request.status for request in portal.requests} == {200}
    assert House.objects.count() == 490
    assert ContactPhone.objects.exists()
    assert ManagementCompany.objects.exclude(address=None).exists()


def test_only_the_fields_that_are_read_are_asked_for(twin: PortalTwin) -> None:
    done(twin)
    asked = [request.params["select"] for request in twin.requests if request.method == "crm.item.list"]
    assert asked
    assert not any("*" in name for select in asked for name in select)


# -- answers that are not believed


@pytest.mark.parametrize("kind", [FaultKind.WRONG_TOTAL, FaultKind.DUPLICATE_ROW])
def test_a_count_that_does_not_fit_is_read_again_and_then_failed_aloud(kind: FaultKind) -> None:
    with PortalTwin(houses=120, limits=False, today=TODAY) as portal:
        portal.faults.next_n(1, kind)
        done(portal)
        assert House.objects.count() == 120
        portal.faults.always(kind)
        run = sync(portal)
    assert run.state == SyncRun.State.FAILED
    assert "прежние сохранены" in run.errors[0]
    assert any(character.isdecimal() for character in run.errors[0])
    assert House.objects.active().count() == 120


def test_an_answer_without_more_than_a_tenth_of_the_houses_is_refused_until_a_person_accepts_it(
    twin: PortalTwin,
) -> None:
    done(twin)
    for deal_id in (13112, 13100, 13098):
        twin.portal.delete_deal(deal_id)
    before = list(House.objects.values_list("bitrix_id", "archived_at").order_by("pk"))
    refused = sync(twin)
    assert refused.state == SyncRun.State.REFUSED
    assert "3 из 23" in refused.errors[0]
    assert refused.data_as_of is None
    assert list(House.objects.values_list("bitrix_id", "archived_at").order_by("pk")) == before
    assert done(twin, accept_archiving=True).archived == 3


@pytest.mark.parametrize("kind", [FaultKind.EMPTY, FaultKind.SHRINK])
def test_a_sudden_emptiness_is_refused(twin: PortalTwin, kind: FaultKind) -> None:
    done(twin)
    twin.faults.always(kind)
    assert sync(twin).state == SyncRun.State.REFUSED
    assert House.objects.active().count() == 23


def test_a_house_gone_from_the_funnel_is_archived_and_comes_back(twin: PortalTwin) -> None:
    done(twin)
    twin.portal.leave_funnel(13112)
    assert done(twin).archived == 1
    house = House.objects.get(bitrix_id=13112)
    assert house.archived_at is not None
    assert not house.visits.filter(date__gte=TODAY, status="planned").exists()
    deal = twin.portal.touch(13112)
    deal.category_id, deal.stage_id = 34, "C34:NEW"
    assert done(twin).restored == 1
    house.refresh_from_db()
    assert house.archived_at is None
    assert house.visits.filter(date__gte=TODAY).exists()


def test_demo_houses_give_way_to_real_ones_and_are_no_losses(twin: PortalTwin) -> None:
    make_house(bitrix_id=13112, is_demo=True)
    make_house(is_demo=True)
    assert done(twin).archived == 0
    assert House.objects.get(bitrix_id=13112).title == "Аллейная 6 п.1"
    assert not House.objects.filter(is_demo=True).exists()


# -- people


def test_a_manager_in_charge_is_no_brigade(twin: PortalTwin) -> None:
    twin.portal.touch(13112).assigned_by_id = 1
    done(twin)
    house = House.objects.get(bitrix_id=13112)
    assert house.brigade is None
    assert "no_brigade" in house.issues
    assert all("бригад" in brigade.name for brigade in Brigade.objects.all())


def test_contacts_come_with_phones_in_e164_and_follow_the_crm(twin: PortalTwin) -> None:
    made = twin.portal.touch(13112)
    moment = made.updated
    twin.portal.contacts[777] = PortalContact(
        777, "Имя", moment, moment, second_name="Отчество", phones=["8 (000) 000-00-07", "нет телефона"]
    )
    made.contact_id, made.contact_ids = 0, [777]
    done(twin)
    house = House.objects.get(bitrix_id=13112)
    assert house.contact is not None
    assert house.contact.full_name == "Имя Отчество"
    assert [phone.number for phone in house.contact.phones.all()] == ["+70000000007"]
    twin.portal.contacts[777].phones = ["+70000000008"]
    done(twin)
    assert [phone.number for phone in house.contact.phones.all()] == ["+70000000008"]


def test_without_the_right_to_read_users_the_known_brigades_stay(twin: PortalTwin) -> None:
    done(twin)
    before = dict(House.objects.values_list("bitrix_id", "brigade_id"))
    assert any(before.values())
    twin.faults.always(FaultKind.AUTH, 403, method="user.get")
    run = done(twin)
    assert dict(House.objects.values_list("bitrix_id", "brigade_id")) == before
    assert any(sentence.startswith("Бригады:") for sentence in run.errors)


def test_a_stage_without_a_name_is_called_by_its_code(twin: PortalTwin) -> None:
    twin.portal.set_stage(13112, "C34:UC_NEWEST")
    done(twin)
    assert Stage.objects.get(pk="C34:UC_NEWEST").name == "C34:UC_NEWEST"


def test_texts_nobody_expects_do_no_harm(twin: PortalTwin) -> None:
    deal = twin.portal.touch(13112)
    deal.title = "\x00" + "Дом " * 500
    deal.opportunity = 1e15
    for name in ("UF_CRM_1669704529022", "UF_CRM_1669706387893", "UF_CRM_1669561599956"):
        twin.portal.set_field(13112, name, "\x00🏠" * 400)
    done(twin)
    house = House.objects.get(bitrix_id=13112)
    assert house.apartments is None
    assert "not_a_number" in house.issues
    assert house.monthly_amount is None


# -- without a portal


@override_settings(BITRIX24_WEBHOOK_URL="")
def test_without_a_webhook_nothing_is_started() -> None:
    with pytest.raises(NotConfigured):
        run_sync(FULL)
    assert not SyncRun.objects.exists()
