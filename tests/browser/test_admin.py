"""The office's lists and side panel in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from houses.access import setup_roles
from houses.models import Act
from houses.tests.factories import make_brigade, make_company, make_house, make_slot, make_user, make_visit

pytestmark = pytest.mark.django_db(transaction=True)
HOUSES = "/admin/houses/house/"
PAGES = (
    HOUSES,
    "/admin/houses/cleaningvisit/",
    "/admin/kpi/",
    "/admin/acts/",
    "/admin/missing/",
    "/admin/houses/syncrun/",
)


@pytest.fixture
def page(browser_page: Page, signed_in: Callable[[Page, User], Page], transactional_db: None) -> Page:
    setup_roles()
    today = timezone.localdate()
    for number in range(1, 13):
        slot = make_slot(f"{today:%Y-%m}-03 {today:%Y-%m}-17")
        house = make_house(
            title=f"Аллейная {number:02}",
            brigade=make_brigade(1 + number % 2),
            company=make_company(),
            schedule=[slot.to_json()],
        )
        make_visit(house, today + timedelta(days=number))
    return signed_in(browser_page, make_user("Менеджер"))


def wide(page: Page) -> Page:
    page.set_viewport_size({"width": 1440, "height": 900})
    return page


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_the_phone(page: Page, address: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_panel_opens_over_the_filtered_list_and_leaves_it_as_it_was(page: Page) -> None:
    wide(page).goto(f"{HOUSES}?brigade={make_brigade(1).pk}&per_page=10")
    button = page.get_by_role("link", name=re.compile("График")).first
    button.click()
    panel = page.get_by_role("dialog")
    expect(panel).to_be_visible()
    expect(panel.get_by_text("Периодичность: 2 раза")).to_be_visible()
    assert "brigade=" in page.url
    assert re.search(r"#schedule-\d+$", page.url)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert page.url.endswith("per_page=10")
    expect(button).to_be_focused()


def test_the_panel_keeps_the_focus_inside_and_turns_months(page: Page) -> None:
    wide(page).goto(HOUSES)
    page.get_by_role("link", name=re.compile("График")).first.click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("button", name="Закрыть")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        outside = "!document.activeElement.closest('dialog') && document.activeElement !== document.body"
        assert not page.evaluate(outside)
    shown = panel.get_by_role("heading", level=3).first.inner_text()
    panel.get_by_role("link", name="Следующий месяц").click()
    expect(panel.get_by_role("heading", level=3).first).not_to_have_text(shown)
    assert "?month=" in page.url


def test_a_shared_address_opens_the_panel_at_once(page: Page) -> None:
    house = make_house(title="Кирова 1")
    wide(page).goto(f"{HOUSES}#details-{house.pk}")
    expect(page.get_by_role("dialog").get_by_role("heading", name="Кирова 1")).to_be_visible()
    page.goto("about:blank")
    page.goto(f"{HOUSES}#details-999999")
    expect(page.get_by_role("dialog").get_by_text("Дом не найден")).to_be_visible()


def test_an_act_is_signed_without_leaving_the_page(page: Page) -> None:
    house = make_house(title="Кирова 1")
    wide(page).goto(f"{HOUSES}{house.pk}/change/")
    page.get_by_role("link", name="Акт подписан").first.click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Кто подписал").fill("Старшая по дому")
    panel.get_by_role("button", name="Акт подписан").click()
    expect(page.get_by_text("Старшая по дому")).to_be_visible()
    assert Act.objects.get(house=house).signed_by == "Старшая по дому"


def test_a_choice_applies_at_once_and_stays_in_the_address(page: Page) -> None:
    wide(page).goto(HOUSES)
    page.get_by_label("Бригада", exact=True).select_option(label="2 бригада")
    expect(page).to_have_url(re.compile(r"\?brigade=\d+$"))
    page.get_by_role("link", name="10", exact=True).click()
    expect(page).to_have_url(re.compile(r"brigade=\d+&per_page=10"))
    page.get_by_role("link", name="Месяц", exact=True).click()
    expect(page.get_by_role("link", name="Месяц", exact=True)).to_have_attribute("aria-current", "true")
    assert "per_page=10" in page.url
    assert "date_from=" in page.url


def test_the_hidden_filters_unfold_on_a_phone(page: Page) -> None:
    page.goto(HOUSES)
    stage = page.get_by_label("Стадия")
    expect(stage).to_be_hidden()
    page.get_by_text("Ещё фильтры").click()
    expect(stage).to_be_visible()
