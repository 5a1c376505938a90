"""A running call and the office: what is told arrives, what is asked for arrives, and nothing is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from channels.layers import get_channel_layer

from voice.engine.events import AssistantSpeaks, AssistantTurn, CallerHeard, CallerTurn, Ended, Ending, Resumed
from voice.live import feed as feeds
from voice.live import store
from voice.live.feed import GROUP, Command, LiveFeed, group_of

WITHIN = 10


@pytest.fixture
async def listener() -> AsyncIterator[Any]:
    """Awaits the next message of the group."""
    layer: Any = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    yield lambda: asyncio.wait_for(layer.receive(channel), WITHIN)
    await layer.group_discard(GROUP, channel)


async def until(condition: Any) -> Any:
    async with asyncio.timeout(WITHIN):
        while not (found := await condition()):
            await asyncio.sleep(0.02)
        return found


async def test_a_page_opened_in_mid_call_sees_what_was_said(listener: Any) -> None:
    call = uuid4()
    async with LiveFeed(call) as feed:
        await feed.publish("call_started", caller="+70000000001", house="Аллейная 1", house_id=5, targets=[])
        feed.happened(CallerTurn("Когда уборка?", 0, 1))
        feed.happened(AssistantSpeaks("Уборка завтра."))
        feed.happened(CallerHeard("подожди"))
        feed.happened(AssistantTurn("Уборка завтра.", "Влажная.", 1, 2, interrupted=True))

        async def told() -> Any:
            state = await store.get(str(call))
            return state if state and len(state["lines"]) == 2 else None

        state = await until(told)
        assert (state["caller"], state["house_id"], state["speaks"], state["interim"]) == (
            "+70000000001",
            5,
            "caller",
            "подожди",
        )
        assert [line["text"] for line in state["lines"]] == ["Когда уборка?", "Уборка завтра."]
        assert (state["lines"][1]["cut"], state["lines"][1]["interrupted"]) == ("Влажная.", True)
        assert call.hex in {one["id"].replace("-", "") for one in await store.everyone()}
    assert await store.get(str(call)) is None
    assert str(call) not in {one["id"] for one in await store.everyone()}


async def test_the_pages_are_told_in_order_and_of_the_end(listener: Any) -> None:
    async with LiveFeed(uuid4()) as feed:
        feed.tell("call_started", caller="+70000000001")
        first = await listener()
        feed.happened(AssistantSpeaks("Здравствуйте."))
        feed.happened(Resumed(0.4, "угу"))
        second = await listener()
        feed.happened(Ended(Ending.SAID_GOODBYE))
    third = await listener()
    assert [one["seq"] for one in (first, second, third)] == [1, 2, 3]
    assert first["fields"]["caller"] == "+70000000001"
    assert second["fields"]["saying"] == "Здравствуйте."
    assert second["lines"][0]["note"] == "Пауза и продолжение после «угу»"
    assert third["fields"]["ended"]["ending"] == "said_goodbye"


async def test_a_command_reaches_its_call_only_and_is_told_as_taken(listener: Any) -> None:
    mine, other = uuid4(), uuid4()
    layer: Any = get_channel_layer()
    async with LiveFeed(mine) as feed, LiveFeed(other) as stranger:
        taken: list[Command] = []

        async def take(from_feed: LiveFeed) -> None:
            async for command in from_feed.commands():
                taken.append(command)

        tasks = [asyncio.create_task(take(one)) for one in (feed, stranger)]

        async def sent() -> bool:
            await layer.group_send(group_of(mine), {"type": "live.command", "kind": "say", "text": "Минуту", "id": "7"})
            return bool(taken)

        await until(sent)
        assert taken[0] == Command("say", text="Минуту", id="7")
        assert (await listener())["fields"]["command"]["id"] == "7"
    await asyncio.wait_for(asyncio.gather(*tasks), WITHIN)
    assert {command.kind for command in taken} == {"say"}


async def test_a_process_that_dies_leaves_no_ghost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "TTL_SECONDS", 1)
    monkeypatch.setattr(feeds, "BEAT_SECONDS", 0.2)
    key = uuid4()
    call, feed = str(key), LiveFeed(key)
    async with feed:
        feed.tell("call_started", caller="+70000000001")
        await until(lambda: store.get(call))
        await asyncio.sleep(1.5)
        assert await store.get(call), "the heartbeat keeps it"
        assert feed._sender is not None
        feed._sender.cancel()  # as a dead process would: no word of the end

        async def gone() -> bool:
            return await store.get(call) is None and call not in {one["id"] for one in await store.everyone()}

        await until(gone)


async def test_valkey_that_is_away_does_not_hold_the_call_up(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(store, "put", away)
    async with asyncio.timeout(WITHIN):
        async with LiveFeed(uuid4()) as feed:
            feed.tell("call_started")
            await asyncio.sleep(0.3)
            feed.tell("answered")
