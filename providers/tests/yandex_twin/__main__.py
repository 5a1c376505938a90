"""Runs the twin in the foreground: `python -m providers.tests.yandex_twin --port 8140 --recognition-ms 250`.

While it runs, the next synthesis is broken off by
`curl -d '{"kind": "reset", "method": "synthesize", "after": 2}' http://127.0.0.1:8141/twin/faults`.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from providers.tests.speech_marks import Vocabulary
from providers.tests.yandex_twin import YandexTwin


def main() -> None:
    parser = argparse.ArgumentParser(description="Двойник SpeechKit: распознаёт и говорит без ключа и сети.")
    parser.add_argument("--port", type=int, default=8140, help="порт gRPC на 127.0.0.1 (0 — любой свободный)")
    parser.add_argument("--http-port", type=int, default=8141, help="порт HTTP: синтез v1, IAM, /twin/ (0 — любой)")
    parser.add_argument("--recognition-ms", type=float, default=250, help="от конца слова до промежуточного результата")
    parser.add_argument("--synthesis-ms", type=float, default=100, help="до первого звука")
    parser.add_argument("--words", type=Path, help="файл со словами (Vocabulary.save), которые двойник узнаёт")
    parser.add_argument("--voice", choices=("tone", "espeak"), default="espeak", help="чем говорит")
    parser.add_argument("--key", default="", help="единственный принимаемый ключ; без него подходит любой")
    options = parser.parse_args()
    twin = YandexTwin(
        options.port,
        options.http_port,
        vocabulary=Vocabulary.load(options.words) if options.words else None,
        recognition_seconds=options.recognition_ms / 1000,
        synthesis_seconds=options.synthesis_ms / 1000,
        api_key=options.key,
        voice=options.voice,
    )
    try:
        twin.start()
    except OSError as error:
        parser.exit(1, f"Порт занят или недоступен: {error}\n")
    sys.stdout.write("".join(f"{name}={value}\n" for name, value in twin.settings.items()))
    sys.stdout.write("Ctrl-C останавливает.\n")
    sys.stdout.flush()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
    twin.stop()
    sys.stdout.write(f"Запросов было: {len(twin.requests)}\n")


if __name__ == "__main__":
    main()
