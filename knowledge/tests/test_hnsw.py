"""The approximate index of vectors: when it is there, and that conditions and answers stay what they were."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from knowledge import hnsw, search
from knowledge.index import rebuild
from knowledge.models import Document, KnowledgeBase
from knowledge.tests.factories import base, teach

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted")]
TOPICS = ("окна", "перила", "лифт", "почтовые ящики", "подвал", "чердак", "крыльцо", "двери", "плинтусы", "светильники")
WAYS = ("средством без запаха", "горячей водой", "по графику весной", "после ремонта", "перед праздниками")


def indexes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'knowledge_passagevector'")
        return [name for (name,) in cursor.fetchall() if name.startswith(hnsw.PREFIX)]


def fifty_passages(slug: str = "general") -> Document:
    sections = [f"# {topic} {way}\nМоем {topic} {way}." for topic in TOPICS for way in WAYS]
    return teach("\n<<->>\n".join(sections), slug=slug).document


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation in which forty vectors are many."""
    monkeypatch.setattr(hnsw, "WORTH_FROM", 40)
    monkeypatch.setattr(hnsw, "DROPPED_BELOW", 20)


@pytest.fixture
def through_the_index(small: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Every search with vectors goes through it, however few there are."""
    monkeypatch.setattr(search, "WAYS", {"": 0, "hnsw": float("inf")})
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")


def test_the_build_that_crosses_the_border_makes_it_and_one_far_below_drops_it(small: None) -> None:
    teach("# Окна\nОкна моем весной.")
    assert indexes() == []
    document = fifty_passages()
    assert indexes() == [hnsw.index_name("scripted-256", 256)]
    Document.objects.filter(pk=document.pk).delete()
    rebuild(base(), force=True)
    assert indexes() == []


def test_each_model_has_its_own(small: None, settings: Any) -> None:
    fifty_passages()
    settings.KNOWLEDGE_EMBEDDINGS = {"vendor": "scripted", "dimensions": 64}
    rebuild(base())
    assert indexes() == [hnsw.index_name("scripted-64", 64)]


def test_what_the_index_brings_is_what_an_exact_look_brings(through_the_index: Any) -> None:
    fifty_passages()
    for topic in TOPICS:
        found = search.search(f"{topic} горячей водой", role="public", limit=3)
        assert found.passages[0].heading == f"{topic} горячей водой"
        assert found.embedding_requests == 1


def test_a_search_takes_the_index(through_the_index: Any) -> None:
    fifty_passages()
    search.search("чем моют лифт", role="public")
    row = search.question_vector(search.normalized("чем моют лифт"))[0]
    assert row is not None
    asked, inner = search.nearest("hnsw", search.QuestionVector(row, "scripted-256", 256))
    values = {"bases": [base().pk], "visible": ["public"], "vector": row, "model": "scripted-256"}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN WITH {search.SCOPE}{asked} {inner}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert hnsw.index_name("scripted-256", 256) in plan


def test_conditions_of_base_and_role_hold_and_cost_no_answers(through_the_index: Any) -> None:
    """The nearest fifty are of a base that is not asked: the index is followed past them."""
    fifty_passages("tech")
    teach("# Лифт\nКабину лифта моют каждый день.")
    result = search.search("лифт средством без запаха", role="public", bases=["general"])
    assert [one.heading for one in result.passages] == ["Лифт"]
    KnowledgeBase.objects.filter(slug="tech").update(visibility="staff")
    strangers = search.search("лифт средством без запаха", role="public", limit=20)
    assert {one.base for one in strangers.passages} == {"general"}
    staff = search.search("лифт средством без запаха", role="staff", bases=["tech"], limit=20)
    assert staff.passages[0].heading == "лифт средством без запаха"
