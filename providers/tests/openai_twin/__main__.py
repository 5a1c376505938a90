"""Runs the twin in the foreground: `python -m providers.tests.openai_twin --port 8130`.

While it runs, `curl -d '{"kind": "stall"}' http://127.0.0.1:8130/twin/faults` makes the next request fail that way.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from providers.tests.openai_twin import OpenAITwin
from providers.tests.openai_twin.audio import Audio
from providers.tests.speech_marks import Vocabulary


def main() -> None:
    parser = argparse.ArgumentParser(description="Двойник сервера AI: отвечает по протоколу OpenAI без ключа и сети.")
    parser.add_argument("--port", type=int, default=8130, help="порт на 127.0.0.1 (0 — любой свободный)")
    parser.add_argument("--first-token", type=float, default=0.4, help="секунд до первого слова")
    parser.add_argument("--token", type=float, default=0.02, help="секунд между словами")
    parser.add_argument("--key", default="", help="единственный принимаемый ключ; без него подходит любой")
    parser.add_argument("--dimensions", type=int, default=1536, help="длина векторов")
    parser.add_argument("--recognition-ms", type=float, default=250, help="от получения записи до текста")
    parser.add_argument("--synthesis-ms", type=float, default=100, help="до первого звука")
    parser.add_argument("--words", type=Path, help="файл со словами (Vocabulary.save), которые двойник узнаёт")
    parser.add_argument("--voice", choices=("tone", "espeak"), default="tone", help="чем говорит")
    options = parser.parse_args()
    twin = OpenAITwin(
        options.port,
        api_key=options.key,
        first_token_seconds=options.first_token,
        token_seconds=options.token,
        dimensions=options.dimensions,
    )
    twin.audio = Audio(
        vocabulary=Vocabulary.load(options.words) if options.words else None,
        recognition_seconds=options.recognition_ms / 1000,
        synthesis_seconds=options.synthesis_ms / 1000,
        voice=options.voice,
    )
    try:
        twin.start()
    except OSError as error:
        parser.exit(1, f"Порт {options.port} занят или недоступен: {error}\n")
    sys.stdout.write(f"OPENAI_BASE_URL={twin.url}\nOPENAI_API_KEY={options.key or 'twin'}\nCtrl-C останавливает.\n")
    sys.stdout.flush()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
    twin.stop()
    sys.stdout.write(f"Запросов было: {len(twin.requests)}\n")


if __name__ == "__main__":
    main()
