"""The assistant on the phone: clauses, keys, and when a person is wanted."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from uuid import uuid4

import pytest
from django.utils import timezone

from tasks.models import Task
from voice.assistant import Conversation
from voice.engine.events import Done, GoodBye, HandOver, Say, Step, TakeMessage
from voice.engine.ports import PendingReply
from voice.engine.session import DEAF
from voice.phone.brain import PhoneBrain, after_the_first_sentence
from voice.phone.engine_settings import stock_texts
from voice.phone.rules import Escalation, Reason
from voice.snapshot import CallSettings, active_settings
from voice.threads import in_thread

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "+74950000000"


async def settings_with(*rules: Escalation) -> CallSettings:
    return replace(await in_thread(active_settings), escalations=rules)


async def brain_with(*rules: Escalation) -> PhoneBrain:
    call = await settings_with(*rules)
    conversation = Conversation(str(uuid4()), channel="phone", phone=PHONE, settings=call)
    return PhoneBrain(conversation, call, call_id=uuid4(), phone=PHONE)


async def steps(pending: PendingReply) -> list[Step]:
    pending.confirm()
    async with aclosing(pending.steps()) as found:
        return [step async for step in found]


def spoken(found: list[Step]) -> str:
    return " ".join(step.text for step in found if isinstance(step, Say))


def follows(found: list[Step]) -> Step | None:
    return next((step for step in found if isinstance(step, HandOver | GoodBye | TakeMessage)), None)


async def test_every_reply_ends_with_its_record() -> None:
    brain = await brain_with()
    found = await steps(brain.begin("Как вас зовут?"))

    assert "помощник" in spoken(found)
    assert isinstance(found[-1], Done)
    assert found[-1].record.end.text == spoken(found)


async def test_who_asks_for_a_person_is_put_through() -> None:
    brain = await brain_with()

    assert follows(await steps(brain.begin("Соедините с оператором"))) == HandOver(Reason.ASKED_FOR)


async def test_words_of_anger_lead_to_a_person_with_the_rule_s_phrase() -> None:
    rule = Escalation(Reason.COMPLAINT_WORDS, words=("в суд",), phrase="Понимаю вас, соединяю с руководителем.")
    found = await steps((await brain_with(rule)).begin("Я на вас в суд подам"))

    assert follows(found) == HandOver(Reason.COMPLAINT_WORDS)
    assert "соединяю с руководителем" in spoken(found)


async def test_twice_unknown_leads_to_a_person_and_once_does_not() -> None:
    brain = await brain_with(Escalation(Reason.UNKNOWN, threshold=2))

    first = await steps(brain.begin("Кто выиграл чемпионат по хоккею?"))
    second = await steps(brain.begin("А какой курс доллара?"))

    assert follows(first) is None
    assert "Могу соединить" in spoken(first)
    assert follows(second) == HandOver(Reason.UNKNOWN)
    assert "Могу соединить" not in spoken(second)


def test_only_whole_sentences_are_left_out() -> None:
    long = "К сожалению, на этот вопрос у меня в моих сведениях ответа нет, потому что об этом мне не рассказывали."
    assert after_the_first_sentence(f"{long} Соединить с сотрудником?") == ["Соединить с сотрудником?"]
    assert after_the_first_sentence(long) == []
    assert after_the_first_sentence("") == []


async def test_what_is_said_clause_by_clause_is_ready_so() -> None:
    brain = await brain_with()
    ready = stock_texts(await settings_with(), timezone.localtime())

    for question in ("Кто выиграл чемпионат по хоккею?", "Соедините с оператором", "До свидания"):
        said = [step.text for step in await steps(brain.begin(question)) if isinstance(step, Say)]
        assert said
        assert set(said) <= set(ready)


async def test_what_could_not_be_heard_is_asked_again_then_the_keys_are_offered() -> None:
    brain = await brain_with()
    first, second = await steps(brain.unheard("timeout")), await steps(brain.unheard("timeout"))

    assert "нажмите" not in spoken(first).lower()
    assert "нажмите" in spoken(second).lower()


async def test_without_a_recogniser_the_keys_are_offered_at_once() -> None:
    brain = await brain_with()

    assert "нажмите" in spoken(await steps(brain.unheard(DEAF))).lower()


async def test_a_key_waits_for_no_other_once_the_keys_were_offered() -> None:
    brain = await brain_with()
    assert not brain.is_whole("1")
    await steps(brain.unheard(DEAF))
    assert brain.is_whole("1")
    assert not brain.is_whole("12")
    await steps(brain.begin("Как вас зовут?"))
    assert not brain.is_whole("1")


async def test_the_key_for_the_next_cleaning_answers_by_the_number() -> None:
    brain = await brain_with()

    assert "по вашему номеру" in spoken(await steps(brain.dialled("1"))).lower()


async def test_the_key_for_a_message_takes_one_and_it_becomes_a_task() -> None:
    brain = await brain_with()
    assert isinstance(follows(await steps(brain.dialled("2"))), TakeMessage)

    said = spoken(await steps(brain.message_taken(12.0)))
    task = await Task.objects.aget()
    assert str(task.pk) in said
    assert "12 с" in task.text


async def test_an_empty_message_is_no_task() -> None:
    brain = await brain_with()

    assert "не слышу" in spoken(await steps(brain.message_taken(0.0)))
    assert not await Task.objects.aexists()


async def test_a_goodbye_ends_the_call() -> None:
    brain = await brain_with()

    assert isinstance(follows(await steps(brain.begin("До свидания"))), GoodBye)


async def test_nothing_is_counted_for_words_that_were_only_guessed() -> None:
    brain = await brain_with(Escalation(Reason.UNKNOWN, threshold=2))
    for _ in range(3):
        pending = brain.begin("Кто выиграл чемпионат по хоккею?")
        async with aclosing(pending.steps()) as found:
            await anext(found)
        await pending.drop()

    assert follows(await steps(brain.begin("Кто выиграл чемпионат по хоккею?"))) is None
