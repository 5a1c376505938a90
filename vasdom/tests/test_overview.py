"""«Состояние системы» and «О системе»."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from houses.analytics import Work
from houses.models import SyncRun
from houses.tests.factories import make_user
from vasdom.env import VARIABLES
from vasdom.health import heartbeat
from vasdom.overview import changelog
from vasdom.overview.drawing import ring, segments
from vasdom.templatetags.overview import duration, number, percent, plural


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user("Просмотр"))
    return client


# --- state of the system


@pytest.mark.django_db
def test_the_status_page_shows_every_part_in_words_with_reason_and_advice(office: Client) -> None:
    heartbeat.sign("worker")
    SyncRun.objects.create(kind="full", state="failed", started_at=timezone.now(), errors=["Портал молчит"])
    text = office.get("/admin/status/").content.decode()
    for words in ("База данных", "Valkey", "Фоновые задания", "Расписание заданий", "Bitrix24", "Telegram", "Asterisk"):
        assert words in text
    assert "Выключено" in text
    assert "Не задана переменная TELEGRAM_BOT_TOKEN" in text
    assert "все применены" in text
    assert "Портал молчит" in text
    assert "ГБ" in text


@pytest.mark.django_db
def test_the_page_refreshes_itself_by_a_fragment_without_the_frame(office: Client) -> None:
    text = office.get("/admin/status/").content.decode()
    assert 'data-refresh-url="/admin/status/fragment/"' in text
    assert 'data-refresh-seconds="10"' in text
    fragment = office.get("/admin/status/fragment/").content.decode()
    assert "База данных" in fragment
    assert "<html" not in fragment


@pytest.mark.django_db
def test_the_status_page_tells_no_secret(office: Client, settings: Any) -> None:
    settings.OPENAI_API_KEY = "sk-very-secret"
    settings.TELEGRAM_BOT_TOKEN = "1:very-secret"
    assert "very-secret" not in office.get("/admin/status/").content.decode()


# --- about


@pytest.mark.django_db
def test_about_shows_the_version_the_changes_and_names_of_variables_never_values(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    text = office.get("/admin/about/").content.decode()
    assert "Что изменилось" in text
    assert "Запуск одной командой" in text
    assert all(variable.name in text for variable in VARIABLES)
    assert "very-secret" not in text
    assert "задана" in text


def test_a_changelog_is_read_by_releases_groups_and_points() -> None:
    text = (
        "# Что изменилось\nвступление\n\n## [0.2.0] — 2026-12-01\n\n### Добавлено\n\n- Первое,\n  в две строки\n"
        "* Второе\n\n### Исправлено\n- Третье\n\n## 0.1.0\nпросто строка\n"
    )
    newest, oldest = changelog.read(text)
    assert newest.title == "0.2.0 — 2026-12-01"
    assert [(group.title, group.points) for group in newest.groups] == [
        ("Добавлено", ["Первое, в две строки", "Второе"]),
        ("Исправлено", ["Третье"]),
    ]
    assert oldest.groups[0].points == ["просто строка"]


def test_a_changelog_cannot_smuggle_html() -> None:
    html = changelog.inline("**a** `<b>` <script>x</script> [text](javascript:x)")
    assert html == "<strong>a</strong> <code>&lt;b&gt;</code> &lt;script&gt;x&lt;/script&gt; text"


# --- words and drawings


def test_russian_numbers_and_shares() -> None:
    assert number(30153) == "30\u202f153"
    assert number(None) == "нет данных"
    assert percent(None) == "нет данных"
    assert percent(0.999) == "99\u202f%"
    assert percent(0.0001) == "1\u202f%"
    assert (percent(0), percent(1)) == ("0\u202f%", "100\u202f%")
    assert [plural(count, "дом,дома,домов") for count in (1, 3, 11, 21, 25)] == ["дом", "дома", "домов", "дом", "домов"]
    assert duration(59) == "меньше минуты"
    assert duration(90061) == "1\u00a0д 1\u00a0ч 1\u00a0мин"


def test_a_ring_of_one_value_is_whole_and_of_none_is_nothing() -> None:
    assert ring([0, 0], ["#000000", "#ffffff"]) == []
    assert len(ring([5, 0], ["#000000", "#ffffff"])) == 1


def test_a_bar_is_as_long_as_its_share_of_the_largest() -> None:
    pieces = segments(Work(ahead=1, done=2), largest=4)
    assert [(piece.kind, piece.start, piece.length) for piece in pieces] == [("done", 0, 50), ("ahead", 50, 25)]
