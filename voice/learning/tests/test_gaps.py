"""Gaps: what people asked and got no good answer to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from calls.actions import TurnRecord, close_call, hide_calls, open_call, rate_turn, record_turn
from calls.models import Call
from houses.tests.factories import make_brigade, make_user
from knowledge import actions, demo
from knowledge.index import rebuild
from knowledge.models import Document, DocumentVersion, KnowledgeBase
from voice.learning.gaps import gaps
from voice.snapshot import active_settings

pytestmark = pytest.mark.django_db
SCAFFOLD = "# Строительные леса в аренду\nСтроительные леса в аренду сдаём на сутки, залог обязателен."
ASKED = "Вы сдаёте строительные леса в аренду?"


@pytest.fixture(autouse=True)
def _samples_and_no_model(db: None, settings: Any) -> None:
    settings.OPENAI_API_KEY = ""
    settings.KNOWLEDGE_EMBEDDINGS = {}
    demo.seed()


def ask(
    question: str,
    *,
    answered: bool | None = False,
    rating: int | None = None,
    channel: str = "ws",
    cited: str = "",
    days_ago: int = 0,
) -> Call:
    call = open_call(channel, "гость", 1, call_id=uuid4(), started_at=timezone.now() - timedelta(days=days_ago))
    at = call.started_at
    record_turn(call.pk, TurnRecord(1, "assistant", "Чем могу помочь?", started_at=at, ended_at=at))
    record_turn(call.pk, TurnRecord(2, "caller", question, started_at=at, ended_at=at))
    citations = [{"document": "Д", "heading": "", "text": cited, "base": "general", "version": 1}] if cited else []
    answer = TurnRecord(3, "assistant", "…", answered=answered, citations=citations, started_at=at, ended_at=at)
    record_turn(call.pk, answer)
    if rating:
        rate_turn(call.pk, 3, rating, user=None)
    close_call(call.pk, "Completed")
    return call


def teach(text: str) -> DocumentVersion:
    base = KnowledgeBase.objects.get(slug="general")
    version = actions.confirm(actions.compose(base, "Документ", text, author=None), user=None)
    rebuild(base)
    return version


def found() -> list[Any]:
    return gaps(active_settings(), days=28)


def test_similar_questions_stand_together_and_the_most_frequent_come_first() -> None:
    ask(ASKED)
    ask(ASKED.lower().strip("?"))
    ask("А леса строительные в аренду есть?")
    ask("Есть ли у вас бассейн?")
    first, second = found()
    assert (first.group.question.lower().strip("?"), first.group.times) == (ASKED.lower().strip("?"), 3)
    assert "А леса строительные в аренду есть?" in first.group.variants
    assert (second.group.question, second.group.unknown) == ("Есть ли у вас бассейн?", 1)


def test_answered_questions_and_good_ratings_are_no_gaps() -> None:
    ask("Сколько стоит уборка?", answered=True)
    ask("Когда уборка?", answered=True, rating=5)
    ask("Здравствуйте", answered=None)
    assert found() == []


def test_a_bad_rating_makes_a_gap_of_an_answer() -> None:
    ask("Сколько стоит уборка?", answered=True, rating=2)
    [gap] = found()
    assert (gap.group.badly_rated, gap.group.unknown) == (1, 0)


def test_old_calls_and_cleared_ones_are_left_out() -> None:
    ask(ASKED, days_ago=40)
    ask("Есть ли у вас бассейн?")
    hide_calls(Call.objects.filter(turns__text="Есть ли у вас бассейн?"), user=None)  # type: ignore[arg-type]
    assert found() == []
    assert len(gaps(active_settings(), days=84)) == 1


def test_a_gap_closes_by_itself_when_the_base_learns_the_answer() -> None:
    ask(ASKED)
    assert not found()[0].is_closed
    teach(SCAFFOLD)
    [gap] = found()
    assert gap.is_closed
    assert gap.found.heading == "Строительные леса в аренду"


def test_the_passage_whose_answer_was_rated_badly_does_not_close_its_own_gap() -> None:
    teach(SCAFFOLD)
    text = SCAFFOLD.partition("\n")[2]
    ask(ASKED, answered=True, rating=1, cited=text)
    assert not found()[0].is_closed
    document = Document.objects.get(title="Документ")
    actions.confirm(
        actions.write(
            document, "# Строительные леса в аренду\nСтроительные леса больше не сдаём в аренду.", author=None
        ),
        user=None,
    )
    rebuild(document.base)
    assert found()[0].is_closed


def test_what_only_staff_may_read_closes_no_stranger_s_gap() -> None:
    KnowledgeBase.objects.filter(slug="general").update(visibility="staff")
    teach(SCAFFOLD)
    ask(ASKED)
    assert not found()[0].is_closed
    Call.objects.update(channel="web")
    assert found()[0].is_closed


def test_the_page_leads_to_a_draft_with_the_question_as_its_heading() -> None:
    ask(ASKED)
    client = Client()
    client.force_login(make_user("Менеджер"))
    page = client.get("/admin/gaps/")
    assert ASKED in page.content.decode()
    link = page.context["open"][0]["teach"]
    form = client.get(link).context["form"]
    assert form.initial["text"].startswith(f"# {ASKED}")
    sent = {"base": "general", "title": "Аренда", "text": SCAFFOLD, "note": form.initial["note"]}
    answer = client.post(reverse("admin:knowledge_write"), sent)
    version = DocumentVersion.objects.get(document__title="Аренда")
    assert answer["Location"] == reverse("admin:knowledge_version", args=[version.pk])
    assert (version.state, version.text.strip()) == ("waiting", SCAFFOLD)


def test_the_draft_may_continue_a_document_and_nothing_of_it_is_lost() -> None:
    document = teach("# Двери\nДвери моем раз в месяц.").document
    client = Client()
    client.force_login(make_user("Менеджер"))
    sent = {"base": "general", "document": document.pk, "text": SCAFFOLD}
    client.post(reverse("admin:knowledge_write"), sent)
    version = document.versions.get(number=2)
    assert version.text.startswith("# Двери")
    assert "<<->>" in version.text
    assert version.text.strip().endswith(SCAFFOLD)
    sent["base"] = "tech"
    page = client.post(reverse("admin:knowledge_write"), sent)
    assert "из другой базы" in page.content.decode()


def test_without_the_right_to_teach_there_is_nothing_to_press() -> None:
    ask(ASKED)
    client = Client()
    client.force_login(make_user("Оператор"))
    assert "Добавить в базу" not in client.get("/admin/gaps/").content.decode()
    assert client.get(reverse("admin:knowledge_write")).status_code == 403
    client.force_login(make_user("Бригада", make_brigade()))
    assert client.get("/admin/gaps/").status_code in {302, 403}
