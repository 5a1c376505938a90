"""Photos of a visit: what is taken, what is refused and with which sentence."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse
from PIL import Image

from houses.tests.factories import make_brigade, make_house, make_user, make_visit
from houses.tests.pictures import BLUE, RED, bomb_png, heic, jpeg, rotated_jpeg, upload

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def visit(client):
    brigade = make_brigade(1)
    client.force_login(make_user("Бригада", brigade))
    visit = make_visit(make_house(brigade=brigade))
    client.post(reverse("brigade:start", args=[visit.pk]))
    return visit


def send(client, visit, content, key=None, name="photo.jpg"):
    data = {"key": str(key or uuid.uuid4()), "photo": upload(content, name)}
    return client.post(reverse("brigade:photos", args=[visit.pk]), data, headers=JSON)


def test_a_photo_is_taken_and_shown(client, visit):
    answer = send(client, visit, jpeg())
    assert answer.status_code == 200
    photo = visit.photos.get()
    assert answer.json()["photo"]["url"] == photo.image.url
    assert photo.image.url in client.get(reverse("brigade:visit", args=[visit.pk])).content.decode()
    shown = client.get(photo.image.url)
    assert shown.status_code == 200
    assert shown["Content-Type"] == "image/jpeg"


def test_the_same_sending_twice_is_one_photo(client, visit):
    key = uuid.uuid4()
    first, second = send(client, visit, jpeg(), key), send(client, visit, jpeg(), key)
    assert first.json()["photo"] == second.json()["photo"]
    assert visit.photos.count() == 1


def test_the_same_picture_under_another_key_is_one_photo(client, visit):
    assert send(client, visit, jpeg()).status_code == send(client, visit, jpeg()).status_code == 200
    assert visit.photos.count() == 1


def test_a_photo_may_follow_the_report(client, visit):
    client.post(reverse("brigade:finish", args=[visit.pk]))
    assert send(client, visit, jpeg(BLUE)).status_code == 200


def test_a_turned_photo_lies_upright(client, visit):
    send(client, visit, rotated_jpeg())
    with Image.open(visit.photos.get().image.path) as picture:
        assert picture.height > picture.width
        above, below = picture.getpixel((20, 8)), picture.getpixel((20, 70))
    assert abs(above[0] - RED[0]) < 40
    assert abs(below[2] - BLUE[2]) < 40


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"just text, long enough to be a file" * 40, "note.jpg"),
        (jpeg(width=800, height=600)[:1500], "cut.jpg"),
        (bomb_png(), "bomb.png"),
        (heic(), "IMG_1.HEIC"),
        (b"", "empty.jpg"),
    ],
    ids=["text", "truncated", "bomb", "heic", "empty"],
)
def test_what_is_no_good_photo_is_refused_with_a_sentence(client, visit, content, name):
    answer = send(client, visit, content, name=name)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["field"] == "photo"
    assert any("а" <= letter <= "я" for letter in error["message"])
    assert error["message"].endswith((".", "!"))
    assert not visit.photos.exists()


@pytest.mark.parametrize("key", ["", "not-a-key", "0" * 40])
def test_a_key_that_is_no_uuid_is_refused(client, visit, key):
    data = {"key": key, "photo": upload(jpeg())}
    answer = client.post(reverse("brigade:photos", args=[visit.pk]), data, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "key"


def test_several_photos_by_the_plain_form_sent_twice_are_taken_once(client, visit):
    batch = str(uuid.uuid4())
    for _ in range(2):
        files = [upload(jpeg(color), f"{n}.jpg") for n, color in enumerate((RED, BLUE, (9, 200, 9)))]
        data = {"batch": batch, "photos": files}
        answer = client.post(reverse("brigade:photos", args=[visit.pk]), data)
        assert answer.status_code == 302
    assert visit.photos.count() == 3


def test_the_plain_form_names_the_file_that_is_no_good(client, visit):
    data = {"batch": str(uuid.uuid4()), "photos": [upload(jpeg(), "good.jpg"), upload(b"no picture", "bad.jpg")]}
    answer = client.post(reverse("brigade:photos", args=[visit.pk]), data)
    assert answer.status_code == 400
    assert "bad.jpg" in answer.content.decode()
    assert visit.photos.count() == 1


def test_the_plain_form_without_files_asks_for_them(client, visit):
    answer = client.post(reverse("brigade:photos", args=[visit.pk]), {"batch": str(uuid.uuid4())})
    assert answer.status_code == 400
    assert "Выберите хотя бы одно фото." in answer.content.decode()
