"""Which base a question goes to: words, and never letters inside words."""

from __future__ import annotations

import pytest

from knowledge.models import KnowledgeBase
from knowledge.routing import Rule, route, rule_of

pytestmark = pytest.mark.django_db

# The first five went to the wrong base in the original because «кн» and «мм» were looked for inside words.
GENERAL = """
какие окна есть
сумма заказа
комментарий
программа М-Тест
Сколько стоит разрывная машина
когда уборка на Кибальчича 3
как пожаловаться на бригаду
какая цена уборки подъезда
подскажите телефон менеджера
где ваш адрес
какая гарантия на твердомер
сколько стоит моющее средство
грамм никель тонна
Ульянова 36 когда моют
коммуникации в доме
книга жалоб
когда подпишут акт
""".strip().splitlines()
TECH = """
какие есть твердомеры
есть ли пресс испытательный
климатические камеры КСТ
хочу испытать кирпич
сколько весит ПИ-300
усилие 300 кН
скорость в мм/мин
чем отмыть жвачку
какая концентрация раствора
как пользоваться поломоечной машиной
техника безопасности
Расскажите про РЭМ-600
нужны ли перчатки
каким средством мыть стекло
технология мытья лифта
""".strip().splitlines()


@pytest.mark.parametrize("question", GENERAL)
def test_general_questions_stay_in_the_general_base(question: str) -> None:
    assert route(question, map(rule_of, KnowledgeBase.objects.all())) == "general"


@pytest.mark.parametrize("question", TECH)
def test_technical_questions_go_to_the_technical_base(question: str) -> None:
    assert route(question, map(rule_of, KnowledgeBase.objects.all())) == "tech"


def test_a_base_of_the_office_s_own_has_words_of_its_own() -> None:
    KnowledgeBase.objects.create(slug="people", title="Кадры", route_words="отпуск*\nбольничный")
    rules = [rule_of(base) for base in KnowledgeBase.objects.all()]
    assert route("Как оформить отпуск?", rules) == "people"
    assert route("Больничные не оплачивают", rules) == "general"


def test_without_a_default_base_the_first_one_takes_what_nobody_claims() -> None:
    assert route("погода", [Rule("a"), Rule("b", words=frozenset({"дом"}))]) == "a"
    assert route("дом", [Rule("a"), Rule("b", words=frozenset({"дом"}))]) == "b"


def test_ё_is_е() -> None:
    assert route("ЩЁТКА", [Rule("a"), Rule("b", stems=("щетк",))]) == "b"
