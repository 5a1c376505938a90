"""The active revision as a running conversation sees it: frozen, read anew for every turn."""

from __future__ import annotations

from dataclasses import dataclass, fields

from voice import actions, defaults
from voice.models import AssistantRevision


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

    def said(self, female: str, male: str) -> str:
        """The verb form of the assistant's gender: said("нашла", "нашёл")."""
        return male if self.gender == AssistantRevision.Gender.MALE else female


NAMES = tuple(field.name for field in fields(CallSettings) if field.name != "assistant")


def frozen(revision: AssistantRevision) -> CallSettings:
    """Any revision, to try it before it is active."""
    return CallSettings(revision.assistant.slug, **{name: getattr(revision, name) for name in NAMES})


def active_settings(assistant: str = defaults.SLUG) -> CallSettings:
    """The active revision of an assistant; one query. The very first call of an empty database writes revision 1.

    Raises:
        NotFound: no such assistant.
    """
    return frozen(actions.active_revision(assistant))
