"""Knowledge over HTTP: the originals' addresses, and who may do what."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver
from rest_framework.test import APIClient

from houses.signals import demo_removing, demo_seeded
from houses.tests.factories import make_brigade, make_user
from knowledge import demo
from knowledge.index import rebuild_all
from knowledge.models import Document, DocumentVersion
from knowledge.tests.factories import a_file, base, docx, teach
from vasdom.knowledge_api.urls import ADDRESSES

pytestmark = pytest.mark.django_db
KEY = "service-key-of-the-tests"


@pytest.fixture(autouse=True)
def surroundings(settings: Any, tmp_path: Path) -> None:
    settings.API_KEYS = [KEY]
    settings.OPENAI_API_KEY = ""
    settings.VAR_DIR = tmp_path
    base("general"), base("tech")


def with_key() -> APIClient:
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=KEY)
    return client


def signed_in(role: str) -> APIClient:
    client = APIClient()
    client.force_authenticate(make_user(role, make_brigade() if role == "Бригада" else None))
    return client


@pytest.mark.parametrize("prefix", ["/api/", "/"])
def test_a_key_holder_s_upload_is_its_own_confirmation(prefix: str) -> None:
    client = with_key()
    sent = client.post(f"{prefix}kb/upload", {"file": a_file("kb.md", "# Окна\nОкна моем весной.")})
    assert sent.status_code == 202
    assert sent.json()["state"] == "confirmed"
    assert sent.json()["message"].startswith("Файл принят.")
    again = client.post(f"{prefix}kb/upload", {"file": a_file("kb.md", "# Окна\nОкна моем осенью.")})
    assert again.json()["document_id"] == sent.json()["document_id"]
    assert again.json()["version"] == 2
    rebuild_all()
    assert client.get(f"{prefix}kb").json()["text"] == "# Окна\nОкна моем осенью."
    assert DocumentVersion.objects.get(number=2).author_name == "X-API-Key"


def test_the_second_base_has_the_original_s_addresses() -> None:
    client = with_key()
    assert client.post("/kb2/upload", {"file": a_file("t.md", "Раствор.")}).json()["base"] == "tech"
    assert client.get("/kb2").json()["text"] == "Раствор."
    assert client.get("/api/kb?base=tech").json()["base"] == "tech"
    assert client.get("/kb").json() == {"base": "general", "text": "", "documents": []}


def test_the_sample_becomes_the_company_s_own_with_the_first_upload() -> None:
    demo.seed()
    sent = with_key().post("/kb/upload", {"file": a_file("kb.md", "Наш текст.")}).json()
    assert (sent["document"], sent["version"]) == ("Основной документ: Общие вопросы", 2)
    assert demo.remove() == 1
    rebuild_all()
    assert with_key().get("/kb").json()["text"] == "Наш текст."


def test_documents_of_a_base_are_joined_by_its_separator() -> None:
    teach("Первый.", title="А")
    teach("Второй.", title="Б")
    answer = with_key().get("/api/kb").json()
    assert answer["text"] == "Первый.\n<<->>\nВторой."
    assert [document["title"] for document in answer["documents"]] == ["А", "Б"]


def test_upload_pending_confirm_search() -> None:
    client = signed_in("Менеджер")
    teach("# Скидка\nПри оплате за год скидка 5 %.", title="Прайс")
    content = docx((1, "Скидка"), "При оплате за год скидка 10 %.")
    sent = client.post("/api/knowledge/upload", {"file": a_file("Новое.docx", content), "note": "2027"})
    assert (sent.status_code, sent.json()["state"]) == (202, "waiting")
    (pending,) = client.get("/api/knowledge/pending").json()["pending"]
    assert (pending["document"], pending["note"], pending["version"]) == ("Новое", "2027", 1)
    assert pending["understood"]["headings"] == ["Скидка"]
    assert pending["understood"]["contradictions"][0]["known"] == ["5%"]
    done = client.post("/api/knowledge/confirm", {"id": pending["id"]}, format="json")
    assert done.json()["state"] == "confirmed"
    rebuild_all()
    found = client.get("/api/knowledge/search", {"q": "скидка при оплате за год"}).json()
    assert {one["document"] for one in found["results"]} == {"Прайс", "Новое"}
    assert found["results"][0]["score"] == 1.0
    assert found["base"] == "general"


def test_a_corrected_text_is_confirmed_as_a_new_version_and_a_rejected_one_is_not() -> None:
    client = with_key()
    first = client.post("/knowledge/upload", {"file": a_file("a.txt", "Окна не моем."), "base": "general"}).json()
    fixed = client.post("/knowledge/confirm", {"id": first["id"], "text": "Окна моем весной."}, format="json").json()
    assert (fixed["version"], fixed["state"]) == (2, "confirmed")
    second = client.post("/knowledge/upload", {"file": a_file("b.txt", "Ложь.")}).json()
    body = {"id": second["id"], "action": "reject", "reason": "Неправда"}
    assert client.post("/knowledge/confirm", body, format="json").json()["state"] == "rejected"
    late = client.post("/knowledge/confirm", {"id": first["id"]}, format="json")
    assert late.status_code == 409


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("a.exe", b"MZ", "не принимаются"), ("a.pdf", b"x", "это не PDF"), ("a.docx", b"x", "это не документ Word")],
)
@pytest.mark.parametrize("address", ["/api/kb/upload", "/api/knowledge/upload"])
def test_a_file_that_cannot_be_read_is_told_why(address: str, name: str, content: bytes, said: str) -> None:
    answer = with_key().post(address, {"file": a_file(name, content)})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["field"]) == ("unreadable", "file")
    assert said in error["message"]
    assert name in error["message"]


@pytest.mark.parametrize("address", ["/api/kb", "/api/knowledge/pending", "/api/knowledge/search?q=окна", "/kb2"])
def test_reading_needs_a_key_or_a_role(address: str) -> None:
    assert APIClient().get(address).status_code == 401
    assert signed_in("Бригада").get(address).status_code == 403
    for role in ("Директор", "Менеджер", "Оператор", "Просмотр"):
        assert signed_in(role).get(address).status_code == 200


@pytest.mark.parametrize("address", ["/api/kb/upload", "/api/knowledge/upload", "/kb2/upload"])
def test_teaching_is_for_managers(address: str) -> None:
    for client, status in (
        (APIClient(), 401),
        (signed_in("Оператор"), 403),
        (signed_in("Просмотр"), 403),
        (signed_in("Менеджер"), 202),
    ):
        assert client.post(address, {"file": a_file("a.md", "Текст.")}).status_code == status
    assert Document.objects.count() == 1


def test_errors_have_the_project_s_shape() -> None:
    client = with_key()
    for answer, status, field in (
        (client.get("/api/knowledge/search"), 400, "q"),
        (client.get("/api/knowledge/search?q=a&limit=0"), 400, "limit"),
        (client.get("/api/kb?base=nowhere"), 404, "base"),
        (client.post("/api/knowledge/confirm", {"id": 10**9}, format="json"), 404, "id"),
        (client.post("/api/knowledge/confirm", {}, format="json"), 400, "id"),
        (client.post("/api/knowledge/upload", {}), 400, "file"),
        (client.post("/api/knowledge/upload", {"file": a_file("a.md", "x"), "document_id": 10**9}), 404, "document_id"),
    ):
        assert answer.status_code == status, answer.content
        assert answer.json()["error"]["field"] == field


def test_every_bare_address_is_the_same_view_as_below_api() -> None:
    resolver = get_resolver()
    for address, view, options, _ in ADDRESSES:
        for prefix in ("/", "/api/"):
            found = resolver.resolve(f"{prefix}{address}").func
            assert found.cls is view  # type: ignore[attr-defined]
            assert found.initkwargs.get("base_slug", "") == options.get("base_slug", "")  # type: ignore[attr-defined]


def test_the_sample_documents_come_and_go_with_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    for signal in (demo_seeded, demo_removing):  # the other parts' examples hang on demo houses, and are theirs to test
        ours = [one for one in signal.receivers if one[0][0] == "knowledge.demo"]
        monkeypatch.setattr(signal, "receivers", ours)
        signal.sender_receivers_cache.clear()
    removed: Counter[str] = Counter()
    demo_seeded.send(sender=None, today=None)
    assert Document.objects.filter(is_demo=True).count() == 2
    demo_removing.send(sender=None, removed=removed)
    assert removed["документы базы знаний"] == 2
    assert not Document.objects.exists()


def test_the_old_section_leads_to_the_documents() -> None:
    demo.seed()
    client = APIClient()
    client.force_login(make_user("Директор"))
    page = client.get("/training", follow=True)
    assert page.status_code == 200
    assert "О компании и услугах (пример)" in page.content.decode()
