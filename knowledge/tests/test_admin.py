"""«Обучение» in the back office, as a person walks through it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from knowledge import actions, demo
from knowledge.access import setup_roles
from knowledge.index import rebuild_all
from knowledge.models import Document, DocumentVersion, KnowledgeBase, Passage
from knowledge.tests.factories import a_file, base, docx, make_person, teach

pytestmark = pytest.mark.django_db
LIST = "admin:knowledge_document_changelist"


def signed_in(role: str) -> Client:
    setup_roles()
    client = Client()
    client.force_login(make_person(role))
    return client


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_a_manager_uploads_reads_what_was_understood_confirms_and_sees_it_taught() -> None:
    client = signed_in("Менеджер")
    teach("# Скидка\nЗа год вперёд скидка 5 %.", title="Прайс")
    content = docx((1, "Скидка"), "За год вперёд скидка 7 %.", (1, "Лифт"), "Лифт моем всегда.")
    page = client.post(
        reverse("admin:knowledge_document_add"),
        {"file": a_file("Новое.docx", content), "base": base().pk, "title": "", "note": "проба"},
        follow=True,
    )
    html = text_of(page)
    assert "Что понял ИИ" in html
    assert "Возможные противоречия" in html
    assert "7%" in html
    version = DocumentVersion.objects.get(document__title="Новое")
    html = text_of(client.post(reverse("admin:knowledge_confirm", args=[version.pk]), follow=True))
    assert "Подтверждён, обучается" in html
    rebuild_all()
    html = text_of(client.get(reverse("admin:knowledge_document_change", args=[version.document_id])))
    assert "Обучен" in html
    assert "Лифт моем всегда." in html
    assert "Новое" in text_of(client.get(reverse(LIST)))


def test_a_bad_file_is_an_error_beside_its_field_or_on_the_version() -> None:
    client = signed_in("Менеджер")
    address = reverse("admin:knowledge_document_add")
    html = text_of(client.post(address, {"file": a_file("a.exe", "MZ"), "base": base().pk}))
    assert "такие файлы не принимаются" in html
    html = text_of(client.post(address, {"file": a_file("a.pdf", "x"), "base": base().pk}, follow=True))
    assert "Файл «a.pdf»: это не PDF" in html
    assert "a.pdf" in text_of(client.get(f"{reverse(LIST)}?state=error"))


def test_editing_makes_a_version_and_versions_are_compared_and_restored() -> None:
    client = signed_in("Директор")
    first = teach("Окна моем летом.\n<b>Жирно</b>")
    edit = reverse("admin:knowledge_edit", args=[first.pk])
    assert "&lt;b&gt;Жирно" in text_of(client.get(edit))
    page = client.post(edit, {"text": "Окна моем весной.", "note": "Сезон"}, follow=True)
    second = DocumentVersion.objects.get(number=2)
    assert "Всё верно?" in text_of(page)
    diff = text_of(client.get(reverse("admin:knowledge_diff", args=[first.pk, second.pk])))
    assert "diff_" in diff
    assert "<b>Жирно" not in diff
    client.post(reverse("admin:knowledge_confirm", args=[second.pk]))
    rebuild_all()
    html = text_of(client.post(reverse("admin:knowledge_restore", args=[first.pk]), follow=True))
    assert "Версия 1 восстановлена как версия 3" in html
    other = teach("Другой.")
    assert client.get(reverse("admin:knowledge_diff", args=[first.pk, other.pk])).status_code == 404


def test_rejecting_and_removing() -> None:
    client = signed_in("Менеджер")
    version = actions.upload(base(), a_file("a.md", "Неправда."), author=None)
    client.post(reverse("admin:knowledge_reject", args=[version.pk]), {"reason": "Не то"})
    version.refresh_from_db()
    assert (version.state, version.error) == ("rejected", "Не то")
    html = text_of(client.post(reverse("admin:knowledge_confirm", args=[version.pk]), follow=True))
    assert "Подтверждено" in html
    html = text_of(client.post(reverse("admin:knowledge_remove", args=[version.document_id]), follow=True))
    assert "Документ убран из ответов" in html
    card = reverse("admin:knowledge_document_change", args=[version.document_id])
    assert card not in html
    assert card in text_of(client.get(f"{reverse(LIST)}?removed=1"))


def test_the_file_comes_back_as_a_download() -> None:
    client = signed_in("Оператор")
    version = actions.upload(base(), a_file("Прайс.md", "<script>1</script> Текст."), author=None)
    answer = client.get(reverse("admin:knowledge_source", args=[version.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert b"".join(answer.streaming_content) == "<script>1</script> Текст.".encode()


def test_an_operator_reads_and_changes_nothing() -> None:
    client = signed_in("Оператор")
    version = teach("Окна моем весной.")
    waiting = actions.write(version.document, "Новое.", author=None)
    document = version.document
    assert "Загрузить документ" not in text_of(client.get(reverse(LIST)))
    assert "Подтвердить" not in text_of(client.get(reverse("admin:knowledge_version", args=[waiting.pk])))
    assert "Новая версия" not in text_of(client.get(reverse("admin:knowledge_document_change", args=[document.pk])))
    for name, key in (
        ("knowledge_confirm", waiting.pk),
        ("knowledge_reject", waiting.pk),
        ("knowledge_restore", version.pk),
        ("knowledge_edit", waiting.pk),
        ("knowledge_remove", document.pk),
        ("knowledge_upload_version", document.pk),
    ):
        assert client.post(reverse(f"admin:{name}", args=[key])).status_code == 403, name
    assert client.get(reverse("admin:knowledge_document_add")).status_code == 403
    assert client.post(reverse("admin:knowledge_rebuild")).status_code == 403


def test_people_without_a_role_here_see_nothing() -> None:
    client = signed_in("Кто-то")
    for name in (LIST, "admin:knowledge_search", "admin:knowledge_progress", "admin:knowledge_passage_changelist"):
        assert client.get(reverse(name)).status_code == 403, name


def test_every_page_of_the_section_opens_with_a_constant_number_of_queries() -> None:
    demo.seed()
    client = signed_in("Директор")
    passage = Passage.objects.first()
    assert passage is not None
    addresses = [
        reverse(LIST),
        reverse("admin:knowledge_knowledgebase_changelist"),
        reverse("admin:knowledge_passage_changelist"),
        reverse("admin:knowledge_indexbuild_changelist"),
        reverse("admin:knowledge_passage_change", args=[passage.pk]),
        reverse("admin:knowledge_search"),
        reverse("admin:knowledge_search") + "?q=уборка лифта",
        reverse("admin:knowledge_knowledgebase_change", args=[base().pk]),
        reverse("admin:knowledge_document_add"),
        reverse(LIST) + "?q=дезинфекция",
    ]
    before = [queries(client, address) for address in addresses]
    for number in range(5):
        teach(f"# Раздел {number}\nТекст номер {number}.", build=False)
    rebuild_all()
    for address, number in zip(addresses, before, strict=True):
        assert queries(client, address) <= number + 1, address


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200, address
    return len(captured)


def test_progress_is_told_as_json() -> None:
    demo.seed()
    bases = signed_in("Оператор").get(reverse("admin:knowledge_progress")).json()["bases"]
    assert {one["slug"]: one["state"] for one in bases} == {"general": "done", "tech": "done"}
    assert all(one["passages"] and not one["running"] for one in bases)


def test_a_base_is_edited_and_checked() -> None:
    client = signed_in("Директор")
    one = base()
    address = reverse("admin:knowledge_knowledgebase_change", args=[one.pk])
    values = {
        "title": "Общие",
        "description": "",
        "visibility": "public",
        "is_default": "on",
        "route_words": "",
        "veto_words": "",
        "fallback_threshold": "0.3",
        "chunk_size": "400",
        "overlap": "300",
        "separator": "<<->>",
    }
    assert "Перекрытие не больше половины" in text_of(client.post(address, values))
    client.post(address, values | {"overlap": "100"})
    assert KnowledgeBase.objects.get(pk=one.pk).chunk_size == 400


def test_the_page_of_a_search_shows_where_an_answer_would_come_from() -> None:
    demo.seed()
    client = signed_in("Менеджер")
    html = text_of(client.get(reverse("admin:knowledge_search"), {"q": "чем отмыть жвачку"}))
    assert "[tech]" in html
    assert "Чем отмыть пятна и надписи" in html
    assert "Ничего не нашлось" in text_of(client.get(reverse("admin:knowledge_search"), {"q": "кукуруза"}))
    assert Document.objects.count() == 2
