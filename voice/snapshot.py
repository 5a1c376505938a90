"""The active revision as a running conversation sees it: frozen, read anew for every turn."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any

from providers.speech import Voice
from vasdom.planned import planned_cursor
from voice import actions, defaults
from voice.models import AssistantRevision
from voice.phone.rules import Escalation
from voice.phone.stress import stress_pairs


@dataclass(frozen=True, slots=True)
class CallSettings:
    """A revision's values. What was read stays as it is, whatever is activated meanwhile."""

    assistant: str
    number: int
    name: str
    gender: str
    greeting: str
    greeting_night: str
    qa_prompt: str
    contextualize_prompt: str
    model_vendor: str
    model: str
    fallback_model: str
    temperature: float
    max_tokens: int
    top_k: int
    fallback_threshold: float
    answer_threshold: float
    first_token_seconds: float
    whole_seconds: float
    phrase_unknown: str
    phrase_apology: str
    phrase_transfer: str
    phrase_silence: str
    phrase_goodbye: str
    recognizers: tuple[str, ...]
    synthesizers: tuple[str, ...]
    voice_yandex: str
    role_yandex: str
    voice_openai: str
    voice_espeak: str
    speech_speed: float
    stress_words: str
    speech_hints: str
    endpoint_seconds: float
    endpoint_short_seconds: float
    endpoint_long_seconds: float
    turn_cap_seconds: float
    silence_seconds: float
    max_call_seconds: float
    speculate: bool
    filler_after_seconds: float
    fillers: tuple[str, ...]
    vad: str
    interruptible_greeting: bool
    record_calls: bool
    phrase_misheard: str
    phrase_busy: str
    phrase_transfer_failed: str
    phrase_callback: str
    phrase_consent: str
    phrase_too_long: str
    phrase_no_recognition: str
    phrase_menu: str
    phrase_message: str
    escalations: tuple[Escalation, ...] = ()

    @property
    def stresses(self) -> dict[str, str]:
        """«слово» → «сл+ово», both in lower case."""
        return stress_pairs(self.stress_words)

    @property
    def hints(self) -> tuple[str, ...]:
        """The office's own words for recognisers; streets and the glossary come besides."""
        return tuple(line for each in self.speech_hints.splitlines() if (line := each.strip()))

    def voice_of(self, vendor: str) -> Voice:
        """How a vendor's synthesizer shall sound."""
        names = {"yandex": self.voice_yandex, "openai": self.voice_openai, "espeak": self.voice_espeak}
        return Voice(names.get(vendor, ""), self.role_yandex if vendor == "yandex" else "", self.speech_speed)

    def said(self, female: str, male: str) -> str:
        """The verb form of the assistant's gender: said("нашла", "нашёл")."""
        return male if self.gender == AssistantRevision.Gender.MALE else female


NAMES = tuple(field.name for field in fields(CallSettings) if field.name not in {"assistant", "escalations"})
PAIR = re.compile(r"\{([^{}/]+)/([^{}/]+)\}")
"""{расслышала/расслышал}: the verb form of the assistant's gender."""


def frozen(revision: AssistantRevision) -> CallSettings:
    """Any revision, to try it before it is active. One more query for the rules that lead to a person."""
    rules = revision.escalations.select_related("target")
    return unsaved(revision, tuple(rule.frozen() for rule in rules))


def unsaved(revision: AssistantRevision, escalations: tuple[Escalation, ...] = ()) -> CallSettings:
    """The values of a revision that may not be saved at all."""
    values = {name: _kept(revision, name) for name in NAMES}
    return CallSettings(revision.assistant.slug, **values, escalations=escalations)


def _kept(revision: AssistantRevision, name: str) -> Any:
    value = getattr(revision, name)
    if name == "fillers":
        return tuple(line for each in value.splitlines() if (line := filled(each, revision)))
    if name.startswith("phrase_"):
        return filled(value, revision)
    return tuple(value) if isinstance(value, list) else value


def filled(phrase: str, revision: AssistantRevision) -> str:
    """A phrase with the forms of the assistant's gender and its name put in."""
    male = revision.gender == AssistantRevision.Gender.MALE
    chosen = PAIR.sub(lambda pair: pair[2 if male else 1], phrase)
    return chosen.replace("{name}", revision.name).strip()


# What the settings are made of, by the place and the transaction of each row's present version.
STAMP_SQL = """
SELECT concat_ws(' ', r.id, r.xmin, r.ctid,
    (SELECT string_agg(concat_ws(' ', xmin, ctid), ',' ORDER BY id) FROM voice_escalationrule WHERE revision_id = r.id),
    (SELECT string_agg(concat_ws(' ', xmin, ctid), ',' ORDER BY id) FROM voice_transfertarget))
FROM voice_assistantrevision r JOIN voice_assistant a ON a.id = r.assistant_id WHERE a.slug = %s AND r.active
"""
_read: dict[str, tuple[str, CallSettings]] = {}
"""By assistant, what was read last, with its stamp."""


def active_settings(assistant: str = defaults.SLUG) -> CallSettings:
    """The active revision of an assistant, as it is now; one small query, more after a change.

    The very first call of an empty database writes revision 1.

    Raises:
        NotFound: no such assistant.
    """
    with planned_cursor() as cursor:
        cursor.execute(STAMP_SQL, [assistant])
        row = cursor.fetchone()
    known = _read.get(assistant)
    if row is not None and known is not None and known[0] == row[0]:
        return known[1]
    settings = frozen(actions.active_revision(assistant))
    if row is not None:
        _read[assistant] = row[0], settings
    return settings
