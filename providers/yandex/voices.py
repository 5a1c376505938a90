"""The voices of SpeechKit, for those who choose one. The service is the judge: it refuses what it does not know."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT_VOICE = "alena"
# https://yandex.cloud/docs/speechkit/tts/voices: roles of API v3.
VOICES: Mapping[str, tuple[str, ...]] = {
    "alena": ("neutral", "good"),
    "jane": ("neutral", "good", "evil"),
    "omazh": ("neutral", "evil"),
    "dasha": ("neutral", "good", "friendly"),
    "julia": ("neutral", "strict"),
    "lera": ("neutral", "friendly"),
    "masha": ("good", "strict", "friendly"),
    "marina": ("neutral", "whisper", "friendly"),
    "filipp": (),
    "ermil": ("neutral", "good"),
    "zahar": ("neutral", "good"),
    "madi_ru": (),
    "alexander": ("neutral", "good"),
    "kirill": ("neutral", "strict", "good"),
    "anton": ("neutral", "good"),
}
MALE = frozenset({"filipp", "ermil", "zahar", "madi_ru", "alexander", "kirill", "anton"})
OF_V1 = frozenset({"alena", "jane", "omazh", "filipp", "ermil", "zahar", "madirus"})
RENAMED_IN_V1: Mapping[str, str] = {"madi_ru": "madirus"}


def in_v1(name: str) -> str:
    """The voice of HTTP v1 that comes nearest; v1 has only some of them."""
    name = RENAMED_IN_V1.get(name, name) or DEFAULT_VOICE
    if name in OF_V1:
        return name
    return "filipp" if name in MALE else DEFAULT_VOICE
