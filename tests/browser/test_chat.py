"""«AI Чат» in a real browser, against the site's own server program and the twin of a language model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from calls.models import Call, Turn
from houses.tests.factories import make_user
from providers.tests.openai_twin import OpenAITwin, Reply
from voice.chat.tests import world
from voice.chat.tests.site import Site

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "# Моющие средства\n\nДля мытья подъездов компания использует моющее средство «Прогресс» без запаха.\n"
ANSWER = "Компания моет подъезды средством «Прогресс» без запаха. | Его привозят бригады. |"
QUESTION = "Какое моющее средство использует компания для мытья подъездов?"


@pytest.fixture
def twin() -> Iterator[OpenAITwin]:
    with OpenAITwin() as server:
        server.brain = lambda body: Reply(ANSWER)
        yield server


@pytest.fixture
def site(transactional_db: None, twin: OpenAITwin, settings) -> Iterator[Site]:
    settings.OPENAI_API_KEY = ""  # the index is built in this thread, where Playwright keeps a loop: words only
    world.begin(TEXT)
    with Site(OPENAI_API_KEY="key-of-the-twin", OPENAI_BASE_URL=twin.url) as running:
        yield running


@pytest.fixture
def live_site(site: Site) -> str:
    return site.url


@pytest.fixture
def chat(browser_page: Page, signed_in: Callable[[Page, User], Page]) -> Page:
    page = signed_in(browser_page, make_user("Менеджер"))
    page.goto("/admin/chat/")
    expect(page.get_by_text("На связи")).to_be_visible()
    expect(page.locator(".ch-turn")).to_have_count(1)
    return page


def ask(page: Page, words: str = QUESTION) -> None:
    page.locator("#ch-text").fill(words)
    page.locator("#ch-text").press("Enter")


def answered(page: Page, times: int) -> None:
    """Waits for so many answers; a fresh process loads the model's library with the first."""
    expect(page.locator(".ch-turn.is-ai .ch-foot")).to_have_count(times, timeout=30_000)


def test_a_question_is_answered_with_its_sources_and_rated(chat: Page) -> None:
    ask(chat)
    answered(chat, 1)
    expect(chat.locator(".ch-turn.is-ai").last).to_contain_text("«Прогресс»")
    expect(chat.locator("#ch-text")).to_have_value("")
    chat.get_by_text("Источники: 1").click()
    source = chat.locator(".ch-source")
    expect(source.locator("summary")).to_contain_text("Условия работы · Моющие средства")
    expect(source.locator("summary")).to_contain_text("[general]")
    source.locator("summary").click()
    expect(source.get_by_text("без запаха")).to_be_visible()
    expect(chat.locator("[data-said]")).to_contain_text("«Прогресс»")
    chat.get_by_label("4 из 5").last.check(force=True)
    expect(chat.get_by_text("оценка сохранена")).to_be_visible()
    chat.get_by_label("Комментарий к оценке").fill("Коротко и верно")
    chat.get_by_role("button", name="Сохранить").click()
    expect(chat.get_by_text("оценка сохранена")).to_have_count(2)
    rated = Turn.objects.get(rating=4)
    assert (rated.comment, rated.call.channel) == ("Коротко и верно", "web")
    assert chat.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_quick_question_is_asked_by_a_click(chat: Page) -> None:
    chat.get_by_role("button", name="Сколько домов в системе?").click()
    expect(chat.locator(".ch-turn.is-me")).to_have_text("Сколько домов в системе?")
    answered(chat, 1)


def test_the_keyboard_is_enough(chat: Page, twin: OpenAITwin) -> None:
    twin.token_seconds = 0.4
    field = chat.locator("#ch-text")
    field.fill("Первая строка")
    field.press("Shift+Enter")
    field.type("вторая")
    expect(field).to_have_value("Первая строка\nвторая")
    ask(chat)
    expect(chat.get_by_role("button", name="Стоп")).to_be_visible()
    field.press("Escape")
    expect(chat.get_by_role("button", name="Отправить")).to_be_visible()
    answered(chat, 1)


def test_a_lost_connection_loses_nothing_that_was_typed(chat: Page, site: Site, twin: OpenAITwin) -> None:
    ask(chat)
    answered(chat, 1)
    twin.first_token_seconds = 30
    ask(chat, "Где бригада хранит моющее средство Прогресс?")
    expect(chat.locator(".ch-dots")).to_be_visible()
    chat.locator("#ch-text").fill("Следующий вопрос")
    site.kill()
    expect(chat.locator(".ch-again")).to_contain_text("ответ не получен")
    expect(chat.locator("[data-state]")).to_contain_text("соединяемся")
    twin.first_token_seconds = 0
    site.start()
    expect(chat.get_by_text("На связи")).to_be_visible(timeout=30_000)
    expect(chat.locator("#ch-text")).to_have_value("Следующий вопрос")
    chat.get_by_role("button", name="Повторить").click()
    answered(chat, 2)
    assert Call.objects.count() == 1


def test_a_reload_shows_the_same_talk_and_a_new_one_begins_empty(chat: Page) -> None:
    ask(chat)
    answered(chat, 1)
    chat.locator("#ch-text").fill("Недописанное")
    chat.reload()
    expect(chat.get_by_text("На связи")).to_be_visible()
    expect(chat.locator(".ch-turn")).to_have_count(3)
    expect(chat.locator("#ch-text")).to_have_value("Недописанное")
    ask(chat)
    answered(chat, 2)
    assert Call.objects.count() == 1
    chat.get_by_role("button", name="Новый разговор").click()
    expect(chat.locator(".ch-turn")).to_have_count(1)
    ask(chat)
    answered(chat, 1)
    assert Call.objects.count() == 2


def test_what_an_answer_says_is_never_markup(chat: Page, twin: OpenAITwin) -> None:
    twin.brain = lambda body: Reply("Средство «Прогресс» <img src=x onerror=alert(1)> без запаха.")
    ask(chat)
    answered(chat, 1)
    assert chat.locator(".ch-turn img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone(chat: Page, scheme: str) -> None:
    chat.emulate_media(color_scheme=scheme)
    ask(chat, "Очень" + "длинное" * 30)
    answered(chat, 1)
    assert chat.evaluate("document.documentElement.scrollWidth") <= 360
    expect(chat.locator(".ch-turn.is-me")).to_have_text(re.compile("Оченьдлинное"))
