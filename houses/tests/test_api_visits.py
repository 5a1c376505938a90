"""`/api/visits`, their photos, `/api/brigades` and `/api/acts`."""

from __future__ import annotations

import io
import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from rest_framework.test import APIClient

from houses.models import Act, CleaningVisit, VisitPhoto
from houses.tests.factories import make_brigade, make_house, make_user, make_visit

pytestmark = pytest.mark.django_db
KEY = "service-key-of-the-tests"


@pytest.fixture
def client(settings: Any, tmp_path: Any) -> APIClient:
    settings.API_KEYS = [KEY]
    settings.MEDIA_ROOT = tmp_path
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=KEY)
    return client


def signed_in(role: str, number: int | None = None) -> APIClient:
    client = APIClient()
    client.force_login(make_user(role, make_brigade(number) if number else None))
    return client


def picture(colour: str = "green") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "JPEG")
    return SimpleUploadedFile("photo.jpg", buffer.getvalue(), "image/jpeg")


def test_a_visit_has_its_shape(client: APIClient) -> None:
    visit = make_visit(make_house(brigade=make_brigade(4)))
    body = client.get("/api/visits").json()
    assert set(body) == {"visits", "total", "page", "limit", "pages", "data_as_of", "stale"}
    today = timezone.localdate().isoformat()
    house = visit.house
    assert body["visits"] == [
        {
            "id": visit.pk,
            "house": {"id": house.bitrix_id, "title": house.title, "address": house.address},
            "date": today,
            "crm_date": today,
            "cleaning_type": "T1",
            "cleaning_type_title": "Влажная уборка всех этажей",
            "status": "planned",
            "status_title": "Запланировано",
            "brigade": "4 бригада",
            "employee": None,
            "reason": None,
            "reason_title": None,
            "comment": "",
            "started_at": None,
            "finished_at": None,
            "photos": 0,
        }
    ]
    assert client.get(f"/api/visits/{visit.pk}").json() == body["visits"][0]


def test_visits_are_narrowed_by_day_brigade_house_and_state(client: APIClient) -> None:
    today = timezone.localdate()
    first = make_visit(make_house(brigade=make_brigade(1)), today)
    second = make_visit(make_house(brigade=make_brigade(2)), today + timedelta(days=1), status="done")

    def found(**parameters: Any) -> list[int]:
        return [visit["id"] for visit in client.get("/api/visits", parameters).json()["visits"]]

    assert found() == [first.pk, second.pk]
    assert found(date=today.isoformat()) == [first.pk]
    assert found(date_from=(today + timedelta(days=1)).isoformat()) == [second.pk]
    assert found(date_to=today.isoformat()) == [first.pk]
    assert found(brigade="2") == [second.pk]
    assert found(status="done") == [second.pk]
    assert found(house=first.house.bitrix_id) == [first.pk]
    assert client.get("/api/visits", {"status": "nonsense"}).json()["error"]["field"] == "status"
    assert client.get("/api/visits", {"house": "x"}).json()["error"]["field"] == "house"


def test_a_brigade_reports_a_visit_and_a_repeat_changes_nothing(client: APIClient) -> None:
    visit = make_visit(make_house(brigade=make_brigade(4)))
    brigade = signed_in("Бригада", 4)
    assert brigade.post(f"/api/visits/{visit.pk}/start").json()["status"] == "in_progress"
    first = brigade.post(f"/api/visits/{visit.pk}/finish", {"comment": "всё чисто"}, format="json")
    assert first.status_code == 200
    assert (first.json()["status"], first.json()["comment"]) == ("done", "всё чисто")
    assert (
        brigade.post(f"/api/visits/{visit.pk}/finish", {"comment": "всё чисто"}, format="json").json() == first.json()
    )
    contradiction = brigade.post(f"/api/visits/{visit.pk}/not-possible", {"reason": "no_access"}, format="json")
    assert contradiction.status_code == 409
    assert contradiction.json()["error"]["code"] == "conflict"


def test_not_possible_needs_a_reason_from_the_list(client: APIClient) -> None:
    visit = make_visit()
    for body, field in (
        ({}, "reason"),
        ({"reason": "мне лень"}, "reason"),
        ({"reason": "other", "comment": 5 * [1]}, "comment"),
    ):
        answer = client.post(f"/api/visits/{visit.pk}/not-possible", body, format="json")
        assert answer.status_code == 400
        assert answer.json()["error"]["field"] == field
    answer = client.post(f"/api/visits/{visit.pk}/not-possible", {"reason": "no_water"}, format="json")
    assert (answer.json()["status"], answer.json()["reason_title"]) == ("not_possible", "Нет воды или света")


