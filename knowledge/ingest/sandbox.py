"""The fence round the reading of a file."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import subprocess
import sys
from typing import Any

from knowledge.errors import TooLarge, Unreadable
from knowledge.ingest.limits import DEFAULT_LIMITS, Limits
from knowledge.ingest.reading import Extracted, kind_of
from vasdom.env import ROOT

logger = logging.getLogger(__name__)
GRACE_SECONDS = 5  # to start Python and load the reader
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TZ")  # no secret reaches the worker


def extract(name: str, content: bytes, limits: Limits = DEFAULT_LIMITS) -> Extracted:
    """The text of an uploaded file.

    Args:
        name: as the uploader calls it; its ending tells the kind.

    Raises:
        Unreadable: why not, in Russian, with the file's name; TooLarge where it is a limit.
    """
    kind_of(name)
    if len(content) > limits.file_bytes:
        raise TooLarge(name, f"он больше {limits.file_bytes // 1024 // 1024} МБ.")
    answer = ask_worker(name, content, limits)
    if error := answer.get("error"):
        raise (TooLarge if answer.get("too_large") else Unreadable)(name, str(error))
    return Extracted(answer["text"], answer["pages"], tuple(answer["remarks"]))


def ask_worker(name: str, content: bytes, limits: Limits) -> dict[str, Any]:
    head = json.dumps({"name": name, "limits": dataclasses.asdict(limits)}).encode()
    environment = {key: os.environ[key] for key in KEPT_VARIABLES if key in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "knowledge.ingest.worker"],
            input=head + b"\n" + content,
            capture_output=True,
            timeout=limits.seconds + GRACE_SECONDS,
            check=False,
            cwd=ROOT,
            env=environment,
        )
    except subprocess.TimeoutExpired as exc:
        raise TooLarge(name, f"он не разобран за {limits.seconds} с.") from exc
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError as exc:
        tail = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        logger.warning("The reader of a file ended with code %s: %s", done.returncode, tail)
        if done.returncode < 0:
            raise TooLarge(name, "на его разбор не хватает времени или памяти.") from exc
        raise Unreadable(name, "он повреждён или устроен необычно и не разбирается.") from exc
    return answer
