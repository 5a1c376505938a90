"""The written chat over real sockets and a real web process, with a twin of the AI vendor's server behind it."""

from __future__ import annotations

import asyncio
import json
import random
import time
import urllib.request
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection, connect

from providers.tests.openai_twin import OpenAITwin
from tests.bench.report import Figure, p95
from tests.bench.site import memory_megabytes, web_process

API_KEY = "bench"
CHATS = 50
MESSAGES_A_CHAT = 5
PAUSE_SECONDS = (2.0, 4.0)  # as the readers of the office's pages
# They come within a turn's length, as the callers of the telephone's bench do: so their questions stand apart, as those
# of fifty people do. All beginning at once ask twice as much in their first seconds.
ARRIVED_SECONDS = 4.0
FIRST_TOKEN_SECONDS, TOKEN_SECONDS = 0.4, 0.01
ALONE = 150
SETTLED_SECONDS = 5.0  # the libraries of the model are imported beside the first page
SESSIONS, SESSIONS_BEFORE, SESSIONS_AT_ONCE = 1_000, 100, 10
QUESTIONS = (
    "Сколько стоит уборка подъезда?",
    "Как пожаловаться на бригаду?",
    "Какая скидка при оплате за год?",
    "Чем отмыть жвачку?",
    "Чем моют мрамор?",
    "Как отказаться от уборки?",
    "Как работают акты?",
    "Что делать, если бригада не пришла?",
    "Какого цвета салфетка для лифта?",
    "Что делать, если средство попало в глаза?",
)


@dataclass(frozen=True, slots=True)
class Place:
    """The site under measurement, and what it asks for answers and vectors."""

    site: str
    pid: int
    twin: OpenAITwin

    @property
    def socket(self) -> str:
        return f"{self.site.replace('http', 'ws', 1)}/ws"


def twin_environment(twin: OpenAITwin) -> dict[str, str]:
    """What makes a process ask the twin; set before Django reads the environment."""
    return {"OPENAI_API_KEY": "bench", "OPENAI_BASE_URL": twin.url, "API_SECRET_KEY": API_KEY}


def chat_figures(env: Mapping[str, str], twin: OpenAITwin) -> list[Figure]:
    prepare()
    with web_process(env) as (site, process):
        place = Place(site, process.pid, twin)
        time.sleep(SETTLED_SECONDS)
        first = asyncio.run(one_question(place, QUESTIONS[0]))
        return [
            Figure("first answer of a web process just started, to its first words", first, "ms", 700, "1 answer"),
            *embedding_figures(place),
            asyncio.run(own_share(place)),
            asyncio.run(fifty_chats(place)),
            asyncio.run(thousand_sessions(place)),
        ]


def prepare() -> None:
    """The sample documents, with vectors; limits that one address does not run into."""
    from knowledge import demo
    from voice.models import ChatSettings

    demo.seed()
    ChatSettings.load()
    ChatSettings.objects.update(messages_per_minute=1_000_000, sessions_per_address=1_000_000)


def embedding_figures(place: Place) -> list[Figure]:
    """Requests for vectors: of a question nobody asked before, and of the same one again."""
    question = f"Чем отмыть с перил {''.join(random.choices('абвгдежзиклмнопрст', k=9))}?"
    counted = []
    for _ in range(2):
        before = len(place.twin.asked("/embeddings"))
        asked_over_api(place, question)
        counted.append(len(place.twin.asked("/embeddings")) - before)
    return [
        Figure("embedding requests of a new question", counted[0], "", 1, "1 question"),
        Figure("embedding requests of a repeated question", counted[1], "", 0, "1 question"),
    ]


def asked_over_api(place: Place, question: str) -> None:
    body = json.dumps({"message": question}).encode()
    headers = {"Content-Type": "application/json", "X-API-Key": API_KEY}
    request = urllib.request.Request(f"{place.site}/api/ai/chat", body, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        told = json.load(answer)
    if not told["success"]:
        raise RuntimeError(f"the chat did not answer: {told}")


@asynccontextmanager
async def chat(place: Place, caller: str) -> AsyncIterator[ClientConnection]:
    """One conversation, its greeting heard."""
    async with connect(f"{place.socket}?callerId={caller}", subprotocols=["vasdom.v1"]) as line:  # type: ignore[list-item]
        while json.loads(await line.recv())["type"] != "greeting":
            pass
        yield line


async def ask(line: ClientConnection, question: str) -> float:
    """Milliseconds to the first words of the answer, which is heard to its end."""
    began = time.perf_counter()
    first = 0.0
    await line.send(json.dumps({"type": "message", "id": "1", "text": question}))
    while True:
        frame = json.loads(await asyncio.wait_for(line.recv(), 30))
        if frame["type"] == "error":
            raise RuntimeError(f"the chat refused: {frame}")
        if frame["type"] == "delta" and not first:
            first = (time.perf_counter() - began) * 1000
        if frame["type"] == "end":
            return first or (time.perf_counter() - began) * 1000


async def one_question(place: Place, question: str) -> float:
    async with chat(place, "bench") as line:
        return await ask(line, question)


async def own_share(place: Place) -> Figure:
    """The provider answers at once and the vectors are known: what is left is ours, and the twin's few milliseconds."""
    place.twin.first_token_seconds = place.twin.token_seconds = 0
    taken: list[float] = []
    async with chat(place, "bench") as line:
        for question in QUESTIONS:
            await ask(line, question)
        for number in range(ALONE):
            taken.append(await ask(line, QUESTIONS[number % len(QUESTIONS)]))
    return Figure("our own share of the time to the first words, p95", p95(taken), "ms", 40, f"{ALONE} answers")


async def fifty_chats(place: Place) -> Figure:
    """Everybody reads an answer before the next question."""
    place.twin.first_token_seconds, place.twin.token_seconds = FIRST_TOKEN_SECONDS, TOKEN_SECONDS
    taken: list[float] = []

    async def visitor(number: int) -> None:
        dice = random.Random(number)
        await asyncio.sleep(dice.uniform(0.0, ARRIVED_SECONDS))
        async with chat(place, f"bench-{number}") as line:
            for _ in range(MESSAGES_A_CHAT):
                await asyncio.sleep(dice.uniform(*PAUSE_SECONDS))
                taken.append(await ask(line, dice.choice(QUESTIONS)))

    await asyncio.gather(*(visitor(number) for number in range(CHATS)))
    place.twin.first_token_seconds = place.twin.token_seconds = 0
    name = f"{CHATS} chats at once, provider {FIRST_TOKEN_SECONDS * 1000:.0f} ms to its first token: to the first words"
    return Figure(f"{name}, p95", p95(taken), "ms", 700, f"{len(taken)} answers")


async def thousand_sessions(place: Place) -> Figure:
    await sessions(place, range(SESSIONS_BEFORE))
    before = memory_megabytes(place.pid)
    await sessions(place, range(SESSIONS_BEFORE, SESSIONS_BEFORE + SESSIONS))
    grown = memory_megabytes(place.pid) - before
    return Figure(f"web process: growth over {SESSIONS} sessions", grown, "MB", 30, f"from {before:.0f} MB")


async def sessions(place: Place, numbers: Sequence[int]) -> None:
    """Conversations of one question each, some at a time."""
    waiting = list(numbers)

    async def visitor() -> None:
        while waiting:
            number = waiting.pop()
            async with chat(place, f"session-{number}") as line:
                await ask(line, QUESTIONS[number % len(QUESTIONS)])

    await asyncio.gather(*(visitor() for _ in range(SESSIONS_AT_ONCE)))
