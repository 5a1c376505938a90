"""A reply that is begun on a guess: nothing has an effect before it is confirmed, only what was heard is remembered."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from tasks.models import Task
from voice.assistant import Conversation
from voice.events import Delta, End
from voice.pending import PendingAnswer

pytestmark = pytest.mark.django_db(transaction=True)


async def whole(pending: PendingAnswer) -> tuple[str, End]:
    said, end = [], None
    async with aclosing(pending.events()) as events:
        async for event in events:
            if isinstance(event, Delta):
                said.append(event.text)
            if isinstance(event, End):
                end = event
    assert end is not None
    return "".join(said), end


async def test_a_complaint_is_not_registered_before_the_turn_is_certain() -> None:
    conversation = Conversation("pending-1", channel="phone", phone="+74950000000")
    pending = conversation.begin("Хочу пожаловаться: в подъезде на лестнице грязно, адреса не знаю, без адреса")
    working = asyncio.create_task(whole(pending))
    await asyncio.sleep(0.5)

    assert not await Task.objects.aexists()

    pending.confirm()
    await working
    follow = conversation.begin("без адреса")
    pending.remember("", interrupted=False)
    follow = conversation.begin("без адреса")
    follow.confirm()
    await whole(follow)
    assert await Task.objects.acount() == 1


async def test_what_is_dropped_was_never_asked() -> None:
    conversation = Conversation("pending-2", channel="phone")
    await whole(conversation.begin("Когда уборка на Кибальчича 3?"))

    assert not conversation.fork().messages


async def test_only_what_was_heard_is_remembered() -> None:
    conversation = Conversation("pending-3", channel="phone")
    pending = conversation.begin("Как вас зовут?")
    pending.confirm()
    await whole(pending)
    pending.remember("Меня зовут", interrupted=True)

    question, answer = conversation.fork().messages
    assert question.content == "Как вас зовут?"
    assert answer.content.startswith("Меня зовут")
    assert "…" in answer.content


async def test_a_goodbye_says_so() -> None:
    _, end = await whole(Conversation("pending-4", channel="phone").begin("До свидания"))

    assert end.ends
