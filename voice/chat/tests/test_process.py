"""What a killed web process leaves behind."""

from __future__ import annotations

import json
import time

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from calls.models import Call, Turn
from providers.tests.openai_twin import OpenAITwin
from voice.chat.tests.site import Site

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = "Какое моющее средство использует компания для мытья подъездов?"


def test_a_killed_process_loses_at_most_the_turn_in_progress(assistant: OpenAITwin) -> None:
    with (
        Site(OPENAI_API_KEY="key-of-the-twin", OPENAI_BASE_URL=assistant.url) as site,
        connect(f"{site.socket_url}/ws", subprotocols=["vasdom.v1"]) as line,
    ):
        for about in ("1", "2"):
            line.send(json.dumps({"type": "message", "id": about, "text": QUESTION}))
            while json.loads(line.recv(15))["type"] != "end":
                pass
        assistant.first_token_seconds = 20
        line.send(json.dumps({"type": "message", "id": "3", "text": QUESTION}))
        deadline = time.monotonic() + 40
        while Turn.objects.filter(speaker="caller").count() < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        site.kill()
        with pytest.raises(ConnectionClosed):
            line.recv(5)
    speakers = list(Turn.objects.order_by("number").values_list("speaker", flat=True))
    assert speakers == ["assistant", "caller", "assistant", "caller", "assistant", "caller"]
    assert Call.objects.get().status == "InProgress"


def test_the_seed_s_example_works_against_the_running_site(assistant: OpenAITwin) -> None:
    with (
        Site(OPENAI_API_KEY="key-of-the-twin", OPENAI_BASE_URL=assistant.url) as site,
        connect(f"{site.socket_url}/ws?callerId=TEST") as line,
    ):
        assert "Чем могу помочь" in line.recv(15)
        line.send(QUESTION)
        assert "Прогресс" in line.recv(15)