def test_another_brigades_visit_does_not_exist_for_a_brigade(client: APIClient) -> None:
    visit = make_visit(make_house(brigade=make_brigade(5)))
    make_brigade(4)
    brigade = signed_in("Бригада", 4)
    assert brigade.get(f"/api/visits/{visit.pk}").status_code == 404
    for action in ("start", "finish", "reopen"):
        assert brigade.post(f"/api/visits/{visit.pk}/{action}").status_code == 404
    assert brigade.post(f"/api/visits/{visit.pk}/not-possible", {"reason": "other"}, format="json").status_code == 404
    assert brigade.get(f"/api/visits/{visit.pk}/photos").status_code == 404
    assert brigade.post(f"/api/visits/{visit.pk}/photos", {"photo": picture()}).status_code == 404
    assert CleaningVisit.objects.get().status == "planned"


def test_a_viewer_looks_but_does_not_report(client: APIClient) -> None:
    visit = make_visit()
    viewer = signed_in("Просмотр")
    assert viewer.get(f"/api/visits/{visit.pk}").status_code == 200
    for action in ("start", "finish", "reopen"):
        assert viewer.post(f"/api/visits/{visit.pk}/{action}").status_code == 403
    assert viewer.post(f"/api/visits/{visit.pk}/photos", {"photo": picture()}).status_code == 403


def test_only_the_office_reopens_a_visit(client: APIClient) -> None:
    visit = make_visit(make_house(brigade=make_brigade(4)), status="done")
    assert signed_in("Бригада", 4).post(f"/api/visits/{visit.pk}/reopen").status_code == 403
    assert signed_in("Менеджер").post(f"/api/visits/{visit.pk}/reopen").json()["status"] == "planned"


@pytest.mark.parametrize("visit_id", ["0", "999999", "abc", "9" * 40, "-1"])
def test_a_visit_nobody_knows_is_404(client: APIClient, visit_id: str) -> None:
    for answer in (client.get(f"/api/visits/{visit_id}"), client.post(f"/api/visits/{visit_id}/start")):
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"


