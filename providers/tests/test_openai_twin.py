"""The twin as other tests and people use it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests

from providers.tests.openai_twin import OpenAITwin
from vasdom.env import ROOT

PORT = 8139


@pytest.fixture
def command() -> Iterator[dict[str, str]]:
    """The twin in a process of its own, and the settings that it prints."""
    arguments = ["--port", str(PORT), "--first-token", "0", "--token", "0", "--key", "sk-trial"]
    process = subprocess.Popen(
        [sys.executable, "-m", "providers.tests.openai_twin", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    yield dict(process.stdout.readline().strip().split("=", 1) for _ in range(2))
    process.send_signal(signal.SIGINT)
    assert "Запросов было: 3" in process.communicate(timeout=10)[0]
    assert process.returncode == 0


def test_the_command_prints_its_settings_answers_and_fails_when_told(command: dict[str, str]) -> None:
    url = command["OPENAI_BASE_URL"]
    headers = {"Authorization": f"Bearer {command['OPENAI_API_KEY']}"}
    ask = {
        "model": "gpt-4o-mini",
        "messages": [
            {"role": "system", "content": "Отвечай кратко.\n\nОкна моют весной. И осенью."},
            {"role": "user", "content": "Когда окна моют?"},
        ],
    }

    def asked() -> requests.Response:
        return requests.post(f"{url}/chat/completions", json=ask, headers=headers, timeout=5)

    assert asked().json()["choices"][0]["message"]["content"] == "Окна моют весной. И осенью."
    fault = {"kind": "status", "status": 503}
    requests.post(url.replace("/v1", "/twin/faults"), data=json.dumps(fault), timeout=5)
    assert asked().status_code == 503
    assert asked().status_code == 200


def test_a_stopped_twin_is_unreachable_and_starts_again_on_its_port() -> None:
    twin = OpenAITwin()
    with twin:
        assert requests.get(f"{twin.url}/models", timeout=5).status_code == 200
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{twin.url}/models", timeout=5)
    with twin:
        assert requests.get(f"{twin.url}/models", timeout=5).status_code == 200
