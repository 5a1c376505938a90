"""The voices that vendors have, which vendors have a key, and what is wrong with a revision's choice of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.conf import settings

from providers.espeak.library import available as espeak_is_there
from voice.engine import silero

if TYPE_CHECKING:
    from voice.models import AssistantRevision

_USUAL = ("neutral", "good")
# https://yandex.cloud/ru/docs/speechkit/tts/voices, those that speak Russian in API v3, each with its roles.
YANDEX: Mapping[str, tuple[str, ...]] = {
    "alena": _USUAL,
    "alexander": _USUAL,
    "anton": _USUAL,
    "dasha": ("neutral", "good", "friendly"),
    "ermil": _USUAL,
    "filipp": (),
    "jane": ("neutral", "good", "evil"),
    "julia": ("neutral", "strict"),
    "kirill": ("neutral", "strict", "good"),
    "lera": ("neutral", "friendly"),
    "madi_ru": (),
    "madirus": (),
    "marina": ("neutral", "whisper", "friendly"),
    "masha": ("good", "strict", "friendly"),
    "omazh": ("neutral", "evil"),
    "saule_ru": ("neutral", "strict", "whisper"),
    "yulduz_ru": ("neutral", "strict", "friendly", "whisper"),
    "zahar": _USUAL,
    "zamira_ru": ("neutral", "strict", "friendly"),
    "zhanar_ru": ("neutral", "strict", "friendly"),
}
# https://platform.openai.com/docs/guides/text-to-speech; a compatible server may have others.
OPENAI = (
    "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse",
)  # fmt: skip
OPENAI_URL = "https://api.openai.com/v1"
ESPEAK = ("ru", *(f"ru+f{number}" for number in range(1, 6)), *(f"ru+m{number}" for number in range(1, 9)))
NAMES: Mapping[str, tuple[str, ...]] = {"yandex": tuple(YANDEX), "openai": OPENAI, "espeak": ESPEAK}
ROLES = tuple(sorted({role for roles in YANDEX.values() for role in roles}))
RECOGNIZERS = ("yandex", "openai")
SYNTHESIZERS = ("yandex", "openai", "espeak")


def missing(vendor: str) -> str:
    """Why a vendor of speech is off, one Russian sentence; nothing = it has what it needs."""
    if vendor == "yandex" and not (_set("YANDEX_API_KEY") or (_set("YANDEX_OAUTH_TOKEN") and _set("YANDEX_FOLDER_ID"))):
        return "Яндекс SpeechKit: не задана переменная YANDEX_API_KEY (или YANDEX_OAUTH_TOKEN и YANDEX_FOLDER_ID)."
    if vendor == "openai" and not _set("OPENAI_API_KEY"):
        return "OpenAI: не задана переменная OPENAI_API_KEY."
    if vendor == "espeak" and not espeak_is_there():
        return "eSpeak: не установлен пакет espeakng-loader (requirements-espeak.txt)."
    return ""


def usable(order: Sequence[str]) -> tuple[str, ...]:
    """The vendors of an order that have what they need."""
    return tuple(vendor for vendor in order if not missing(vendor))


def refusal(revision: AssistantRevision) -> str:
    """Why a revision's speech cannot be used, one Russian sentence; nothing = it can."""
    if problem := strange_voice(revision):
        return problem
    if revision.vad == revision.Vad.SILERO and (reason := silero.missing()):
        return f"{reason} Или выберите WebRTC."
    if settings.ARI_URL and revision.synthesizers and not usable(revision.synthesizers):
        reasons = " ".join(missing(vendor) for vendor in revision.synthesizers)
        return f"Ни один синтез речи из списка не работает: помощник был бы нем. {reasons}"
    return ""


def strange_voice(revision: AssistantRevision) -> str:
    """The first voice or role that its vendor does not know, as a Russian sentence; nothing = all are known."""
    for vendor, name in (
        ("yandex", revision.voice_yandex),
        ("openai", revision.voice_openai),
        ("espeak", revision.voice_espeak),
    ):
        if vendor in revision.synthesizers and (problem := _strange(vendor, name)):
            return problem
    if "yandex" in revision.synthesizers and (problem := _strange_role(revision.voice_yandex, revision.role_yandex)):
        return problem
    return ""


def warnings(revision: AssistantRevision) -> list[str]:
    """What works with a loss, in Russian sentences."""
    found = []
    if not usable(revision.recognizers):
        why = " ".join(missing(vendor) for vendor in revision.recognizers) or "Список распознавания пуст."
        found.append(f"Речь не распознаётся: по телефону будет меню кнопок. {why}")
    if not usable(revision.synthesizers):
        why = " ".join(missing(vendor) for vendor in revision.synthesizers) or "Список синтеза пуст."
        found.append(f"Говорить некому: по телефону звонок сразу уйдёт в очередь диалплана. {why}")
    return found


def _strange(vendor: str, name: str) -> str:
    if not name or name in NAMES[vendor] or (vendor == "openai" and settings.OPENAI_BASE_URL.rstrip("/") != OPENAI_URL):
        return ""
    title = {"yandex": "Яндекса", "openai": "OpenAI", "espeak": "eSpeak"}[vendor]
    return f"Нет такого голоса {title}: «{name}». Есть: {', '.join(NAMES[vendor])}."


def _strange_role(name: str, role: str) -> str:
    if not role or not name or role in YANDEX[name]:
        return ""
    known = ", ".join(YANDEX[name])
    return f"У голоса Яндекса «{name}» нет манеры «{role}». " + (f"Есть: {known}." if known else "Оставьте пусто.")


def _set(name: str) -> bool:
    return bool(getattr(settings, name, ""))
