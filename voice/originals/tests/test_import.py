"""Taking over what the original assistant kept: its prompts, its bases, its log."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from calls.models import Call, Turn
from knowledge.index import rebuild
from knowledge.models import Document, DocumentVersion, KnowledgeBase, Passage
from voice.actions import active_revision
from voice.models import AssistantRevision

pytestmark = pytest.mark.django_db
PROMPTS = {
    "greeting": "Здравствуйте, вы позвонили в компанию!",
    "contextualize_q_system_prompt": "Переформулируй вопрос для поиска.",
    "qa_system_prompt": "Отвечай кратко.| Контекст: {context}",
}
GENERAL = """# Прессы
Прессы
## Пресс ПИ-300
Пресс ПИ-300
Пресс ПИ-300 испытывает кирпич на сжатие.
<<->>
# Контакты
Контакты
Звоните по будням с 8:45 до 17:45.
"""
DIALOGUE = [
    {"speaker": "bot", "text": "Здравствуйте!|", "timestamp": "2025-10-08T05:35:00+00:00"},
    {"speaker": "user", "text": "есть 300 кН", "raw": "есть триста ка эн", "timestamp": "2025-10-08T05:35:09+00:00"},
    {"speaker": "bot", "text": "Да, пресс ПИ-300.|", "kb": "tech", "timestamp": "2025-10-08T05:35:12+00:00"},
    {"speaker": "user", "text": "угу", "raw": "угу", "filtered": True, "timestamp": "2025-10-08T05:35:20+00:00"},
]
IDS = ("3f2b8a54-0c1d-4a52-9d0e-5f1f7a3f9a01", "call-2", "call-3")


def written_log(path: Path, *changes: tuple[str, str, Any]) -> Path:
    """Three calls: one over, one that the original never ended, one without a word. `changes`: id, column, value."""
    with sqlite3.connect(path) as base:
        base.execute(
            "CREATE TABLE logs (id TEXT PRIMARY KEY, callerId TEXT, startTime TEXT, endTime TEXT, status TEXT,"
            " transcript_json TEXT)"
        )
        rows = [
            (IDS[0], "84950000001", "2025-10-08T05:34:58+00:00", "2025-10-08T05:37:20+00:00", "Completed"),
            (IDS[1], "84950000002", "2025-10-09T11:00:00", "", "InProgress"),
            (IDS[2], "", "2025-10-10T11:00:00", "2025-10-10T11:00:02", "failed"),
        ]
        texts = [json.dumps(DIALOGUE), json.dumps(DIALOGUE[:1]), "[]"]
        base.executemany(
            "INSERT INTO logs VALUES (?, ?, ?, ?, ?, ?)",
            [(*row, text) for row, text in zip(rows, texts, strict=True)],
        )
        for key, column, value in changes:
            base.execute(f"UPDATE logs SET {column} = ? WHERE id = ?", (value, key))
    base.close()
    return path


class Files:
    """The original's folder, in a folder of the test."""

    def __init__(self, folder: Path) -> None:
        self.prompts = folder / "prompts.json"
        self.prompts.write_text(json.dumps(PROMPTS), encoding="utf-8")
        self.general, self.tech = folder / "general.md", folder / "tech.md"
        self.general.write_text(GENERAL.replace("\n", "\r\n"), encoding="utf-8", newline="")
        self.tech.write_bytes("# Захваты\nКлиновые захваты держат до 250 кН.".encode("cp1251"))
        self.log = written_log(folder / "log_db.sqlite")

    def all(self) -> list[str]:
        return ["--prompts", f"{self.prompts}", "--kb", f"{self.general}", "--kb2", f"{self.tech}", *self.logs()]

    def logs(self) -> list[str]:
        return ["--logs-db", f"{self.log}"]


@pytest.fixture
def files(tmp_path: Path, settings: Any) -> Files:
    settings.OPENAI_API_KEY = ""
    settings.KNOWLEDGE_EMBEDDINGS = {}
    return Files(tmp_path)


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    call_command("import_originals", *arguments)
    return capsys.readouterr().out


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (AssistantRevision, Document, DocumentVersion, Call, Turn))


