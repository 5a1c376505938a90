"""The phone in the office, in a real browser: rules are added and moved, a voice is heard without leaving the form."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, expect

from houses.tests.factories import make_user
from voice import actions
from voice.models import AssistantRevision
from voice.tests.phone_rows import make_target

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[Page, User], Page]
ADD = reverse("admin:voice_assistantrevision_add")


@pytest.fixture
def form(browser_page: Page, signed_in: SignIn) -> Page:
    """The form of a new revision, with two rules and a target to choose."""
    make_target("Офис")
    revision = actions.save_revision({}, author=None, rules=[{"reason": "asked_for"}, {"reason": "digit_zero"}])
    actions.activate_revision(revision.pk, user=None)
    page = signed_in(browser_page, make_user("Директор"))
    page.set_default_timeout(60_000)  # the first page of a process compiles its templates
    page.goto(ADD)
    return page


def test_a_rule_is_added_moved_to_the_top_and_another_one_removed(form: Page) -> None:
    rules = form.locator("[data-rule]:visible")
    expect(rules).to_have_count(2)
    form.get_by_role("button", name="Добавить правило").click()
    new = rules.nth(2)
    new.locator("select").nth(0).select_option("unknown")
    new.get_by_label("Раз подряд").fill("4")
    new.locator("select").nth(1).select_option(label="Офис")
    expect(new.get_by_label("Слова")).to_be_hidden()
    new.get_by_role("button", name="Выше").click()
    rules.nth(1).get_by_role("button", name="Выше").click()
    rules.nth(2).get_by_role("button", name="Убрать").click()
    form.get_by_role("button", name="Сохранить редакцию").click()

    expect(form.get_by_text("Редакция 3 сохранена")).to_be_visible()
    kept = AssistantRevision.objects.get(number=3).escalations.all()
    assert [(rule.reason, rule.threshold, str(rule.target)) for rule in kept] == [
        ("unknown", 4, "Офис"),
        ("asked_for", 1, "None"),
    ]


def test_the_words_of_a_rule_show_when_they_are_what_it_waits_for(form: Page) -> None:
    rule = form.locator("[data-rule]:visible").first
    expect(rule.get_by_label("Слова")).to_be_hidden()
    rule.locator("select").first.select_option("complaint_words")

    expect(rule.get_by_label("Слова")).to_be_visible()
    expect(rule.get_by_label("Раз подряд")).to_be_hidden()


def test_a_voice_is_heard_in_the_page_and_what_is_wrong_is_said(form: Page) -> None:
    form.locator("#id_synthesizers_1").select_option("espeak")
    form.locator("#id_synthesizers_2").select_option("")
    form.locator("#id_synthesizers_3").select_option("")
    form.get_by_role("button", name="Прослушать").click()

    expect(form.get_by_text("Говорит eSpeak")).to_be_visible(timeout=30_000)
    expect(form.locator("audio")).to_be_visible()
    assert form.locator("audio").evaluate("sound => sound.src.length") > 10_000

    form.locator("#id_voice_espeak").fill("de")
    form.get_by_role("button", name="Прослушать").click()
    expect(form.get_by_text("Нет такого голоса eSpeak")).to_be_visible()
    assert form.url.endswith(ADD)
