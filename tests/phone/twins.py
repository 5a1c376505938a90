"""Both twins in a process of their own, so that a crowd of callers in another does not slow them down.

`python -m tests.phone.twins FOLDER` writes their environment to FOLDER/twins.json and runs until it is ended. Every
`--failing N`th request of each kind fails.
"""

from __future__ import annotations

import argparse
import json
import signal
import threading
from pathlib import Path

from providers.tests.openai_twin import OpenAITwin
from providers.tests.yandex_twin import YandexTwin
from tests.phone.speech import clips
from tests.phone.story import Story

RECOGNITION_SECONDS, FIRST_TOKEN_SECONDS, SYNTHESIS_SECONDS = 0.25, 0.375, 0.1
TOKEN_SECONDS, EMBEDDING_SECONDS = 0.003, 0.0


def make_openai(sentences: int = 8) -> OpenAITwin:
    twin = OpenAITwin(
        first_token_seconds=FIRST_TOKEN_SECONDS, token_seconds=TOKEN_SECONDS, embedding_seconds=EMBEDDING_SECONDS
    )
    twin.brain = Story(sentences)
    return twin


def make_yandex() -> YandexTwin:
    return YandexTwin(
        vocabulary=clips().vocabulary, recognition_seconds=RECOGNITION_SECONDS, synthesis_seconds=SYNTHESIS_SECONDS
    )


def environment(openai: OpenAITwin, yandex: YandexTwin) -> dict[str, str]:
    """How the product finds them."""
    return {"OPENAI_BASE_URL": openai.url, "OPENAI_API_KEY": "twin", **yandex.settings}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--failing", type=int, default=0)
    parser.add_argument("--sentences", type=int, default=2)
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with make_openai(options.sentences) as openai, make_yandex() as yandex:
        openai.one_in = yandex.state.faults.one_in = options.failing
        fresh = options.folder / "twins.json.new"
        fresh.write_text(json.dumps(environment(openai, yandex)), encoding="utf-8")
        fresh.rename(options.folder / "twins.json")
        stop.wait()


if __name__ == "__main__":
    main()
