"""«Сейчас на линии», «Оператор» and the card of a call in a real browser, against the site's own server program.

The calls are run by a process of their own, as `run_voice` runs them: it is told what happens line by line.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from calls import demo_phone
from calls.actions import open_call
from calls.models import Call, CallLogSettings
from calls.tests.factories import PHONE
from houses.tests.factories import make_house, make_user
from vasdom.env import ROOT
from voice.chat.tests.site import Site, database_url, redis_url

pytestmark = pytest.mark.django_db(transaction=True)
TARGETS = [{"key": "duty", "label": "Дежурный"}]


class Telephony:
    """Another process with running calls (`voice.live.tests.telephony`). It ends with its input, so with this one."""

    def __init__(self) -> None:
        env = {**os.environ, "DATABASE_URL": database_url(), "REDIS_URL": redis_url()}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "voice.live.tests.telephony"],
            env=env, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def tell(self, call: UUID, kind: str, **data: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"call": str(call), "kind": kind, "data": data}) + "\n")
        self._process.stdin.flush()

    def heard(self) -> dict[str, str]:
        """The next command that reached a call."""
        assert self._process.stdout is not None
        found: dict[str, str] = json.loads(self._process.stdout.readline())
        return found

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(10)


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """Three processes take part, and the machine may have other work."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def site(transactional_db: None) -> Iterator[Site]:
    with Site() as running:
        yield running


@pytest.fixture
def live_site(site: Site) -> str:
    return site.url


@pytest.fixture
def telephony(site: Site) -> Iterator[Telephony]:
    running = Telephony()
    yield running
    running.kill()


@pytest.fixture
def office(browser_page: Page, signed_in: Callable[[Page, User], Page]) -> Page:
    return signed_in(browser_page, make_user("Оператор"))


def begin(telephony: Telephony, **more: Any) -> UUID:
    call = open_call("phone", PHONE, 1, call_id=uuid4())
    telephony.tell(call.pk, "call_started", caller=PHONE, house="Аллейная 1", targets=TARGETS, **more)
    return call.pk


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.get_by_text("на связи")).to_be_visible()
    return page


def test_a_call_appears_grows_and_goes_by_itself(office: Page, telephony: Telephony) -> None:
    opened(office, "/admin/live/")
    expect(office.get_by_text("Сейчас никто не звонит")).to_be_visible()
    call = begin(telephony)
    card = office.locator(".live-card")
    expect(card).to_contain_text(PHONE)
    expect(office.locator("#live-number")).to_have_text("1")
    telephony.tell(call, "caller_heard", text="когда у нас")
    expect(card.locator(".is-pending")).to_contain_text("когда у нас…")
    expect(card).to_have_attribute("data-speaks", "caller")
    telephony.tell(call, "caller_turn", text="Когда у нас уборка?")
    expect(card.locator(".live-line.is-caller")).to_contain_text("Когда у нас уборка?")
    expect(card.locator(".is-pending")).to_have_count(0)
    telephony.tell(call, "assistant_turn", text="Завтра.", cut="Влажная <b>уборка</b>", interrupted=True)
    expect(card.locator("del")).to_have_text("Влажная <b>уборка</b>")
    office.reload()
    expect(card.locator(".live-line")).to_have_count(2)
    assert office.evaluate("document.documentElement.scrollWidth") <= 360
    telephony.tell(call, "ended", ending="caller_hung_up")
    expect(card).to_contain_text("Звонящий положил трубку")
    expect(office.get_by_text("Сейчас никто не звонит")).to_be_visible()


def test_the_buttons_reach_the_call(office: Page, telephony: Telephony) -> None:
    call = begin(telephony)
    opened(office, "/admin/live/")
    card = office.locator(".live-card")
    card.get_by_placeholder("Сказать звонящему").fill("Минуту, пожалуйста")
    card.get_by_role("button", name="Сказать").click()
    heard = telephony.heard()
    assert (heard["call"], heard["kind"], heard["text"]) == (str(call), "say", "Минуту, пожалуйста")
    assert heard["user"] == User.objects.get(groups__name="Оператор").username
    expect(card.get_by_text("Принято.")).to_be_visible()
    card.get_by_role("button", name="Перевести").click()
    office.get_by_role("dialog").get_by_role("button", name="Отмена").click()
    card.get_by_role("button", name="Перевести").click()
    office.get_by_role("dialog").get_by_role("button", name="Перевести").click()
    assert telephony.heard()["target"] == "duty"
    card.get_by_role("button", name="Завершить").click()
    expect(office.get_by_role("dialog")).to_contain_text(PHONE)
    office.get_by_role("dialog").get_by_role("button", name="Завершить").click()
    assert telephony.heard()["kind"] == "hang_up"


