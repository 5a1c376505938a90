"""The glossary as rows: edited in the back office, in force at once, tried out, asked over the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from knowledge import glossary
from knowledge.access import setup_roles
from knowledge.models import GlossaryTerm
from knowledge.normalize import BUILTIN_TERMS, normalize
from knowledge.search import search
from knowledge.tests.factories import make_person, teach
from knowledge.tests.normalize_cases import PAIRS

pytestmark = pytest.mark.django_db
LIST = "admin:knowledge_glossaryterm_changelist"


@pytest.fixture(autouse=True)
def builtin_rows() -> None:
    """The rows of a first start, also after a test that emptied the tables."""
    glossary.add_builtin()


def signed_in(role: str) -> Client:
    setup_roles()
    client = Client()
    client.force_login(make_person(role))
    return client


def row(canonical: str, heard: str, **values: Any) -> GlossaryTerm:
    term = GlossaryTerm(canonical=canonical, heard=heard, **{"kind": "abbreviation", **values})
    term.full_clean()
    term.save()
    return term


def posted(client: Client, address: str, **values: Any) -> str:
    answer = client.post(address, values, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_first_rows_are_the_builtin_rules_and_say_the_same() -> None:
    assert GlossaryTerm.objects.count() == len(BUILTIN_TERMS)
    for said, _ in PAIRS:
        assert glossary.normalize(said) == normalize(said)


def test_every_builtin_row_passes_the_checks_of_the_form() -> None:
    for term in GlossaryTerm.objects.all():
        term.full_clean()


def test_a_change_acts_at_once_however_it_was_made() -> None:
    assert glossary.normalize("моп") == "моп"
    term = row("МОП", "моп~")
    assert glossary.normalize("мопы") == "МОП"
    GlossaryTerm.objects.filter(pk=term.pk).update(canonical="швабра")
    assert glossary.normalize("моп") == "швабра"
    GlossaryTerm.objects.filter(pk=term.pk).update(enabled=False)
    assert glossary.normalize("моп") == "моп"
    term.delete()
    assert glossary.normalize("моп 5 кн") == "моп 5 кН"


def test_without_rows_the_builtin_rules_serve() -> None:
    GlossaryTerm.objects.all().delete()
    assert glossary.normalize("рэм сто") == "РЭМ-100"


def test_unchanged_rules_cost_one_question_to_the_database() -> None:
    glossary.current()
    with CaptureQueriesContext(connection) as asked:
        glossary.normalize("рэм сто")
    assert len(asked) == 1


def test_one_message_is_read_by_one_glossary_and_the_next_by_the_new_one() -> None:
    with glossary.kept():
        row("МОП", "моп~")
        with CaptureQueriesContext(connection) as asked:
            assert glossary.normalize("мопы") == "мопы"
        assert len(asked) == 0
    assert glossary.normalize("мопы") == "МОП"


def test_a_coroutine_may_ask() -> None:
    assert async_to_sync(glossary.anormalize)("рэм сто") == "РЭМ-100"


def test_the_builtin_rules_come_back_without_touching_what_people_changed() -> None:
    kept = GlossaryTerm.objects.get(canonical="кН", needs_number=False)
    GlossaryTerm.objects.filter(pk=kept.pk).update(note="наше", enabled=False)
    GlossaryTerm.objects.filter(canonical="РГМ").delete()
    assert glossary.add_builtin() == 1
    assert glossary.add_builtin() == 0
    kept.refresh_from_db()
    assert (kept.note, kept.enabled) == ("наше", False)
    assert glossary.normalize("ргм") == "РГМ"


@pytest.mark.parametrize(
    ("canonical", "heard", "field"),
    [
        ("кН", "килоньютон~", "heard"),
        ("кН", "К-ЭН", "heard"),
        ("что-то", " ; \n", "heard"),
        ("что-то", "~", "heard"),
        ("что-то", "а б в г д е ж з и к л м н", "heard"),
        ("пять килоньютонов", "пятак", "canonical"),
        ("~", "пятак", "canonical"),
    ],
)
def test_a_row_that_would_do_harm_is_refused_beside_its_field(canonical: str, heard: str, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        row(canonical, heard)
    assert field in refused.value.message_dict


def test_a_switched_off_row_may_repeat_a_form() -> None:
    row("кило", "килоньютон~", enabled=False)
    assert glossary.normalize("килоньютон") == "кН"


def test_the_search_asks_in_the_written_form() -> None:
    teach("# Прессы\nПресс ПИ-300 раздавит кирпич.\n\n# Окна\nОкна моем весной.", title="Прессы")
    assert "ПИ-300" in search("пи триста", role="staff").passages[0].text


def test_a_manager_adds_tries_and_switches_off() -> None:
    client = signed_in("Менеджер")
    html = posted(
        client,
        reverse("admin:knowledge_glossaryterm_add"),
        canonical="МОП",
        heard="моп~\nмопп",
        kind="abbreviation",
        enabled="on",
        unless="",
        note="швабра",
    )
    assert "МОП" in html
    term = GlossaryTerm.objects.get(canonical="МОП")
    tried = client.get(reverse("admin:knowledge_glossary_try"), {"text": "мопы и <b>рэм сто</b>"}).content.decode()
    assert "МОП и &lt;b&gt;РЭМ-100&lt;/b&gt;" in tried
    assert "Сокращение" in tried
    listed = client.get(reverse(LIST), {"q": "моп"}).content.decode()
    assert "моп~, мопп" in listed
    html = posted(client, reverse(LIST), action="disable", _selected_action=str(term.pk))
    assert "Действует сразу" in html
    assert glossary.normalize("мопы") == "мопы"
    GlossaryTerm.objects.filter(canonical="РГМ").delete()
    assert "Добавлено встроенных записей: 1" in posted(client, reverse("admin:knowledge_glossary_builtin"))


def test_a_rival_form_is_told_beside_the_field() -> None:
    html = posted(
        signed_in("Менеджер"),
        reverse("admin:knowledge_glossaryterm_add"),
        canonical="кН",
        heard="килоньютон~",
        kind="unit",
        enabled="on",
    )
    assert "уже есть в записи «кН»" in html


def test_a_viewer_reads_and_tries_but_changes_nothing() -> None:
    client = signed_in("Просмотр")
    assert client.get(reverse(LIST)).status_code == 200
    assert client.get(reverse("admin:knowledge_glossary_try")).status_code == 200
    assert client.get(reverse("admin:knowledge_glossaryterm_add")).status_code == 403
    assert client.post(reverse("admin:knowledge_glossary_builtin")).status_code == 403


def test_the_list_costs_the_same_however_long_it_is() -> None:
    client = signed_in("Директор")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(LIST)).status_code == 200
        return len(asked)

    queries()
    before = queries()
    for number in range(10):
        row(f"ПРО-{number}", f"слово{'абвгдежзик'[number]}")
    assert queries() == before


def asked(body: Any, **headers: str) -> Any:
    return Client().post("/api/normalize", body, content_type="application/json", headers=headers)


def test_the_api_answers_anybody_with_the_text_before_and_after() -> None:
    said = "Есть РЭМ на тысячу килоньютон, скорость 5 миллиметров в секунду при 220 вольт"
    answer = asked({"text": said})
    assert answer.status_code == 200
    told = answer.json()
    assert told["text"] == told["raw"] == said
    assert told["normalized"] == "Есть РЭМ на 1000 кН, скорость 5 мм/с при 220 В"
    assert {"heard": "тысячу", "canonical": "1000", "kind": "number"} in told["replacements"]


def test_the_api_follows_the_rows() -> None:
    row("МОП", "моп~")
    assert asked({"text": "мопы"}).json() == {
        "raw": "мопы",
        "text": "мопы",
        "normalized": "МОП",
        "replacements": [{"heard": "мопы", "canonical": "МОП", "kind": "abbreviation"}],
    }


@pytest.mark.parametrize(
    "body", ["{}", '{"text": 5}', '{"text": null}', '["рэм"]', "рэм", '{"text": "%s"}' % ("а" * 20_001)]
)
def test_the_api_names_what_it_does_not_take(body: str) -> None:
    answer = asked(body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"]


@pytest.mark.parametrize("text", ["", "   ", "\x00", "\ud800", "5", "а\u0301"])
def test_the_api_takes_odd_texts(text: str) -> None:
    assert asked(json.dumps({"text": text})).status_code in {200, 400}
