"""Dashboard, analytics and state of the system in a real browser, on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from houses.models import CleaningVisit, Stage
from houses.tests.factories import make_brigade, make_company, make_house, make_user, make_visit

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ("/admin/", "/admin/analytics/", "/admin/status/", "/admin/about/")


@pytest.fixture
def page(browser_page: Page, signed_in: Callable[[Page, User], Page], transactional_db: None) -> Page:
    cache.clear()
    paused = Stage.objects.create(status_id="C34:PAUSE", name="Пауза", color="#f0a030", sort=2)
    company = make_company()
    for number in range(1, 8):
        house = make_house(brigade=make_brigade(number), company=company, apartments=None, issues=["no_apartments"])
        make_visit(house, status=CleaningVisit.Status.DONE if number % 2 else CleaningVisit.Status.PLANNED)
    make_house(stage=paused)
    return signed_in(browser_page, make_user("Директор"))


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_the_phone(page: Page, address: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_chart_of_stages_turns_into_bars_and_stays_so(page: Page) -> None:
    page.goto("/admin/")
    ring = page.locator(".stages .ring")
    expect(ring).to_be_visible()
    page.get_by_text("Столбцы", exact=True).click()
    expect(ring).to_be_hidden()
    expect(page.locator(".stages .track").first).to_be_visible()
    page.reload()
    expect(ring).to_be_hidden()


def test_the_chart_is_switched_by_keyboard(page: Page) -> None:
    page.goto("/admin/")
    page.locator("#chart-pie").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".stages .ring")).to_be_hidden()


def test_a_choice_applies_at_once_and_leaves_no_empty_parameters(page: Page) -> None:
    page.goto("/admin/?period=week")
    page.locator("select[name=brigade]").select_option(label="3 бригада")
    page.wait_for_url(re.compile(r"brigade=\d+"))
    assert "period=week" in page.url
    assert "company=" not in page.url
    assert "date_from" not in page.url
    expect(page.locator(".tile .value").first).to_contain_text("1")


def test_days_typed_beside_a_preset_take_its_place(page: Page) -> None:
    page.goto("/admin/?period=week")
    page.locator("input[name=date_from]").fill(f"{timezone.localdate():%Y-%m}-01")
    page.get_by_role("button", name="Показать").click()
    page.wait_for_url(re.compile("date_from="))
    assert "period" not in page.url


def test_a_figure_opens_its_rows(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_role("link", name="Выполнено 4").click()
    page.wait_for_url(re.compile("/admin/houses/cleaningvisit/.*status=done"))


def test_the_month_is_walked_through(page: Page) -> None:
    page.goto("/admin/analytics/?month=2026-01")
    page.get_by_role("link", name="← Предыдущий").click()
    page.wait_for_url(re.compile("month=2025-12"))
    expect(page.get_by_text("Декабрь 2025").first).to_be_visible()


def test_the_state_of_the_system_refreshes_itself_and_says_when_it_cannot(page: Page) -> None:
    page.clock.install()
    page.goto("/admin/status/")
    expect(page.get_by_text("База данных", exact=True)).to_be_visible()
    with page.expect_response("**/admin/status/fragment/"):
        page.clock.run_for(10_500)
    expect(page.locator("#status-trouble")).to_be_hidden()
    page.route("**/admin/status/fragment/", lambda route: route.abort())
    page.clock.run_for(10_500)
    expect(page.locator("#status-trouble")).to_be_visible()