def test_a_process_that_dies_leaves_no_ghost(office: Page, telephony: Telephony) -> None:
    begin(telephony)
    opened(office, "/admin/live/")
    expect(office.locator(".live-card")).to_have_count(1)
    telephony.kill()
    expect(office.locator(".live-card")).to_have_count(0, timeout=40_000)


def test_a_page_that_hears_nothing_says_so_and_comes_back(office: Page, telephony: Telephony, site: Site) -> None:
    call = begin(telephony)
    opened(office, "/admin/live/")
    site.kill()
    expect(office.get_by_text("данные могли устареть")).to_be_visible()
    telephony.tell(call, "caller_turn", text="Меня слышно?")
    site.start()
    expect(office.locator(".live-card")).to_contain_text("Меня слышно?", timeout=40_000)


def test_an_operator_is_called_with_a_sound_until_somebody_answers(office: Page, telephony: Telephony) -> None:
    opened(office, "/admin/operator/")
    expect(office.get_by_text("Никто не ждёт сотрудника")).to_be_visible()
    office.get_by_role("button", name="Включить звук").click()
    expect(office.get_by_text("Звук включён")).to_be_visible()
    call, other = begin(telephony), begin(telephony)
    telephony.tell(other, "caller_turn", text="Мне никто не нужен")
    telephony.tell(call, "caller_turn", text="Позовите человека!")
    telephony.tell(call, "handover_wanted", reason="просит сотрудника")
    card = office.locator(".live-card")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("просит сотрудника")
    expect(card).to_contain_text("Позовите человека!")
    expect(card).to_have_class(re.compile("is-calling"))
    expect(office.locator("html")).to_have_attribute("data-beeps", re.compile("[2-9]"))
    telephony.tell(call, "handover", state="ringing", target="Дежурный")
    expect(card.locator("[data-part=handover]")).to_have_text("Звоним сотруднику: Дежурный")
    telephony.tell(call, "handover", state="accepted", target="Дежурный")
    expect(card.locator("[data-part=handover]")).to_have_text("Сотрудник принял звонок: Дежурный")
    expect(card).not_to_have_class(re.compile("is-calling"))
    telephony.tell(call, "ended", ending="handed_over")
    card.get_by_role("button", name="Убрать").click()
    expect(card).to_have_count(0)
    assert office.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.fixture
def recorded() -> Call:
    CallLogSettings.load()
    demo_phone.seed(make_house(title="Аллейная 1"), "Ближайшая уборка завтра.", demo_phone.timezone.localdate())
    return Call.objects.get(ending="said_goodbye")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_recording_is_played_from_a_turn_and_shows_which_one_sounds(
    office: Page, recorded: Call, scheme: str
) -> None:
    office.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    office.goto(f"/admin/calls/call/{recorded.pk}/change/")
    expect(office.locator(".call-event")).to_have_count(2)
    expect(office.locator("del.call-cut")).to_contain_text("протирает перила")
    wave = office.locator("[data-player-wave]")
    box = wave.bounding_box()
    assert box is not None
    office.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    seconds = float(wave.get_attribute("aria-valuenow") or 0)
    assert abs(seconds - recorded.recording.seconds / 2) < 1
    turn = recorded.turns.get(text__startswith="Стоимость")
    office.locator(f"#turn-{turn.number} [data-seek]").click()
    expect(office.locator(f"#turn-{turn.number}")).to_have_class(re.compile("is-sounding"))
    expect(office.get_by_role("button", name="Пауза")).to_be_visible()
    office.wait_for_function("document.querySelector('audio').currentTime > 17")
    office.get_by_role("button", name="Пауза").click()
    expect(office.get_by_role("button", name="Слушать", exact=True)).to_be_visible()
    assert office.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_waveform_is_drawn(office: Page, recorded: Call) -> None:
    office.goto(f"/admin/calls/call/{recorded.pk}/change/")
    drawn = """() => { const canvas = document.querySelector('.call-wave canvas');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, at) => at % 4 === 3 && value > 100).length; }"""
    office.wait_for_function(f"({drawn})() > 500")
