"""«Проверить»: a revision beside the active one, before it is activated."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import calls.access
import houses.access
import voice.access
from calls.actions import TurnRecord, open_call, record_turn
from calls.models import Call, Turn
from houses.tests.factories import make_user
from knowledge.tests.factories import teach
from tasks.models import Task
from voice import actions
from voice.learning import trial
from voice.memory import SESSIONS_OF_PROCESS
from voice.models import AssistantRevision, ControlQuestion

pytestmark = pytest.mark.django_db(transaction=True)
HOURS = "# Часы работы\n\nОфис работает с 9:00 до 18:00 по будням."


@pytest.fixture(autouse=True)
def _ready() -> None:
    for app in (houses, calls, voice):
        app.access.setup_roles()
    actions.active_revision()
    teach(HOURS)


def other(**values: Any) -> AssistantRevision:
    return actions.save_revision(values, author=None)


def page(revision: AssistantRevision, role: str = "Директор", **sent: Any) -> str:
    client = Client()
    client.force_login(make_user(role))
    address = reverse("admin:voice_trial", args=[revision.pk])
    return str((client.post(address, sent) if sent else client.get(address)).content.decode())


def a_call(*questions: str) -> None:
    call = open_call("ws", "гость", 1)
    for number, text in enumerate(questions, 1):
        record_turn(call.pk, TurnRecord(number, Turn.Speaker.CALLER, text))


def test_both_answers_stand_side_by_side_and_what_differs_is_marked() -> None:
    revision = other(phrase_unknown="Не могу знать. Спросите в офисе.")

    same, differs = trial.compare(
        actions.active_revision(), revision, ["В какие часы работает офис?", "Есть ли у вас кукуруза?"]
    )

    assert same.is_same
    assert same.now.citations[0].endswith("Часы работы")
    assert not differs.is_same
    assert " ".join(words for sign, words in differs.then.pieces if sign == "+") == "Не могу знать. Спросите в офисе."
    assert (differs.now.outcome, differs.then.outcome) == ("не знает", "не знает")


def test_an_answer_that_is_lost_by_the_revision_is_told() -> None:
    teach("\n<<->>\n".join(f"# {name}\n\n{name} моют весной." for name in ("Окна", "Двери", "Стены", "Перила", "Лифт")))
    (one,) = trial.compare(actions.active_revision(), other(answer_threshold=1.0), ["часы работы офиса и склада"])

    assert (one.now.outcome, one.then.outcome) == ("ответ", "не знает")
    assert (one.is_same, one.now.is_bad, one.then.is_bad) == (False, False, True)


def test_nothing_of_a_trial_stays() -> None:
    before = set(SESSIONS_OF_PROCESS._rows)

    text = page(other(name="Вера"), own="На Ленина 10 грязно, примите жалобу\nПерезвоните мне: +7 000 000-00-01")

    assert text.count("Номер обращения") >= 2
    assert not Task.objects.exists()
    assert not Call.objects.exists()
    assert set(SESSIONS_OF_PROCESS._rows) == before
    assert AssistantRevision.objects.get(active=True).number == 1


def test_past_questions_and_control_questions_are_offered() -> None:
    a_call("Когда у вас обед в офисе?", "угу", "когда у вас обед в офисе")
    ControlQuestion.objects.create(question="В какие часы работает офис?", words="9:00")

    text = page(other(name="Вера"))

    assert text.count('value="когда у вас обед в офисе"') == 1
    assert 'value="угу"' not in text
    assert 'value="В какие часы работает офис?"' in text


def test_chosen_questions_are_asked_and_stay_chosen() -> None:
    text = page(other(name="Вера"), question=["В какие часы работает офис?"], own="Кто вы?\n\nКто вы?")

    assert "отличаются 1 из 2" in text
    assert text.count("<h3>") == 2
    assert "Вера" in text


def test_a_question_is_text_and_never_markup() -> None:
    assert "<script>alert" not in page(other(name="Вера"), own="<script>alert(1)</script> когда уборка")


def test_the_active_revision_has_nothing_to_be_compared_with() -> None:
    client = Client()
    client.force_login(make_user("Директор"))
    active = actions.active_revision()

    answer = client.get(reverse("admin:voice_trial", args=[active.pk]), follow=True)

    assert "сравнивать её не с чем" in str(answer.content.decode())


def test_those_who_only_look_may_not_try() -> None:
    client = Client()
    client.force_login(make_user("Оператор"))

    assert client.get(reverse("admin:voice_trial", args=[other(name="Вера").pk])).status_code == 403
