"""Who is let in, and how much they may say."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session

from calls.models import Call, Turn
from providers.tests.openai_twin import OpenAITwin
from voice.chat import consumers
from voice.chat.models import ChatSettings
from voice.chat.tests.line import HOST, Line, cookie_of, read
from voice.chat.visitors import believed_address

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = "Какое моющее средство использует компания для мытья подъездов?"


def tune(**values: object) -> None:
    ChatSettings.load()
    ChatSettings.objects.update(**values)


def channels() -> list[str]:
    return list(Call.objects.order_by("started_at").values_list("channel", flat=True))


# --- pages


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", f"https://{HOST}.evil.example", f"http://{HOST}:8080", "http://[::1", "file://"],
)
async def test_another_site_s_page_is_refused_at_the_handshake(assistant: OpenAITwin, origin: str) -> None:
    assert not await Line(origin=origin, host=f"{HOST}:8000").open()


async def test_a_site_of_cors_origins_may_talk_but_is_a_stranger(
    assistant: OpenAITwin, manager: User, settings
) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://www.example"]
    line = await Line(origin="https://www.example", cookie=await read(cookie_of, manager)).enter()
    await line.ask(QUESTION)
    await line.leave()
    assert await read(channels) == ["ws"]


async def test_the_own_page_carries_the_session(assistant: OpenAITwin, manager: User, settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://office.example:8443"]
    for origin in (f"http://{HOST}", "https://office.example:8443"):
        line = await Line(origin=origin, cookie=await read(cookie_of, manager)).enter()
        await line.ask(QUESTION)
        await line.leave()
    assert await read(channels) == ["web", "web"]


async def test_a_host_that_is_not_ours_makes_no_own_page(assistant: OpenAITwin, settings) -> None:
    settings.ALLOWED_HOSTS = ["other.example"]
    assert not await Line(origin=f"http://{HOST}").open()


# --- closed, signed out


async def test_one_setting_closes_the_chat_to_strangers(assistant: OpenAITwin, manager: User) -> None:
    await read(lambda: tune(is_public=False))
    stranger = Line()
    assert await stranger.open()
    assert "сотрудникам" in (await stranger.frame())["message"]
    assert await stranger.close_code() == 4403
    office = await Line(cookie=await read(cookie_of, manager)).enter()
    assert (await office.ask(QUESTION))["answered"]
    await office.leave()


async def test_closing_the_chat_ends_conversations_that_are_going_on(assistant: OpenAITwin) -> None:
    line = await Line().enter()
    await read(lambda: tune(is_public=False))
    await line.say(QUESTION)
    assert await line.close_code() == 4403
    assert not await read(Turn.objects.exists)


async def test_whoever_signs_out_talks_no_more(assistant: OpenAITwin, manager: User) -> None:
    line = await Line(cookie=await read(cookie_of, manager)).enter()
    await read(Session.objects.all().delete)
    await line.say(QUESTION)
    assert await line.close_code() == 4401


async def test_a_login_without_a_role_is_a_stranger(assistant: OpenAITwin) -> None:
    nobody = await read(lambda: User.objects.create_user("nobody", is_staff=True))
    line = await Line(cookie=await read(cookie_of, nobody)).enter()
    await line.ask(QUESTION)
    await line.leave()
    assert await read(channels) == ["ws"]


# --- limits


async def test_a_message_that_is_too_long_is_not_taken(assistant: OpenAITwin) -> None:
    await read(lambda: tune(message_length=60))
    line = await Line().enter()
    await line.say("а" * 61, "x")
    refused = await line.frame()
    assert (refused["code"], refused["id"]) == ("too_long", "x")
    assert "60" in refused["message"]
    assert (await line.ask("а" * 60))["text"]
    await line.leave()


async def test_messages_of_one_address_are_counted_together(assistant: OpenAITwin, manager: User) -> None:
    await read(lambda: tune(messages_per_minute=2))
    first, second = await Line().enter(), await Line().enter()
    await first.ask(QUESTION)
    await second.ask(QUESTION)
    await second.say(QUESTION)
    refused = await second.frame()
    assert refused["code"] == "throttled"
    assert 1 <= refused["retry_after"] <= 60
    elsewhere = await Line(address="198.51.100.7").enter()
    office = await Line(cookie=await read(cookie_of, manager)).enter()
    for line in (elsewhere, office):
        await line.ask(QUESTION)
    for line in (first, second, elsewhere, office):
        await line.leave()


async def test_so_many_conversations_of_one_address_at_once_and_no_more(assistant: OpenAITwin) -> None:
    await read(lambda: tune(sessions_per_address=2))
    first, second, third = await Line().enter(), await Line().enter(), Line()
    assert await third.open()
    assert (await third.frame())["code"] == "too_many_sessions"
    assert await third.close_code() == 4429
    await first.leave()
    fourth = await Line().enter()
    await fourth.leave()
    await second.leave()


async def test_a_silent_conversation_of_a_stranger_is_closed(assistant: OpenAITwin, monkeypatch) -> None:
    monkeypatch.setattr(consumers, "PULSE_SECONDS", 0.1)
    line = Line()
    line.socket.scope["client"] = ["203.0.113.9", 1]
    await line.enter()
    monkeypatch.setattr(ChatSettings, "STAFF_SESSIONS", 1)
    await line.ask(QUESTION)
    from voice.chat import admission

    now = admission.time.monotonic()
    monkeypatch.setattr(admission.time, "monotonic", lambda: now + 3600)
    assert await line.close_code() == 4408


@pytest.mark.parametrize(
    ("direct", "forwarded", "believed"),
    [
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::1", "9.9.9.9, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("2001:db8:1:2:3::4", "", "2001:db8:1:2::/64"),
        ("", "unix", "unix"),
    ],
)
def test_an_address_is_believed_from_our_proxy_only(direct: str, forwarded: str, believed: str) -> None:
    assert believed_address(direct, forwarded) == believed
