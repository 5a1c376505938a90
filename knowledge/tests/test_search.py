"""Search: words, meaning, bases, roles, and how often the provider is asked."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge import demo
from knowledge.models import KnowledgeBase
from knowledge.search import search
from knowledge.tests.factories import base, teach
from knowledge.wording import essence
from providers.tests.openai_twin import OpenAITwin

pytestmark = pytest.mark.django_db


@pytest.fixture
def samples() -> None:
    demo.seed()


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("Сколько стоит уборка подъезда?", "Сколько стоит уборка подъезда"),
        ("как мне пожаловаться на бригаду", "Как пожаловаться на уборку"),
        ("бригада не пришла", "Бригада не пришла"),
        ("что такое т2", "Тип Т2: подметание и влажная уборка первого этажа"),
        ("как работают акты", "Как работают акты"),
        ("какие окна есть", "Мытьё окон в подъезде"),
        ("скидка за год", "Скидка при оплате за год"),
        ("можно ли отказаться от уборки", "Как отказаться от уборки"),
        ("чем отмыть жвачку", "Чем отмыть пятна и надписи"),
        ("МП-350", "Поломоечная машина"),
        ("мп 350", "Поломоечная машина"),
        ("концентрация кислотного средства", "Дозировка моющих средств"),
        ("чем моют мрамор", "Чего нельзя делать с натуральным камнем"),
        ("средство попало в глаза", "Если средство попало в глаза"),
        ("какого цвета салфетка для лифта", "Цвета салфеток"),
    ],
)
def test_by_words_alone_the_right_passage_comes_first(samples: None, question: str, heading: str) -> None:
    result = search(question, role="public")
    assert result.passages[0].heading.endswith(heading)
    assert result.passages[0].score >= 0.3
    assert result.embedding_requests == 0


@pytest.mark.parametrize("question", ["кукуруза есть у вас", "почём нынче билеты в театр", "курс доллара", "", " ?! "])
def test_what_nobody_taught_is_not_found_with_confidence(samples: None, question: str) -> None:
    assert search(question, role="public").best < 0.2


def test_a_question_below_the_threshold_of_its_base_is_asked_in_the_other(samples: None) -> None:
    result = search("чем мыть ржавые батареи: ржавчину чем снимают", bases=["general"], role="public")
    assert result.base == "general"
    assert not result.fell_back
    teach("# Парковка\nПарковка во дворе платная.", slug="tech")
    result = search("парковка во дворе", role="public")
    assert (result.routed, result.base, result.fell_back) == ("general", "tech", True)
    assert result.passages[0].heading == "Парковка"


def test_a_base_with_threshold_nought_keeps_its_questions_unless_another_is_far_better() -> None:
    teach("# Двор\nВо дворе стоят лавки и качели для детей.")
    teach("# Двор\nДвор подметают утром.", slug="tech")
    KnowledgeBase.objects.filter(slug="general").update(fallback_threshold=0)
    assert search("двор", role="public").base == "general"
    KnowledgeBase.objects.filter(slug="general").update(fallback_threshold=1)
    assert search("двор подметают", role="public").base == "tech"


def test_strangers_never_see_staff_bases() -> None:
    KnowledgeBase.objects.filter(slug="tech").update(visibility="staff")
    teach("# Пароль\nПароль от щитка — 1234.", slug="tech")
    teach("# Окна\nОкна моем весной.")
    for role in ("public", "caller", "", "Житель"):
        for bases in (None, ["tech"], ["general", "tech"]):
            result = search("пароль от щитка", bases=bases, role=role)
            assert all(found.base != "tech" for found in result.passages)
    assert search("пароль от щитка", bases=["tech"], role="public").base == ""
    for role in ("staff", "Оператор", "Бригада"):
        assert search("пароль от щитка", role=role).passages[0].base == "tech"


def test_one_request_for_a_new_question_none_for_a_repeated_one(settings: Any) -> None:
    with OpenAITwin() as twin:
        settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "key", twin.url
        demo.seed()
        twin.requests.clear()
        assert search("Когда моют окна?", role="public").embedding_requests == 1
        assert search("когда  моют ОКНА?", role="public").embedding_requests == 0
        assert search("парковка в ангаре", role="public").embedding_requests == 1  # asked in both bases, embedded once
        assert len(twin.asked("/embeddings")) == 2


def test_a_provider_that_hangs_does_not_keep_the_caller_waiting(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from knowledge import embedding

    monkeypatch.setattr(embedding, "QUESTION_SECONDS", 0.3)
    with OpenAITwin() as twin:
        settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "key", twin.url
        demo.seed()
        twin.fail("stall", path="/embeddings", times=9)
        result = search("Как пожаловаться на уборку?", role="public")
        assert result.passages[0].heading.endswith("Как пожаловаться на уборку")
        assert result.embedding_requests == 1
        assert search("А куда ещё пожаловаться?", role="public").embedding_requests == 0  # it is left alone for a while


def test_a_base_without_vectors_costs_no_request(settings: Any) -> None:
    demo.seed()
    with OpenAITwin() as twin:
        settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "key", twin.url
        assert search("Когда моют окна?", role="public").embedding_requests == 0
        assert not twin.requests


def test_meaning_finds_what_words_do_not(scripted: None) -> None:
    teach("# Лестница\nСтупенчатый пролёт протирают.\n<<->>\n# Двор\nЛавки красят.")
    # The scripted model knows words by their first five letters; the stems of PostgreSQL differ.
    result = search("ступенчатость", role="public")
    assert result.passages[0].heading == "Лестница"


def test_many_passages_are_compared_by_their_signs_first(scripted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from knowledge import search as module

    demo.seed()
    exact = search("как пожаловаться на уборку", role="public").passages
    monkeypatch.setattr(module, "EXACT_UP_TO", 0)
    assert search("как пожаловаться на уборку", role="public").passages[:3] == exact[:3]


def test_the_limit_is_kept_and_nothing_comes_twice(scripted: None) -> None:
    demo.seed()
    found = search("уборка подъезда", role="public", limit=4).passages
    assert len(found) == 4
    assert len({one.passage_id for one in found}) == 4


@pytest.mark.parametrize(
    "question", ["' OR 1=1 --", "a & | ! <-> b:*", "\\", "%_%", "🙂", "а" * 5000, "\x00", "(()", "'':*", "ПИ-", "-1 --"]
)
def test_whatever_is_asked_is_no_error(samples: None, question: str) -> None:
    search(question, role="public")


def test_ё_and_е_are_one_letter() -> None:
    teach("# Ёлка\nЁлку ставят в холле.")
    assert search("елка", role="public").passages
    teach("# Клен\nКлен растёт во дворе.", slug="tech")
    assert search("клён", bases=["tech"], role="public").passages


def test_codes_are_found_by_their_beginning_and_in_any_spelling() -> None:
    teach("# Пресс ПИ-300-I-М\nПресс для кирпича.\n<<->>\n# Пресс ПИ-1000\nПресс для бетона.")
    assert search("ПИ-300", role="public").passages[0].heading == "Пресс ПИ-300-I-М"
    assert search("пи 1000", role="public").passages[0].heading == "Пресс ПИ-1000"


def test_a_search_costs_a_handful_of_queries(samples: None) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        search("Сколько стоит уборка подъезда?", role="public")
    assert len(queries) <= 5, [query["sql"] for query in queries]


def test_fillers_are_no_part_of_a_question() -> None:
    assert essence("Здравствуйте, подскажите пожалуйста, когда у вас моют окна?") == "моют окна"
    assert essence("А что есть") == "А что есть"


def test_a_question_that_names_one_base_is_not_routed() -> None:
    teach("# Раствор\nРаствор готовят в ведре.", slug="tech")
    assert search("как готовят раствор", bases=["tech"], role="public").passages
    assert base("tech").fallback_threshold == 0.2
