"""A real Chromium against a real server.

`live_site` is the address of a running site on the test's database, `browser_page` a phone-sized page that fails the
test when the page throws or asks another host for anything, `signed_in` puts a user's session into a page.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

if TYPE_CHECKING:  # a path on the command line has this file read before there are models
    from django.contrib.auth.models import User

# Playwright keeps an event loop in this thread, and Django then refuses its database; no coroutine runs here.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

NAMES = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="chromium is not installed"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module. Not for the session: its event loop would stand in the way of asyncio tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def live_site(live_server, tmp_path, settings) -> str:
    settings.MEDIA_ROOT = tmp_path / "media"
    return str(live_server.url)


@pytest.fixture
def browser_context(chromium: Browser, live_site: str) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        base_url=live_site, viewport=PHONE, is_mobile=True, has_touch=True, locale="ru-RU", timezone_id="Europe/Moscow"
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def browser_page(browser_context: BrowserContext, live_site: str) -> Iterator[Page]:
    page = browser_context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: faults.extend(foreign(request.url, live_site)))
    yield page
    assert not faults, faults


def foreign(url: str, site: str) -> list[str]:
    """The address, when a page loads it from anywhere but the site."""
    parts = urlsplit(url)
    return [url] if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != urlsplit(site).netloc else []


@pytest.fixture
def signed_in(live_site: str) -> Callable[[Page, User], Page]:
    """Gives a page the session of a user, without the sign-in form."""

    def sign_in(page: Page, user: User) -> Page:
        client = Client()
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_site}])
        return page

    return sign_in
