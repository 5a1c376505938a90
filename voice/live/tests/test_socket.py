"""The live pages' socket: who may watch, what is masked, what a command does and where it is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from auditlog.models import LogEntry
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import Permission, User

from calls.actions import open_call
from calls.tests.factories import PHONE
from houses.tests.factories import make_user
from vasdom.asgi import application
from voice.chat.tests.line import cookie_of, read
from voice.engine.events import CallerTurn
from voice.live import feed as feeds
from voice.live import store
from voice.live.feed import LiveFeed

pytestmark = pytest.mark.django_db(transaction=True)
WITHIN = 10
HOST = "localhost"
"""Allowed from the start: the socket's check of `Origin` reads the hosts once, when the site is loaded."""
TARGETS = [{"key": "duty", "label": "Дежурный"}]


class Page:
    """A browser's end of the socket."""

    def __init__(self, cookie: str = "", origin: str = f"https://{HOST}") -> None:
        headers = [(b"host", HOST.encode()), (b"origin", origin.encode())]
        if cookie:
            headers.append((b"cookie", cookie.encode()))
        self.socket = WebsocketCommunicator(application, "/ws/live/", headers=headers)

    async def open(self) -> bool:
        return bool((await self.socket.connect(timeout=WITHIN))[0])

    async def frame(self, name: str) -> Any:
        """The next frame that carries this; others are passed over."""
        async with asyncio.timeout(WITHIN):
            while name not in (frame := await self.socket.receive_json_from(timeout=WITHIN)):
                pass
        return frame

    async def answer(self, **asked: Any) -> str:
        await self.socket.send_json_to(asked)
        return str((await self.frame("taken"))["error"])


@pytest.fixture
async def feed(transactional_db: None) -> AsyncIterator[LiveFeed]:
    """A call that goes on, known to the log, with one place to put it through to."""
    call = await read(lambda: open_call("phone", PHONE, 1, call_id=uuid4()))
    async with LiveFeed(call.pk) as running:
        running.tell("call_started", caller=PHONE, contact="Иванова Анна", house="Аллейная 1", targets=TARGETS)
        await stored(str(call.pk))
        yield running


async def stored(call_id: str) -> None:
    async with asyncio.timeout(WITHIN):
        while await store.get(call_id) is None:
            await asyncio.sleep(0.02)


async def watching(user: User) -> Page:
    page = Page(await read(cookie_of, user))
    assert await page.open()
    return page


async def test_the_office_sees_what_goes_on_and_how_it_grows(feed: LiveFeed) -> None:
    page = await watching(await read(make_user, "Оператор"))
    first = await page.frame("calls")
    [call] = [call for call in first["calls"] if call["id"] == feed.call_id]
    assert (call["caller"], call["contact"], first["may_steer"]) == (PHONE, "Иванова Анна", True)
    feed.happened(CallerTurn("Когда уборка?", 0, 1))
    changed = (await page.frame("changed"))["changed"]
    assert (changed["id"], changed["seq"]) == (feed.call_id, call["seq"] + 1)
    assert changed["lines"][0]["text"] == "Когда уборка?"
    await page.socket.send_json_to({"want": feed.call_id})
    assert (await page.frame("state"))["state"]["lines"][0]["text"] == "Когда уборка?"
    await page.socket.send_json_to({"want": str(uuid4())})
    assert (await page.frame("state"))["state"] is None
    await page.socket.disconnect()


async def test_numbers_and_names_are_for_those_who_may_read_them(feed: LiveFeed) -> None:
    user = await read(make_user, "Просмотр")
    await read(lambda: user.user_permissions.add(Permission.objects.get(codename="watch_live")))
    page = await watching(user)
    first = await page.frame("calls")
    feed.happened(CallerTurn("Мой номер 8 495 000-00-00", 0, 1))
    [call] = [call for call in first["calls"] if call["id"] == feed.call_id]
    assert (call["caller"], call["contact"], first["may_steer"]) == ("•••01", "", False)
    changed = (await page.frame("changed"))["changed"]
    assert "495" not in json.dumps(changed)
    assert "роль" in await page.answer(call=feed.call_id, kind="hang_up")
    await page.socket.disconnect()


