"""The originals' addresses, one by one, against a running server: every curl of their manuals, and the socket."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from calls.actions import TurnRecord, close_call, open_call, record_turn
from calls.models import Call
from knowledge.models import DocumentVersion
from knowledge.tests.factories import base
from voice.actions import active_revision
from voice.chat.tests import world
from voice.chat.tests.site import Site

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]
KEY = "service-key-of-the-tests"
TEXT = "# Моющие средства\nКомпания моет подъезды средством «Прогресс» без запаха."
PROMPTS = {
    "greeting": "Здравствуйте, вы позвонили!",
    "contextualize_q_system_prompt": "Переформулируй вопрос.",
    "qa_system_prompt": "Отвечай кратко.| Контекст: {context}",
}
SECTIONS = {
    "/training": "/admin/knowledge/document/",
    "/logs-ui/": "/admin/calls/call/",
    "/logs-ui/instruction.md": "/admin/instruction/",
    "/ai": "/admin/chat/",
    "/tasks": "/admin/tasks/task/",
    "/works": "/admin/houses/house/",
}
READS = ("/logs", "/logs/csv", "/api/prompts", "/api/settings", "/kb", "/kb2", "/knowledge/pending")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Shell:
    """Runs a command as the manual prints it, in a folder with the files it names."""

    def __init__(self, host: str, folder: Path) -> None:
        self.host, self.folder = host, folder

    def __call__(self, command: str) -> Answer:
        command = command.replace("<HOST>:9000", self.host).replace("$API_SECRET_KEY", KEY)
        words = shlex.split(command.replace("\\\n", " "))
        saved = [place for mark in ("-o", "--output") if mark in words for place in [words.index(mark)]]
        for place in saved:
            del words[place : place + 2]  # the answer is looked at here
        done = subprocess.run([*words, "-sS", "-i"], cwd=self.folder, capture_output=True, check=True, timeout=60)
        head, _, body = done.stdout.decode("utf-8").partition("\r\n\r\n")
        while head.startswith("HTTP/1.1 100"):
            head, _, body = body.partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return Answer(int(first.split()[1]), headers, body)


@pytest.fixture
def shell(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[Shell]:
    settings.OPENAI_API_KEY = ""
    settings.KNOWLEDGE_EMBEDDINGS = {}
    world.begin(TEXT)
    base("tech")
    (tmp_path / "prompts.json").write_text(json.dumps(PROMPTS), encoding="utf-8")
    (tmp_path / "knowledge_base.md").write_text("# Окна\nОкна моем весной.", encoding="utf-8")
    (tmp_path / "virus.exe").write_bytes(b"MZ")
    with Site(OPENAI_API_KEY="", API_SECRET_KEY=KEY, VAR_DIR=str(tmp_path / "var")) as site:
        yield Shell(site.url.removeprefix("http://"), tmp_path)


def a_call(caller: str = "84957961000", text: str = "есть ли пресс") -> Call:
    call = open_call("phone", caller, 1)
    record_turn(call.pk, TurnRecord(1, "caller", text))
    record_turn(call.pk, TurnRecord(2, "assistant", "Да.|", base="tech", answered=True))
    return close_call(call.pk, "Completed")


def test_every_command_of_the_manual_works(shell: Shell) -> None:
    call = a_call()
    Call.objects.filter(pk=call.pk).update(started_at="2025-08-15T10:00:00Z")

    logs = 'curl -sS "http://<HOST>:9000/logs?q=7961&date_from=2025-08-01T00:00:00Z&date_to=2025-08-31T23:59:59Z"'
    assert shell(logs).status == 401
    [row] = shell(f'{logs} -H "X-API-Key: $API_SECRET_KEY"').json
    assert {"id", "callerId", "startTime", "endTime", "status", "transcript_json"} <= set(row)
    assert [turn["speaker"] for turn in json.loads(row["transcript_json"])] == ["user", "bot"]
    assert json.loads(row["transcript_json"])[1]["kb"] == "tech"

    table = shell('curl -L "http://<HOST>:9000/logs/csv" -o call_logs.csv -H "X-API-Key: $API_SECRET_KEY"')
    assert table.headers["content-type"].startswith("text/csv")
    assert "call_logs.csv" in table.headers["content-disposition"]
    assert table.body.startswith("\ufeffID")

    prompts = 'curl -sS "http://<HOST>:9000/api/prompts" -H "X-API-Key: $API_SECRET_KEY"'
    assert set(shell(prompts).json) == set(PROMPTS)
    saved = shell(
        'curl -X POST "http://<HOST>:9000/api/prompts" \\\n  -H "Content-Type: application/json" \\\n'
        '  -H "X-API-Key: $API_SECRET_KEY" \\\n  -d @prompts.json'
    )
    assert (saved.status, saved.json["message"]) == (200, "Промпты успешно обновлены.")
    assert shell(prompts).json == PROMPTS
    assert active_revision().greeting == PROMPTS["greeting"]

    text = 'curl -sS "http://<HOST>:9000/kb" -H "X-API-Key: $API_SECRET_KEY"'
    assert "Прогресс" in shell(text).json["text"]
    sent = shell(
        'curl -X POST "http://<HOST>:9000/kb/upload" \\\n  -H "X-API-Key: $API_SECRET_KEY" \\\n'
        "  -F file=@knowledge_base.md"
    )
    assert (sent.status, sent.json["message"]) == (
        202,
        "Файл принят. Начался процесс обновления базы знаний. Это может занять несколько минут.",
    )
    assert "Окна моем весной" in shell(text).json["text"]

    said = "Есть РЭМ на тысячу килоньютон, скорость 5 миллиметров в секунду при 220 вольт"
    normal = shell(
        "curl -sS -X POST http://<HOST>:9000/api/normalize -H 'Content-Type: application/json' -d '"
        + json.dumps({"text": said}, ensure_ascii=False)
        + "'"
    ).json
    assert (normal["raw"], normal["normalized"]) == (said, "Есть РЭМ на 1000 кН, скорость 5 мм/с при 220 В")

    cleared = shell('curl -X DELETE "http://<HOST>:9000/logs" -H "X-API-Key: $API_SECRET_KEY"')
    assert (cleared.status, cleared.json["message"]) == (200, "Все логи удалены")
    assert shell('curl "http://<HOST>:9000/logs" -H "X-API-Key: $API_SECRET_KEY"').json == []


def test_settings_uploads_and_refusals_are_those_of_the_manual(shell: Shell) -> None:
    key = '-H "X-API-Key: $API_SECRET_KEY" -H "Content-Type: application/json"'
    found = shell(f"curl http://<HOST>:9000/api/settings {key}").json
    assert set(found) == {
        "kb_top_k",
        "kb_fallback_threshold",
        "llm_model_primary",
        "llm_model_fallback",
        "llm_temperature",
    }
    saved = shell(f"curl -X POST http://<HOST>:9000/api/settings {key} -d '{{\"kb_top_k\": 5}}'")
    assert saved.json["message"] == "Настройки сохранены"
    wrong = shell(f"curl -X POST http://<HOST>:9000/api/settings {key} -d '{{\"kb_top_k\": 99}}'")
    assert wrong.status in {400, 422}
    model = shell(f"curl -X POST http://<HOST>:9000/api/model-settings {key} -d '{{\"llm_temperature\": 0.4}}'")
    assert model.json["message"] == "Модельные настройки сохранены"
    assert shell(f"curl http://<HOST>:9000/api/settings {key}").json["kb_top_k"] == 5

    second = shell('curl http://<HOST>:9000/kb2/upload -H "X-API-Key: $API_SECRET_KEY" -F file=@knowledge_base.md')
    assert (second.status, second.json["base"]) == (202, "tech")
    refused = shell('curl http://<HOST>:9000/kb/upload -H "X-API-Key: $API_SECRET_KEY" -F file=@virus.exe')
    assert refused.status == 400
    assert "virus.exe" in refused.json["error"]["message"]

    waiting = shell(
        'curl http://<HOST>:9000/knowledge/upload -H "X-API-Key: $API_SECRET_KEY" -F file=@knowledge_base.md'
    )
    assert waiting.status == 202
    pending = shell('curl http://<HOST>:9000/knowledge/pending -H "X-API-Key: $API_SECRET_KEY"').json["pending"]
    assert [one["id"] for one in pending] == [waiting.json["id"]]
    confirmed = shell(f"curl http://<HOST>:9000/knowledge/confirm {key} -d '{{\"id\": {waiting.json['id']}}}'")
    assert confirmed.json["success"]
    assert DocumentVersion.objects.get(pk=waiting.json["id"]).state in {"confirmed", "trained"}
    search = "curl -G http://<HOST>:9000/knowledge/search --data-urlencode 'q=чем моют подъезды'"
    assert "Прогресс" in shell(f'{search} -H "X-API-Key: $API_SECRET_KEY"').json["results"][0]["text"]
    assert shell(search).status == 401


def test_one_asks_in_writing_over_every_address_for_it(shell: Shell) -> None:
    json_body = "-H 'Content-Type: application/json'"
    question = "Какое моющее средство использует компания для мытья подъездов?"
    for address in ("/dialog", "/api/dialog"):
        body = json.dumps({"session_id": "test", "user_message": question}, ensure_ascii=False)
        answer = shell(f"curl http://<HOST>:9000{address} {json_body} -d '{body}'")
        assert answer.status == 200, answer.body
        assert "Прогресс" in answer.body
    told = shell(f"curl http://<HOST>:9000/api/ai/chat {json_body} -d '{json.dumps({'message': question})}'").json
    assert told["success"]
    assert {"response", "success", "citations", "base", "revision"} <= set(told)
    assert (told["base"], told["citations"][0]["heading"]) == ("general", "Моющие средства")


def test_the_socket_of_the_manual_greets_and_answers(shell: Shell) -> None:
    with connect(f"ws://{shell.host}/ws?callerId=TEST") as line:
        assert "Чем могу помочь" in line.recv(20)
        line.send("Здравствуйте!")
        assert line.recv(20)
    deadline = time.monotonic() + 20
    said = Call.objects.filter(caller="TEST", turns__text="Здравствуйте!")
    while not said.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert said.exists()


@pytest.mark.parametrize("key", ["", "wrong", KEY[:-1], f"{KEY}x"])
def test_reads_of_the_log_and_of_knowledge_want_the_key(shell: Shell, key: str) -> None:
    header = f'-H "X-API-Key: {key}"' if key else ""
    for address in READS:
        assert shell(f"curl http://<HOST>:9000{address} {header}").status == 401, address
    for address in ("/logs", "/api/prompts", "/kb/upload"):
        method = "DELETE" if address == "/logs" else "POST"
        assert shell(f"curl -X {method} http://<HOST>:9000{address} {header}").status == 401, address


def test_the_pages_of_the_manual_lead_to_those_that_took_their_place(shell: Shell) -> None:
    for address, page in SECTIONS.items():
        answer = shell(f"curl http://<HOST>:9000{address}")
        assert (answer.status, answer.headers["location"]) == (302, page), address
    assert shell("curl http://<HOST>:9000/").status == 200
