"""Voices, as far as the adapters must know them; which there are to choose from is `voice/voices.py`."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT_VOICE = "alena"
# https://yandex.cloud/docs/speechkit/tts/voices: API v1 has only some of the voices.
OF_V1 = frozenset({"alena", "jane", "omazh", "filipp", "ermil", "zahar", "madirus"})
MALE_OF_V3_ONLY = frozenset({"alexander", "kirill", "anton"})
RENAMED_IN_V1: Mapping[str, str] = {"madi_ru": "madirus"}


def in_v1(name: str) -> str:
    """The voice of HTTP v1 that comes nearest."""
    name = RENAMED_IN_V1.get(name, name)
    if name in OF_V1:
        return name
    return "filipp" if name in MALE_OF_V3_ONLY else DEFAULT_VOICE
