"""The process that reads one file: `python -m knowledge.ingest.worker`, told on stdin, answering on stdout.

stdin is one line of JSON (name and limits), then the file. stdout is one JSON object: `text`, `pages`, `remarks`, or
`error` and `too_large`. Memory and processor time are bounded by the kernel, so a hostile file ends this process only.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

from knowledge.errors import TooLarge, Unreadable
from knowledge.ingest.limits import Limits
from knowledge.ingest.reading import read


def main() -> None:
    head = json.loads(sys.stdin.buffer.readline())
    limits = Limits(**head["limits"])
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # nothing here writes files
    answer = told(head["name"], sys.stdin.buffer.read(), limits)
    sys.stdout.buffer.write(json.dumps(answer).encode())


def told(name: str, content: bytes, limits: Limits) -> dict[str, Any]:
    try:
        extracted = read(name, content, limits)
    except Unreadable as exc:
        return {"error": exc.reason, "too_large": isinstance(exc, TooLarge)}
    except (MemoryError, RecursionError):
        return {"error": "на его разбор не хватает памяти.", "too_large": True}
    return {"text": extracted.text, "pages": extracted.pages, "remarks": list(extracted.remarks)}


if __name__ == "__main__":
    main()
