"""What is said over the socket, and what of it stands in the call log."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.contrib.auth.models import User

from calls.models import Call, Turn
from houses.tests.factories import make_user
from providers.tests.openai_twin import OpenAITwin
from voice.chat import lingering
from voice.chat.tests.line import HOST, Line, cookie_of, read

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = "Какое моющее средство использует компания для мытья подъездов?"


def turns() -> list[Turn]:
    return list(Turn.objects.order_by("call__started_at", "number"))


def the_call() -> Call:
    return Call.objects.get()


def answered() -> bool:
    return Turn.objects.filter(speaker="assistant", text__contains="Прогресс").exists()


async def until(check: Any, seconds: float = 20) -> Any:
    """What `check` returns, once it is true."""
    for _ in range(int(seconds / 0.05)):
        if found := await read(check):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen in time")


# --- the plain line


async def test_the_first_version_s_clients_get_the_greeting_and_then_the_answer_as_text(assistant: OpenAITwin) -> None:
    line = Line("callerId=TEST", json=False)
    assert await line.open()
    assert "Чем могу помочь" in await line.text()
    await line.socket.send_to(text_data=QUESTION)
    said = ""
    while "Прогресс" not in said:
        said += await line.text()
    assert "|" not in said
    assert not said.startswith("{")
    await until(answered)  # this line has no sign of an answer's end, and who leaves before it interrupts
    await line.leave()
    call = await until(lambda: Call.objects.filter(status="Completed").first())
    assert (call.channel, call.caller) == ("ws", "TEST")


async def test_bytes_and_blank_messages_do_no_harm(assistant: OpenAITwin) -> None:
    line = Line(json=False)
    assert await line.open()
    await line.text()
    await line.socket.send_to(text_data="   ")
    await line.socket.send_to(bytes_data=QUESTION.encode())
    assert "Прогресс" in await line.text()
    await until(answered)
    await line.leave()
    assert [turn.speaker for turn in await read(turns)] == ["assistant", "caller", "assistant"]


# --- vasdom.v1


async def test_an_answer_comes_in_sentences_with_its_citations_and_its_end(assistant: OpenAITwin) -> None:
    line = await Line().enter()
    await line.say(QUESTION, "q7")
    frames = await line.until("end")
    assert {frame["id"] for frame in frames} == {"q7"}
    assert "".join(frame["text"] for frame in frames if frame["type"] == "delta").strip() == frames[-1]["text"]
    cited = next(frame for frame in frames if frame["type"] == "citations")
    assert (cited["base"], cited["citations"][0]["document"]) == ("general", "Условия работы")
    assert "Прогресс" in cited["citations"][0]["text"]
    end = frames[-1]
    assert (end["base"], end["answered"], end["interrupted"], end["turn"]) == ("general", True, False, 3)
    await line.leave()


async def test_every_exchange_is_a_call_with_its_turns(assistant: OpenAITwin, manager: User) -> None:
    line = await Line(cookie=await read(cookie_of, manager), origin=f"http://{HOST}").enter()
    await line.ask(QUESTION)
    await line.leave()
    call = await read(the_call)
    assert (call.channel, call.caller, call.status, call.base) == ("web", manager.username, "Completed", "general")
    greeting, question, answer = await read(turns)
    assert (greeting.speaker, greeting.answered) == ("assistant", None)
    assert (question.speaker, question.text) == ("caller", QUESTION)
    assert (answer.speaker, answer.answered, answer.revision_number) == ("assistant", True, 1)
    assert answer.citations[0]["document"] == "Условия работы"
    assert answer.timings["total"] > 0


async def test_a_visitor_who_says_nothing_leaves_no_call(assistant: OpenAITwin) -> None:
    line = await Line().enter()
    await line.leave()
    assert not await read(Call.objects.exists)


async def test_a_question_is_kept_before_its_answer(assistant: OpenAITwin) -> None:
    assistant.first_token_seconds = 3
    line = await Line().enter()
    await line.say(QUESTION)
    question = await until(lambda: Turn.objects.filter(speaker="caller").first(), 2.5)
    assert question.text == QUESTION
    await line.send(type="stop")
    assert (await line.until("end"))[-1]["interrupted"]
    await line.leave()


async def test_a_stopped_answer_keeps_what_was_said_and_lets_the_model_go(assistant: OpenAITwin) -> None:
    assistant.token_seconds = 0.15
    line = await Line().enter()
    await line.say(QUESTION)
    await line.until("delta")
    await line.send(type="stop")
    end = (await line.until("end"))[-1]
    assert end["interrupted"]
    last = (await read(turns))[-1]
    assert (last.speaker, last.text) == ("assistant", end["text"])
    await until(lambda: assistant.asked()[-1].gone)
    assistant.token_seconds = 0
    assert not (await line.ask(QUESTION))["interrupted"]
    await line.leave()


async def test_a_connection_lost_in_mid_answer_leaves_an_interrupted_call(assistant: OpenAITwin) -> None:
    assistant.token_seconds = 0.15
    line = Line("callerId=TEST", json=False)
    assert await line.open()
    await line.text()
    await line.socket.send_to(text_data=QUESTION)
    said = await line.text()
    await line.leave(1006)
    call = await read(the_call)
    assert call.status == "Interrupted"
    assert (await read(turns))[-1].text == said.strip()


async def test_a_client_that_comes_back_goes_on_in_the_same_call(assistant: OpenAITwin) -> None:
    line = await Line().enter()
    await line.ask(QUESTION)
    await line.leave(1006)
    again = await Line(f"session={line.session}").enter()
    assert again.session == line.session
    assert (await again.ask("Где бригада хранит швабры и вёдра?"))["turn"] == 5
    await again.leave()
    call = await read(the_call)
    assert (call.status, await read(lambda: call.turns.count())) == ("Completed", 5)


async def test_a_client_that_does_not_come_back_is_missed(assistant: OpenAITwin, monkeypatch) -> None:
    monkeypatch.setattr(lingering, "LINGER_SECONDS", 0.2)
    line = await Line().enter()
    await line.ask(QUESTION)
    await line.leave(1006)
    assert (await read(the_call)).status == "InProgress"
    await until(lambda: Call.objects.filter(status="Interrupted").exists())


async def test_nobody_goes_on_in_another_s_conversation(assistant: OpenAITwin, manager: User) -> None:
    line = await Line(cookie=await read(cookie_of, manager)).enter()
    await line.ask(QUESTION)
    await line.leave(1001)
    other = make_user
    stranger = await Line(f"session={line.session}").enter()
    colleague = await Line(f"session={line.session}", cookie=await read(lambda: cookie_of(other("Оператор")))).enter()
    assert line.session not in {stranger.session, colleague.session}
    await stranger.leave()
    await colleague.leave()


async def test_messages_are_answered_in_their_order_and_too_many_are_not_taken(assistant: OpenAITwin) -> None:
    assistant.first_token_seconds = 0.4
    line = await Line().enter()
    for number in range(6):
        await line.say(QUESTION, str(number))
    frames: list[dict[str, Any]] = []
    while sum(frame["type"] in {"end", "error"} for frame in frames) < 6:
        frames.append(await line.frame())
    assert [frame["id"] for frame in frames if frame["type"] == "end"] == ["0", "1", "2", "3"]
    assert [(frame["id"], frame["code"]) for frame in frames if frame["type"] == "error"] == [
        ("4", "busy"),
        ("5", "busy"),
    ]
    await line.leave()


@pytest.mark.parametrize(
    "frame", ["не json", "[]", '"a"', "{}", '{"type": "message"}', '{"type": "message", "text": 5}']
)
async def test_what_is_no_message_is_answered_so_and_the_line_stays(assistant: OpenAITwin, frame: str) -> None:
    line = await Line().enter()
    await line.socket.send_to(text_data=frame)
    answer = await line.frame()
    assert answer["type"] == "error"
    assert answer["message"]
    assert (await line.ask(QUESTION))["answered"]
    await line.leave()


async def test_a_vendor_that_fails_still_leaves_an_answer(assistant: OpenAITwin) -> None:
    assistant.fail("status", times=20, status=500)
    line = await Line().enter()
    end = await line.ask(QUESTION)
    assert end["text"]
    await line.leave()
    assert (await read(turns))[-1].text == end["text"]


# --- ratings


async def test_an_answer_is_rated_with_a_comment(assistant: OpenAITwin, manager: User) -> None:
    line = await Line(cookie=await read(cookie_of, manager)).enter()
    end = await line.ask(QUESTION)
    await line.send(type="rate", id="r", call=end["call"], turn=end["turn"], rating=2, comment="Не про то")
    assert await line.frame() == {"type": "rated", "id": "r", "call": end["call"], "turn": end["turn"], "rating": 2}
    await line.leave()
    answer = (await read(turns))[-1]
    assert (answer.rating, answer.comment, answer.rated_by_id) == (2, "Не про то", manager.pk)


async def test_a_stranger_rates_only_the_conversation_at_hand(assistant: OpenAITwin, manager: User) -> None:
    office = await Line(cookie=await read(cookie_of, manager)).enter()
    theirs = await office.ask(QUESTION)
    stranger = await Line().enter()
    own = await stranger.ask(QUESTION)
    await stranger.send(type="rate", call=theirs["call"], turn=theirs["turn"], rating=1)
    assert (await stranger.frame())["code"] == "forbidden"
    await stranger.send(type="rate", call=own["call"], turn=own["turn"], rating=5)
    assert (await stranger.frame())["type"] == "rated"
    for bad in ({"rating": 6}, {"rating": "5"}, {"turn": 0}, {"turn": 2}, {"call": "x"}):
        await stranger.send(**{"type": "rate", "call": own["call"], "turn": own["turn"], "rating": 5} | bad)
        assert (await stranger.frame())["type"] == "error", bad
    await stranger.leave()
    await office.leave()
