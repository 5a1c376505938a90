"""The protocol of OpenAI-compatible servers, with its oddities."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from providers import registry
from providers.deadlines import Deadlines
from providers.errors import BrokenOff, ProviderError, Rejected, Timeout, Unavailable
from providers.llm import Message, Piece, TextDelta, ToolCall, ToolSpec
from providers.openai import clients
from providers.registry import language_model
from providers.tests.adapters import KEY, account, chat_config
from providers.tests.openai_twin import Fault, OpenAITwin, Reply, ToolReply

ASK = (Message("user", "Когда уборка?"),)
SEARCH = ToolSpec("search", "Поиск", {"type": "object", "properties": {"query": {"type": "string"}}})


async def said(twin: OpenAITwin, messages: Any = ASK, tools: Any = (), **fields: Any) -> list[Piece]:
    model = language_model("openai", chat_config(twin, **fields))
    await model.ready()
    return [piece async for piece in model.reply(messages, tools)]


async def failure(twin: OpenAITwin, **fields: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await said(twin, **fields)
    return caught.value


async def test_the_conversation_arrives_as_the_protocol_writes_it(twin: OpenAITwin) -> None:
    call = ToolCall("call_7", "search", {"query": "окна"})
    conversation = (
        Message("system", "Правила."),
        Message("user", "Моете окна?"),
        Message("assistant", "", tool_calls=(call,)),
        Message("tool", "Моем два раза в год.", tool_call_id="call_7"),
    )
    await said(twin, conversation, (SEARCH,))
    body = twin.requests[0].body
    assert [item["role"] for item in body["messages"]] == ["system", "user", "assistant", "tool"]
    assert body["messages"][2]["tool_calls"][0]["id"] == body["messages"][3]["tool_call_id"] == "call_7"
    assert "окна" in body["messages"][2]["tool_calls"][0]["function"]["arguments"]
    assert body["messages"][3]["content"] == "Моем два раза в год."
    assert body["tools"][0]["function"] == {
        "name": "search",
        "description": "Поиск",
        "parameters": {"type": "object", "properties": {"query": {"type": "string"}}},
    }
    assert body["stream"] is True
    assert "stream_options" not in body
    assert twin.requests[0].headers["authorization"] == f"Bearer {KEY}"


async def test_settings_of_the_model_are_sent_and_the_unset_are_not(twin: OpenAITwin) -> None:
    await said(twin, model="gpt-4o", temperature=0.7, max_tokens=128)
    await said(twin, temperature=None, streaming=False)
    first, second = (request.body for request in twin.requests)
    assert (first["model"], first["temperature"], first["max_tokens"]) == ("gpt-4o", 0.7, 128)
    assert not {"temperature", "max_tokens", "max_completion_tokens", "tools"} & set(second)
    assert not second.get("stream")


async def test_one_connection_serves_one_question_after_another(twin: OpenAITwin) -> None:
    for _ in range(5):
        await said(twin)
    await said(twin, model="gpt-4o", streaming=False)
    assert twin.connections == 1


async def test_connections_are_closed_when_asked(twin: OpenAITwin) -> None:
    await said(twin)
    await registry.close()
    await said(twin)
    assert twin.connections == 2


def test_loops_that_are_over_leave_no_connections_behind(twin: OpenAITwin) -> None:
    for _ in range(4):
        asyncio.run(said(twin))
    assert len([loop for loop in clients.loops() if loop.is_closed()]) <= 1


@pytest.mark.parametrize("streaming", [True, False])
async def test_parallel_calls_that_a_server_numbers_alike_stay_apart(twin: OpenAITwin, streaming: bool) -> None:
    tools = (ToolReply("search", {"query": "окна"}, "a"), ToolReply("search", {"query": "двери"}, "b"))
    twin.answers.append(Reply(tools=tools, same_index=True, usage=True))
    assert await said(twin, tools=(SEARCH,), streaming=streaming) == [
        ToolCall("a", "search", {"query": "окна"}),
        ToolCall("b", "search", {"query": "двери"}),
    ]


@pytest.mark.parametrize("streaming", [True, False])
@pytest.mark.parametrize("arguments", ['{"query": "ок', '["окна"]'])
async def test_broken_arguments_are_no_tool_call(twin: OpenAITwin, streaming: bool, arguments: str) -> None:
    twin.answers.append(Reply(tools=(ToolReply("search", arguments),)))
    error = await failure(twin, tools=(SEARCH,), streaming=streaming)
    assert isinstance(error, Unavailable)
    assert error.retryable


async def test_a_long_tool_call_is_not_taken_for_a_stall(twin: OpenAITwin) -> None:
    twin.token_seconds = 0.1
    twin.answers.append(Reply(tools=(ToolReply("search", {"query": "окна " * 16}),)))
    pieces = await said(twin, tools=(SEARCH,), deadlines=Deadlines(0.5, 0.5, 10))
    assert isinstance(pieces[0], ToolCall)


@pytest.mark.parametrize("streaming", [True, False])
async def test_an_empty_answer_is_a_failure_worth_another_try(twin: OpenAITwin, streaming: bool) -> None:
    twin.answers.append(Reply())
    error = await failure(twin, streaming=streaming)
    assert isinstance(error, Unavailable)
    assert error.retryable


async def test_an_answer_cut_by_its_length_says_so(twin: OpenAITwin) -> None:
    twin.answers.append(Reply("Моют по средам и", finish="length"))
    error = await failure(twin)
    assert isinstance(error, BrokenOff)
    assert error.said == "Моют по средам и"
    assert isinstance(error.__cause__, Rejected)


async def test_a_filtered_answer_is_a_refusal(twin: OpenAITwin) -> None:
    twin.answers.append(Reply(finish="content_filter"))
    assert isinstance(await failure(twin), Rejected)


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ({"status": 401}, Rejected, "provider_key"),
        ({"status": 403}, Rejected, "provider_key"),
        ({"status": 402}, Rejected, "provider_quota"),
        ({"status": 429, "code": "insufficient_quota"}, Rejected, "provider_quota"),
        ({"status": 429, "code": "rate_limit_exceeded"}, Unavailable, "provider_busy"),
        ({"status": 404, "code": "model_not_found"}, Rejected, "provider_model"),
        ({"status": 400, "code": "context_length_exceeded"}, Rejected, "provider_too_long"),
        ({"status": 400, "code": "unsupported_value"}, Rejected, "provider_rejected"),
        ({"status": 422}, Rejected, "provider_rejected"),
        ({"status": 408}, Unavailable, "provider_unavailable"),
        ({"status": 500}, Unavailable, "provider_unavailable"),
        ({"status": 529}, Unavailable, "provider_unavailable"),
    ],
)
@pytest.mark.parametrize("streaming", [True, False])
async def test_statuses_become_typed_errors(
    twin: OpenAITwin, fault: dict[str, Any], kind: type, code: str, streaming: bool
) -> None:
    twin.fail("status", **fault)
    error = await failure(twin, streaming=streaming)
    assert (type(error), error.code) == (kind, code)
    assert str(fault["status"]) in error.detail
    assert len(twin.requests) == 1


@pytest.mark.parametrize(("header", "seconds"), [("1.5", 1.5), ("", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None)])
async def test_the_asked_pause_is_passed_on(twin: OpenAITwin, header: str, seconds: float | None) -> None:
    twin.fail("status", status=429, retry_after=header)
    assert (await failure(twin)).retry_after_seconds == seconds


@pytest.mark.parametrize("kind", ["html", "garbage", "half"])
@pytest.mark.parametrize("streaming", [True, False])
async def test_an_unreadable_answer_is_typed(twin: OpenAITwin, kind: Any, streaming: bool) -> None:
    twin.fail(kind)
    assert isinstance(await failure(twin, streaming=streaming), Unavailable)


async def test_an_error_inside_the_stream_breaks_the_answer_off(twin: OpenAITwin) -> None:
    twin.fail("error_event", after=2, code="server_error")
    error = await failure(twin)
    assert isinstance(error, BrokenOff)
    assert "server_error" in error.detail


async def test_an_exhausted_balance_inside_the_stream_is_a_refusal(twin: OpenAITwin) -> None:
    twin.fail("error_event", code="insufficient_quota")
    assert (await failure(twin)).account_wide


async def test_half_an_answer_that_ends_politely_is_noticed(twin: OpenAITwin) -> None:
    twin.fail("half", after=3)
    twin.answers.append(Reply("Моют каждый вторник и каждую пятницу."))
    error = await failure(twin)
    assert isinstance(error, BrokenOff)
    assert error.said == "Моют каждый вторник"


async def test_signs_of_life_without_words_do_not_prolong_the_wait(twin: OpenAITwin) -> None:
    twin.fail("comments")
    started = time.monotonic()
    assert isinstance(await failure(twin, deadlines=Deadlines(0.5, 0.5, 10)), Timeout)
    assert time.monotonic() - started < 1.5


async def test_a_server_that_keeps_the_line_open_after_the_last_word_is_not_waited_for(twin: OpenAITwin) -> None:
    twin.fail("hold")
    twin.answers.append(Reply("Моют по средам."))
    started = time.monotonic()
    pieces = await said(twin)
    assert "".join(piece.text for piece in pieces if isinstance(piece, TextDelta)) == "Моют по средам."
    assert time.monotonic() - started < 2


async def test_letters_that_come_byte_by_byte_are_whole(twin: OpenAITwin) -> None:
    twin.fail("drip", seconds=0.0001)
    twin.answers.append(Reply("Подъезд ёж 🧹."))
    pieces = await said(twin)
    assert "".join(piece.text for piece in pieces if isinstance(piece, TextDelta)) == "Подъезд ёж 🧹."


async def test_nobody_listening_is_unavailable(twin: OpenAITwin) -> None:
    twin.stop()
    error = await failure(twin)
    assert isinstance(error, Unavailable)
    assert error.retryable


async def test_the_loop_goes_on_while_the_libraries_are_imported(twin: OpenAITwin) -> None:
    """`ready` is awaited by every reply; the second time it costs nothing."""
    model = language_model("openai", chat_config(twin))
    await model.ready()
    started = time.monotonic()
    await model.ready()
    assert time.monotonic() - started < 0.01


async def test_fifty_streams_run_side_by_side(twin: OpenAITwin) -> None:
    twin.first_token_seconds = 0.4
    model = language_model("openai", chat_config(twin, account=account(twin, "sk-fifty")))
    await model.ready()
    firsts: list[float] = []

    async def one() -> None:
        started = time.monotonic()
        async for _ in model.reply(ASK):
            firsts.append(time.monotonic() - started)
            break

    started = time.monotonic()
    await asyncio.gather(*(one() for _ in range(50)))
    assert time.monotonic() - started < 4
    assert min(firsts) >= 0.4


async def test_the_words_of_a_clause_come_together_and_the_first_at_once(twin: OpenAITwin) -> None:
    words = ["Моем", " каждый", " второй", " вторник,", " окна", " весной.", " Звоните!"]
    twin.answers.append(Reply("".join(words)))
    pieces = [piece.text for piece in await said(twin) if isinstance(piece, TextDelta)]
    assert pieces[0] == words[0]
    assert len(pieces) < len(words)
    assert "".join(pieces) == "".join(words)


async def test_words_that_were_held_back_are_told_when_the_stream_breaks(twin: OpenAITwin) -> None:
    twin.answers.append(Reply("Моем каждый второй вторник после обеда."))
    twin.faults.append(Fault("reset", after=4))
    error = await failure(twin)
    assert isinstance(error, BrokenOff)
    assert error.said == "Моем каждый второй вторник"