def test_prompts_become_a_revision_that_waits_for_a_person(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    before = active_revision()
    told = run("--prompts", str(files.prompts), capsys=capsys)
    made = AssistantRevision.objects.get(number=before.number + 1)
    assert (made.greeting, made.qa_prompt) == (PROMPTS["greeting"], PROMPTS["qa_system_prompt"])
    assert made.contextualize_prompt == PROMPTS["contextualize_q_system_prompt"]
    assert active_revision() == before
    assert f"редакция {made.number} создана, не включена" in told


def test_the_revision_answers_at_once_where_that_is_asked_for(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    told = run("--prompts", str(files.prompts), "--activate", capsys=capsys)
    assert "включена" in told
    assert active_revision().greeting == PROMPTS["greeting"]


def test_bases_become_versions_of_main_documents_and_doubled_headings_are_read_once(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--kb", str(files.general), "--kb2", str(files.tech), capsys=capsys)
    for base in KnowledgeBase.objects.all():
        rebuild(base)
    assert [one.heading for one in Passage.objects.filter(base__slug="general", live=True)] == [
        "Прессы › Пресс ПИ-300",
        "Контакты",
    ]
    assert "Пресс ПИ-300 испытывает кирпич" in Passage.objects.get(heading="Прессы › Пресс ПИ-300").text
    assert Passage.objects.get(base__slug="tech", live=True).text == "Клиновые захваты держат до 250 кН."
    assert DocumentVersion.objects.filter(document__is_main=True, state="trained").count() == 2


def test_older_copies_of_a_base_become_earlier_versions(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup = tmp_path / "knowledge_base_2025-08-04.md.bak"
    backup.write_text("# Прессы\nСтарый текст.", encoding="utf-8")
    run("--kb", str(backup), "--kb", str(files.general), capsys=capsys)
    document = Document.objects.get(base__slug="general", is_main=True)
    assert document.current is not None
    assert document.current.text.startswith("# Прессы\nПрессы")
    assert document.versions.filter(text="# Прессы\nСтарый текст.", number__lt=document.current.number).exists()


def test_the_log_becomes_calls_with_their_turns(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    told = run(*files.logs(), capsys=capsys)
    assert "перенесено 3 (реплик 5)" in told
    call = Call.objects.get(pk=IDS[0])
    assert (call.caller, call.status, call.base, call.channel) == ("84950000001", "Completed", "tech", "phone")
    assert (call.duration.total_seconds(), call.started_at.isoformat()) == (142.0, "2025-10-08T05:34:58+00:00")
    turns = list(call.turns.order_by("number").values_list("speaker", "text", "normalised", "base"))
    assert turns[1:3] == [
        ("caller", "есть триста ка эн", "есть 300 кН", ""),
        ("assistant", "Да, пресс ПИ-300.|", "", "tech"),
    ]
    unfinished = Call.objects.get(caller="84950000002")
    assert (unfinished.status, unfinished.started_at.isoformat()) == ("Interrupted", "2025-10-09T08:00:00+00:00")
    assert Call.objects.get(caller="").status == "Failed"


def test_a_second_run_adds_nothing(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    run(*files.all(), capsys=capsys)
    before = counts()
    told = run(*files.all(), capsys=capsys)
    assert counts() == before
    assert "уже была" in told
    assert "такой текст уже был" in told
    assert "перенесено 0 (реплик 0), уже были 3" in told


def test_an_interrupted_log_is_continued_by_the_next_run(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    run(*files.logs(), capsys=capsys)
    Call.objects.filter(pk=IDS[0]).delete()
    assert "перенесено 1 (реплик 4), уже были 2" in run(*files.logs(), capsys=capsys)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "он пуст"),
        ("{", "это не JSON"),
        ("[]", "должен быть объект"),
        ('{"greeting": "Здравствуйте"}', "нет текста «contextualize_q_system_prompt»"),
        (json.dumps(PROMPTS | {"qa_system_prompt": "Отвечай."}), "нужно ровно одно место {context}"),
        (json.dumps(PROMPTS | {"qa_system_prompt": "{context} {"}), "фигурные скобки не закрыты"),
    ],
)
def test_broken_prompts_are_named_with_the_reason_and_nothing_is_taken(files: Files, content: str, reason: str) -> None:
    files.prompts.write_text(content, encoding="utf-8")
    refused(files, str(files.prompts), reason)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "он пуст"),
        (b"# \xd0\x97\n\n", "нет текста, только заголовки"),
        (b"\x00\x01\x02" * 400, "кодировка не распознана"),
    ],
)
def test_a_broken_base_is_named_with_the_reason_and_nothing_is_taken(files: Files, content: bytes, reason: str) -> None:
    files.tech.write_bytes(content)
    refused(files, str(files.tech), reason)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("call-2", "transcript_json", "{"), "звонок call-2: диалог — не JSON"),
        (("call-2", "transcript_json", '{"a": 1}'), "звонок call-2: диалог — не список"),
        (("call-2", "transcript_json", '["привет"]'), "звонок call-2, реплика 1: это не реплика"),
        (("call-2", "transcript_json", '[{"speaker": "x"}]'), "реплика 1: неизвестно, кто говорит"),
        (("call-2", "startTime", "вчера"), "звонок call-2: время начала не читается («вчера»)"),
        (("call-3", "status", "ringing"), "звонок call-3: неизвестный статус «ringing»"),
    ],
)
def test_a_broken_row_of_the_log_is_named_and_nothing_is_taken(
    files: Files, change: tuple[str, str, Any], reason: str
) -> None:
    files.log.unlink()
    written_log(files.log, change)
    refused(files, str(files.log), reason)


def test_what_is_no_log_at_all_is_named(files: Files) -> None:
    files.log.write_text("не база")
    refused(files, str(files.log), "это не база SQLite")
    files.log.unlink()
    with sqlite3.connect(files.log) as base:
        base.execute("CREATE TABLE calls (id TEXT)")
    base.close()
    refused(files, str(files.log), "в базе нет таблицы logs")
    files.log.unlink()
    refused(files, str(files.log), "такого файла нет")


def test_a_provider_without_a_key_refuses_the_activation_and_everything_with_it(files: Files) -> None:
    from voice import actions

    actions.active_revision()
    AssistantRevision.objects.filter(active=True).update(model_vendor="openai")
    before = counts()
    with pytest.raises(CommandError, match=r"Нет ключа.*Ничего не перенесено"):
        call_command("import_originals", *files.all(), "--activate")
    assert counts() == before


def test_the_command_says_what_it_needs() -> None:
    with pytest.raises(CommandError, match="Укажите, что переносить"):
        call_command("import_originals")
    with pytest.raises(CommandError, match="Включать нечего"):
        call_command("import_originals", "--kb", "x.md", "--activate")


def refused(files: Files, path: str, reason: str) -> None:
    active_revision()
    before = counts()
    with pytest.raises(CommandError) as refusal:
        call_command("import_originals", *files.all())
    assert path in str(refusal.value)
    assert reason in str(refusal.value)
    assert counts() == before
