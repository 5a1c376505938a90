"""«Контрольные вопросы» and «Проверить» in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

import calls.access
import houses.access
import voice.access
from calls.actions import TurnRecord, open_call, record_turn
from calls.models import Turn
from houses.tests.factories import make_user
from knowledge.tests.factories import teach
from voice import actions
from voice.learning import controls
from voice.models import ControlQuestion

pytestmark = pytest.mark.django_db(transaction=True)
HOURS = "# Часы работы\n\nОфис работает с 9:00 до 18:00 по будням."
DESK = {"width": 1280, "height": 860}
SignIn = Callable[[Page, User], Page]


def ask_them() -> None:
    """In a thread: the browser's loop runs in this one."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(controls.run_now, "by_hand").result()


@pytest.fixture
def director() -> User:
    for app in (houses, calls, voice):
        app.access.setup_roles()
    actions.active_revision()
    teach(HOURS, title="О компании")
    ControlQuestion.objects.create(question="В какие часы работает офис?", words="18:00", heading="Часы работы")
    ControlQuestion.objects.create(question="Сколько стоит мытьё окон?", words="450 рублей")
    return make_user("Директор")


def test_a_wrong_answer_is_seen_on_the_dashboard_and_leads_to_its_question(
    browser_page: Page, signed_in: SignIn, director: User
) -> None:
    ask_them()
    page = signed_in(browser_page, director)
    page.set_viewport_size(DESK)

    page.goto("/admin/")
    page.get_by_role("link", name="Посмотреть").click()
    expect(page.get_by_text("неверных: 1")).to_be_visible()
    page.get_by_role("link", name="Сколько стоит мытьё окон?").click()

    expect(page.get_by_text("Как отвечал помощник")).to_be_visible()
    expect(page.get_by_text("Не сказано «450 рублей»")).to_be_visible()


def test_a_revision_is_tried_on_chosen_questions_before_it_is_activated(
    browser_page: Page, signed_in: SignIn, director: User
) -> None:
    call = open_call("ws", "гость", 1)
    record_turn(call.pk, TurnRecord(1, Turn.Speaker.CALLER, "Есть ли у вас кукуруза?"))
    revision = actions.save_revision({"phrase_unknown": "Не могу знать. Спросите в офисе."}, author=None)
    page = signed_in(browser_page, director)
    page.set_viewport_size(DESK)

    page.goto(f"/admin/voice/assistantrevision/{revision.pk}/change/")
    page.locator("#content-main").get_by_role("link", name="Проверить").click()
    page.get_by_label("В какие часы работает офис?").check()
    page.get_by_label("Есть ли у вас кукуруза?", exact=False).check()
    page.get_by_role("button", name="Проверить").click()

    expect(page.get_by_text("отличаются 1 из 2")).to_be_visible()
    expect(page.locator("ins", has_text="Не могу знать.")).to_be_visible()
    expect(page.get_by_text("одинаково")).to_have_count(1)


def test_both_pages_fit_a_phone(browser_page: Page, signed_in: SignIn, director: User) -> None:
    ask_them()
    revision = actions.save_revision({"name": "Вера"}, author=None)
    page = signed_in(browser_page, director)

    for address in ("/admin/voice/controlquestion/", f"/admin/voice/assistantrevision/{revision.pk}/trial/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