def test_a_photo_sent_twice_is_one_photo(client: APIClient) -> None:
    visit = make_visit()
    key = str(uuid.uuid4())
    sent = [client.post(f"/api/visits/{visit.pk}/photos", {"photo": picture(), "key": key}) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [201, 201]
    assert sent[0].json() == sent[1].json()
    again = client.post(f"/api/visits/{visit.pk}/photos", {"photo": picture()})
    assert again.json()["id"] == sent[0].json()["id"]
    assert VisitPhoto.objects.count() == 1
    shown = client.get(f"/api/visits/{visit.pk}/photos").json()["photos"]
    assert shown == [sent[0].json()]
    image = client.get(shown[0]["url"])
    assert image["Content-Type"] == "image/jpeg"
    assert image.content.startswith(b"\xff\xd8")
    assert client.get(f"/api/visits/{visit.pk}").json()["photos"] == 1


def test_a_picture_is_only_for_those_who_see_its_house(client: APIClient) -> None:
    visit = make_visit(make_house(brigade=make_brigade(5)))
    url = client.post(f"/api/visits/{visit.pk}/photos", {"photo": picture()}).json()["url"]
    make_brigade(4)
    assert signed_in("Бригада", 4).get(url).status_code == 404
    assert APIClient().get(url).status_code == 401
    other = make_visit(make_house(brigade=make_brigade(4)))
    borrowed = url.replace(f"/visits/{visit.pk}/", f"/visits/{other.pk}/")
    assert signed_in("Бригада", 4).get(borrowed).status_code == 404


def test_what_is_no_photo_is_refused_in_words(client: APIClient) -> None:
    visit = make_visit()
    address = f"/api/visits/{visit.pk}/photos"
    text = SimpleUploadedFile("photo.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    empty = SimpleUploadedFile("photo.jpg", b"", "image/jpeg")
    for body, field in (
        ({"photo": text}, "photo"),
        ({"photo": empty}, "photo"),
        ({"photo": "текст"}, "photo"),
        ({}, "photo"),
    ):
        answer = client.post(address, body)
        assert answer.status_code == 400
        assert answer.json()["error"]["field"] == field
    wrong_key = client.post(address, {"photo": picture(), "key": "не uuid"})
    assert wrong_key.json()["error"]["field"] == "key"
    assert client.post(address, {"photo": "x"}, format="json").status_code == 415
    header = b"--x\r\nContent-Disposition: form-data; name=\"photo\"; filename*=klingon''a.jpg\r\n\r\n"
    kind = "multipart/form-data; boundary=x"
    strange = client.generic("POST", address, header + b"a\r\n--x--\r\n", content_type=kind)
    assert strange.status_code == 400
    broken = client.generic("POST", address, b"garbage", content_type=kind)
    assert broken.status_code == 400


def test_brigades_with_their_houses_and_people(client: APIClient) -> None:
    brigade = make_brigade(4)
    make_house(brigade=brigade, apartments=10)
    make_house(brigade=brigade, apartments=None, archived_at=timezone.now())
    make_user("Бригада", brigade)
    [shown] = client.get("/api/brigades").json()["brigades"]
    assert (shown["number"], shown["name"], shown["houses"], shown["employees"]) == (4, "4 бригада", 1, 1)
    details = client.get(f"/api/brigades/{brigade.pk}").json()
    assert details["total_apartments"] == 10
    assert client.get("/api/brigades/abc").status_code == 404
    make_brigade(5)
    own = signed_in("Бригада", 4)
    assert [row["number"] for row in own.get("/api/brigades").json()["brigades"]] == [4]
    assert own.get(f"/api/brigades/{make_brigade(5).pk}").status_code == 404
    assert client.get("/api/cleaning/brigades").json()[0] == {"id": str(brigade.pk), "name": "4 бригада"}
    assert [kind["id"] for kind in client.get("/api/cleaning/cleaning-types").json()] == ["T1", "T2", "T3"]


@pytest.mark.parametrize("prefix", ["/api/acts", "/api/houses/acts"])
def test_an_act_is_signed_once_counted_and_taken_back(client: APIClient, prefix: str) -> None:
    house = make_house()
    today = timezone.localdate()
    month = f"{today:%Y-%m}"
    make_visit(house, today, status="done")
    make_house()
    body = {"house_id": str(house.bitrix_id), "house_address": "любой", "act_month": month, "signed_date": str(today)}
    answer = client.post(f"{prefix}/sign", body, format="json")
    assert answer.status_code == 200
    act = Act.objects.get()
    assert answer.json() == {
        "success": True,
        "message": "Акт помечен как подписанный",
        "act_id": act.pk,
        "cleaning_count": 1,
    }
    assert client.post(f"{prefix}/sign", body | {"signed_by": "Старший"}, format="json").json()["act_id"] == act.pk
    stats = client.get(f"{prefix}/stats", {"month": month}).json()
    assert stats == {
        "month": month,
        "total_houses": 2,
        "signed_acts": 1,
        "unsigned_acts": 1,
        "signed_percentage": 50.0,
        "acts_by_date": {today.isoformat(): 1},
        "acts": [
            {
                "house_id": house.bitrix_id,
                "house_address": house.address,
                "signed_date": today.isoformat(),
                "cleaning_count": 1,
                "signed_by": "Старший",
            }
        ],
    }
    assert client.get("/api/acts", {"month": month}).json()["acts"][0]["house_id"] == house.bitrix_id
    assert client.delete(f"{prefix}/{house.bitrix_id}/{month}").status_code == 200
    assert client.delete(f"{prefix}/{house.bitrix_id}/{month}").status_code == 404
    assert not Act.objects.exists()


def test_the_share_of_acts_never_passes_a_hundred_percent(client: APIClient) -> None:
    today = timezone.localdate()
    gone = make_house(archived_at=timezone.now())
    for house in (gone, make_house()):
        Act.objects.create(house=house, month=today.replace(day=1), signed_date=today)
    stats = client.get("/api/acts/stats").json()
    assert (stats["total_houses"], stats["signed_acts"], stats["signed_percentage"]) == (1, 1, 100.0)


def test_the_share_of_no_houses_is_unknown(client: APIClient) -> None:
    assert client.get("/api/acts/stats").json()["signed_percentage"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"house_id": None}, "house_id"),
        ({"house_id": "abc"}, "house_id"),
        ({"house_id": [1]}, "house_id"),
        ({"act_month": "2026-13"}, "act_month"),
        ({"act_month": "ноябрь"}, "act_month"),
        ({"signed_date": "вчера"}, "signed_date"),
        ({"signed_date": "2026-02-30"}, "signed_date"),
        ({"signed_by": "я" * 201}, "signed_by"),
        ({"signed_by": "а\x00"}, "signed_by"),
        ({"notes": "\ud800"}, "notes"),
        ({"notes": 5}, "notes"),
        ({"signed_by": True}, "signed_by"),
        ({"brigade_id": "x"}, "brigade_id"),
        ({"signed_date": "9999-12-31"}, "signed_date"),
    ],
)
def test_an_act_that_makes_no_sense_is_400_and_named(client: APIClient, change: dict[str, Any], field: str) -> None:
    body = {"house_id": make_house().bitrix_id, "act_month": "2026-10", "signed_date": "2026-10-31"}
    sent = json.dumps(body | change)  # ASCII only: half a surrogate pair has no bytes of its own
    answer = client.post("/api/acts/sign", sent, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == field


def test_an_act_of_an_unknown_house_or_brigade_is_404(client: APIClient) -> None:
    body = {"house_id": 5, "act_month": "2026-10", "signed_date": "2026-10-31"}
    assert client.post("/api/acts/sign", body, format="json").status_code == 404
    known = body | {"house_id": make_house().bitrix_id, "brigade_id": 10**400}
    assert client.post("/api/acts/sign", known, format="json").status_code == 404