@pytest.mark.parametrize("role", ["Просмотр", "Бригада", None])
async def test_others_are_turned_away(transactional_db: None, role: str | None) -> None:
    page = Page(await read(lambda: cookie_of(make_user(role))) if role else "")
    assert await page.open()
    assert (await page.socket.receive_output(timeout=WITHIN))["code"] == 4403


async def test_a_foreign_page_is_turned_away(transactional_db: None) -> None:
    cookie = await read(lambda: cookie_of(make_user("Директор")))
    assert not await Page(cookie, origin="https://foreign.example").open()


async def test_a_right_that_is_taken_away_ends_the_watching(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice.live.consumers.BEAT_SECONDS", 0.1)
    user = await read(make_user, "Оператор")
    page = await watching(user)
    await page.frame("alive")
    await read(lambda: user.groups.clear())
    async with asyncio.timeout(WITHIN):
        while (output := await page.socket.receive_output(timeout=WITHIN))["type"] != "websocket.close":
            pass
    assert output["code"] == 4403


async def test_commands_reach_the_call_and_the_audit_trail(feed: LiveFeed) -> None:
    page = await watching(await read(make_user, "Оператор"))
    await page.frame("calls")
    commands = feed.commands()
    taking = asyncio.create_task(anext(commands))
    async with asyncio.timeout(WITHIN):
        while not taking.done():  # it may not listen yet
            assert await page.answer(call=feed.call_id, kind="transfer", target="duty", id="7") == ""
            await asyncio.wait({taking}, timeout=0.3)
    command = taking.result()
    assert (command.kind, command.target, command.id) == ("transfer", "duty", "7")
    taken = (await page.frame("changed"))["changed"]["fields"]["command"]
    assert taken["id"] == "7"
    entry = await read(
        lambda: LogEntry.objects.filter(object_pk=feed.call_id, changes__has_key="Вмешательство").first()
    )
    assert entry.changes["Вмешательство"][1] == "перевести: Дежурный"
    await commands.aclose()
    await page.socket.disconnect()


async def test_what_makes_no_sense_is_refused_with_a_sentence(feed: LiveFeed) -> None:
    page = await watching(await read(make_user, "Оператор"))
    await page.frame("calls")
    assert await page.answer(call=feed.call_id, kind="transfer", target="+70000000009") == "Сюда перевести нельзя."
    assert "Что сказать" in await page.answer(call=feed.call_id, kind="say", text="  ")
    assert "Что сказать" in await page.answer(call=feed.call_id, kind="say", text="а" * 501)
    assert await page.answer(call=str(UUID(int=5)), kind="hang_up") == "Звонок уже закончен."
    assert await page.answer(call="../..", kind="hang_up") == "Такого звонка нет."
    assert await page.answer(kind="взорвать") == "Такой команды нет."
    await page.socket.send_to(text_data="не JSON")
    assert (await page.frame("taken"))["error"]
    await page.socket.send_to(bytes_data=b"\x00\xff")
    assert (await page.frame("taken"))["error"]
    await page.socket.disconnect()


async def test_what_lives_is_told_again_and_again(feed: LiveFeed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice.live.consumers.BEAT_SECONDS", 0.1)
    assert feeds.BEAT_SECONDS < store.TTL_SECONDS / 2
    page = await watching(await read(make_user, "Менеджер"))
    assert feed.call_id in (await page.frame("alive"))["alive"]
    await feed.close()
    async with asyncio.timeout(WITHIN):
        while feed.call_id in (await page.frame("alive"))["alive"]:
            pass
    await page.socket.disconnect()
