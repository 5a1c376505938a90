"""A house's card, its side panels, acts, and photos behind the login."""

from __future__ import annotations

import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from houses.models import Act, VisitPhoto
from houses.tests.factories import (
    make_brigade,
    make_company,
    make_contact,
    make_house,
    make_slot,
    make_user,
    make_visit,
)

pytestmark = pytest.mark.django_db
PHONE = "+70000000001"


@pytest.fixture
def house() -> Any:
    return make_house(
        title="Хрустальная 54",
        brigade=make_brigade(4),
        company=make_company(
            title="ООО Монолит", phone="+70000000009", comments="<p>Звонить <b>утром</b></p>[b]да[/b]"
        ),
        contact=make_contact(PHONE, last_name="Старшая"),
        schedule=[make_slot("2026-11-05 2026-11-19").to_json(), make_slot("2026-11-12", "T2", slot=2).to_json()],
        issues=["no_schedule"],
    )


def sign_in(client: Client, role: str, **extra: Any) -> Client:
    client.force_login(make_user(role, **extra))
    return client


def test_the_card_says_what_is_known_of_the_house(client: Client, house: Any) -> None:
    visit = make_visit(house, date(2026, 11, 5), status="done", brigade=house.brigade)
    text = sign_in(client, "Менеджер").get(f"/admin/houses/house/{house.pk}/change/?month=2026-11").content.decode()
    for words in ("Хрустальная 54", "Ноябрь 2026", "ООО Монолит", PHONE, "ведутся в Bitrix24", "Акты", "Выполнено"):
        assert words in text
    assert f"/admin/houses/cleaningvisit/{visit.pk}/change/" in text


def test_the_schedule_panel_draws_a_month_with_types_and_states(client: Client, house: Any) -> None:
    make_visit(house, date(2026, 11, 5), status="done")
    office = sign_in(client, "Оператор")
    text = office.get(f"/admin/houses/house/{house.pk}/schedule/?month=2026-11").content.decode()
    assert text.count("is-t1 is-done") == 1
    assert text.count("is-t1 is-bare") == 1, "a CRM date that has no visit still stands in the calendar"
    assert text.count("is-t2 is-bare") == 1
    assert "Bitrix24 недоступен" in text
    assert f"schedule-{house.pk}?month=2026-12" in text
    assert office.get(f"/admin/houses/house/{house.pk}/schedule/?month=2026-99").status_code == 200


def test_details_show_words_without_markup_and_phones_by_role(client: Client, house: Any) -> None:
    address = f"/admin/houses/house/{house.pk}/details/"
    text = sign_in(client, "Менеджер").get(address).content.decode()
    assert PHONE in text
    assert "Звонить утром" in text
    assert "[b]" not in text
    hidden = sign_in(client, "Просмотр").get(address).content.decode()
    assert PHONE not in hidden
    assert "скрыт для вашей роли" in hidden


def test_the_link_to_the_crm_never_holds_the_webhook_token(client: Client, house: Any, settings: Any) -> None:
    settings.BITRIX24_WEBHOOK_URL = "https://portal.example/rest/1/secrettoken/"
    office = sign_in(client, "Менеджер")
    for address in ("", f"{house.pk}/change/", f"{house.pk}/schedule/", f"{house.pk}/details/"):
        text = office.get(f"/admin/houses/house/{address}").content.decode()
        assert f"https://portal.example/crm/deal/details/{house.bitrix_id}/" in text
        assert "secrettoken" not in text


def test_an_unknown_house_is_not_found_and_a_stranger_is_asked_to_sign_in(client: Client, house: Any) -> None:
    assert client.get(f"/admin/houses/house/{house.pk}/schedule/").status_code == 302
    office = sign_in(client, "Менеджер")
    assert office.get("/admin/houses/house/999999/schedule/").status_code == 404
    assert office.get("/admin/houses/house/999999/change/", follow=True).status_code == 200


def test_an_act_is_signed_corrected_and_taken_back_in_the_panel(client: Client, house: Any) -> None:
    address = f"/admin/houses/house/{house.pk}/act/?month=2026-10"
    office = sign_in(client, "Оператор")
    answer = office.post(address, {"signed_date": "2026-10-31", "signed_by": "Старшая по дому", "notes": ""})
    assert answer.headers["X-Panel-Done"] == "1"
    act = Act.objects.get()
    assert (act.month, act.signed_by, act.brigade) == (date(2026, 10, 1), "Старшая по дому", house.brigade)
    assert "Подписан 31.10.2026" in office.get(address).content.decode()
    assert sign_in(client, "Просмотр").post(address, {"undo": "1"}).status_code == 403
    assert sign_in(client, "Менеджер").post(address, {"undo": "1"}).headers["X-Panel-Done"] == "1"
    assert not Act.objects.exists()


def test_a_wrong_act_date_is_said_in_the_panel(client: Client, house: Any) -> None:
    address = f"/admin/houses/house/{house.pk}/act/?month=2026-10"
    text = sign_in(client, "Менеджер").post(address, {"signed_date": "2999-01-01"}).content.decode()
    assert "ещё не наступила" in text
    assert not Act.objects.exists()


@pytest.fixture
def photo(house: Any, settings: Any, tmp_path: Path) -> VisitPhoto:
    settings.MEDIA_ROOT = tmp_path
    visit = make_visit(house, status="done", brigade=house.brigade)
    name = f"visits/2026-11/{uuid.uuid4()}.jpg"
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    Image.new("RGB", (1200, 900), "teal").save(path, "JPEG")
    photo = VisitPhoto(visit=visit, width=1200, height=900, sha256="0" * 64)
    photo.image.name = name
    photo.save()
    return photo


def test_a_photo_is_served_to_who_may_see_its_visit_and_to_nobody_else(client: Client, photo: VisitPhoto) -> None:
    address = photo.image.url
    assert client.get(address).status_code == 302, "a stranger is asked to sign in"
    assert sign_in(client, "Просмотр").get(address).status_code == 200
    own = sign_in(client, "Бригада", brigade=photo.visit.house.brigade).get(address)
    assert own.status_code == 200
    assert own.headers["Cache-Control"].startswith("private")
    assert own.headers["X-Content-Type-Options"] == "nosniff"
    assert sign_in(client, "Бригада", brigade=make_brigade(6)).get(address).status_code == 404


@pytest.mark.parametrize("name", ["../../secret_key", "visits/2026-11/../../secret_key", "visits/2026-11/..%2f..%2fx"])
def test_nothing_but_photos_leaves_the_media_folder(client: Client, photo: VisitPhoto, name: str) -> None:
    Path(photo.image.path).parents[2].joinpath("secret_key").write_text("x")
    assert sign_in(client, "Директор").get(f"/media/{name}").status_code == 404


def test_a_thumbnail_is_small_and_made_once(client: Client, photo: VisitPhoto, tmp_path: Path) -> None:
    office = sign_in(client, "Менеджер")
    whole = b"".join(office.get(photo.image.url).streaming_content)
    small = b"".join(office.get(f"{photo.image.url}?w=320").streaming_content)
    assert len(small) < len(whole)
    (made,) = (tmp_path / "thumbs").rglob("*.jpg")
    with Image.open(made) as image:
        assert image.size == (320, 240)
    again = office.get(photo.image.url, headers={"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})
    assert again.status_code == 304


def test_the_photo_list_shows_thumbnails(client: Client, photo: VisitPhoto) -> None:
    text = sign_in(client, "Менеджер").get("/admin/houses/visitphoto/").content.decode()
    assert f"{photo.image.url}?w=320" in text
    assert f"{timezone.localdate():%d.%m.%Y}" in text
