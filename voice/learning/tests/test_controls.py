"""Control questions: when they are asked, what is kept, who sees it."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import houses.access
import voice.access
from calls.models import Call
from houses.tests.factories import make_user
from knowledge.tests.factories import teach
from tasks.models import Task
from voice import actions, jobs
from voice.learning import controls
from voice.memory import SESSIONS_OF_PROCESS
from voice.models import ControlQuestion, ControlResult, ControlRun

pytestmark = pytest.mark.django_db(transaction=True)
HOURS = "# Часы работы\n\nОфис работает с 9:00 до 18:00 по будням."
LIST = reverse("admin:voice_controlquestion_changelist")


@pytest.fixture(autouse=True)
def _ready() -> None:
    houses.access.setup_roles()
    voice.access.setup_roles()
    actions.active_revision()


def make_question(text: str = "В какие часы работает офис?", **values: Any) -> ControlQuestion:
    expected = values or {"words": "18:00 | шести", "heading": "Часы работы"}
    return ControlQuestion.objects.create(question=text, **expected)


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def activate(**values: Any) -> None:
    actions.activate_revision(actions.save_revision(values, author=None).pk, user=None)


def test_an_activation_asks_them_and_keeps_the_answers() -> None:
    question = make_question()
    teach(HOURS)
    ControlRun.objects.all().delete()

    activate(name="Вера")
    assert ControlRun.objects.get().state == ControlRun.State.WAITING
    jobs.ask_control_questions()

    run = ControlRun.objects.get()
    assert (run.state, run.reason, run.about, run.total, run.failed) == (
        "done",
        "activation",
        "Редакция 2",
        1,
        0,
    )
    result = ControlResult.objects.get()
    assert (result.question, result.passed, result.revision_number) == (question, True, 2)
    assert "18:00" in result.answer
    assert result.citations[0]["heading"] == "Часы работы"


def test_a_publication_asks_them_and_says_what_was_before() -> None:
    question = make_question()
    version = teach(HOURS)
    controls.run_waiting()

    from knowledge import actions as knowledge
    from knowledge.index import rebuild

    new = knowledge.write(version.document, HOURS.replace("18:00", "17:00"), author=None)
    knowledge.confirm(new, user=None)
    rebuild(version.document.base)
    controls.run_waiting()

    assert ControlRun.objects.first().reason == "publication"
    (row,) = controls.rows()
    assert (row.question, row.now.passed, row.before.passed, row.change) == (question, False, True, "broken")
    assert row.now.faults == ["не сказано «18:00 / шести»"]
    assert controls.failures() == 1


def test_several_changes_at_once_are_one_run() -> None:
    make_question()
    for reason in ("activation", "publication", "by_hand"):
        controls.want_run(reason)

    assert ControlRun.objects.count() == 1


def test_without_questions_nothing_is_run() -> None:
    activate(name="Вера")
    make_question(enabled=False, words="а")
    activate(name="Нина")

    assert not ControlRun.objects.exists()


def test_a_control_question_has_no_effect() -> None:
    make_question("У меня в подъезде грязно, Ленина 10, примите жалобу", words="жалобу")
    before = set(SESSIONS_OF_PROCESS._rows)

    run = controls.run_now("by_hand")

    assert run.failed == 0
    assert "Номер обращения" in ControlResult.objects.get().answer
    assert not Task.objects.exists()
    assert not Call.objects.exists()
    assert set(SESSIONS_OF_PROCESS._rows) == before


def test_a_run_that_died_with_its_worker_is_run_again() -> None:
    make_question()
    lost = ControlRun.objects.create(
        reason="activation", state="running", started_at=timezone.now() - timedelta(hours=1)
    )

    jobs.catch_up_control_questions()

    lost.refresh_from_db()
    assert lost.state == ControlRun.State.FAILED
    assert ControlRun.objects.get(state="done").total == 1


def test_a_broken_run_is_told_and_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    make_question()
    controls.want_run("by_hand")
    monkeypatch.setattr(controls, "AT_ONCE", -1)

    assert controls.run_waiting() == 1
    assert ControlRun.objects.get().state == ControlRun.State.FAILED


def test_the_command_prints_the_table_and_fails_on_a_wrong_answer() -> None:
    make_question()
    out = StringIO()

    with pytest.raises(CommandError, match="Неверных ответов: 1"):
        call_command("test_agent", stdout=out)
    assert "НЕВЕРНО В какие часы работает офис?" in out.getvalue()
    assert "✗ не сказано «18:00 / шести»" in out.getvalue()

    teach(HOURS)
    out = StringIO()
    call_command("test_agent", stdout=out)
    assert "верно   В какие часы работает офис? (было неверно)" in out.getvalue()


# --- in the office


def test_the_list_shows_what_is_wrong_first_with_what_it_was() -> None:
    make_question("Кто вы?", outcome="talk")
    make_question()
    controls.run_now("by_hand")

    page = text_of(signed_in("Оператор").get(LIST))

    assert "неверных: 1" in page
    assert page.index("В какие часы") < page.index("Кто вы?")
    assert "не сказано «18:00 / шести»" in page
    assert "Спросить сейчас" not in page


def test_they_are_asked_with_a_button() -> None:
    make_question()
    client = signed_in("Менеджер")

    answer = client.post(reverse("admin:voice_controls_run"), follow=True)

    assert "Вопросы задаются" in text_of(answer)
    assert ControlRun.objects.get().reason == "by_hand"
    assert signed_in("Просмотр").post(reverse("admin:voice_controls_run")).status_code == 403


def test_a_question_that_expects_nothing_is_refused() -> None:
    client = signed_in("Директор")
    add = reverse("admin:voice_controlquestion_add")

    refused = client.post(add, {"question": "Когда?", "enabled": "on"})
    kept = client.post(add, {"question": "Когда?", "enabled": "on", "outcome": "clarify"})

    assert "Скажите, чего ждать от ответа" in text_of(refused)
    assert kept.status_code == 302
    assert ControlQuestion.objects.get().outcome == "clarify"


def test_the_card_keeps_the_answers_so_far() -> None:
    question = make_question()
    controls.run_now("by_hand")
    teach(HOURS)
    controls.run_waiting()

    page = text_of(signed_in("Оператор").get(reverse("admin:voice_controlquestion_change", args=[question.pk])))

    assert "Как отвечал помощник" in page
    assert "с 9:00 до 18:00" in page
    assert "Не сказано «18:00 / шести»" in page


def test_the_dashboard_says_so_to_those_who_may_look() -> None:
    make_question()
    controls.run_now("by_hand")
    board = reverse("admin:index")

    assert "неверно отвечает на контрольные вопросы: <b>1</b>" in text_of(signed_in("Директор").get(board))
    ControlQuestion.objects.update(enabled=False)
    assert "контрольные вопросы: <b>" not in text_of(signed_in("Директор").get(board))


def test_the_list_costs_the_same_however_long_it_is(django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        make_question(f"Вопрос {number}", words="а")
    controls.run_now("by_hand")
    client = signed_in("Директор")

    with django_assert_max_num_queries(14):
        client.get(LIST)
