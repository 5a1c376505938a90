"""The form of a new revision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from voice import voices
from voice.admin.vendors import OrderField
from voice.models import EDITABLE, AssistantRevision
from voice.phone.fields import PHRASES, SPEECH, TURNS

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[AssistantRevision]
else:
    ModelForm = forms.ModelForm

SPEECH_TITLE = "Речь"
SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Голос", "Как помощник представляется", ("name", "gender", "greeting", "greeting_night")),
    ("Промпты", "По ним отвечает языковая модель", ("qa_prompt", "contextualize_prompt")),
    (
        "Модель",
        "Ключ сервера AI задаётся в окружении; здесь — какая модель отвечает и сколько её ждать",
        (
            "model_vendor",
            "model",
            "fallback_model",
            "temperature",
            "max_tokens",
            "first_token_seconds",
            "whole_seconds",
        ),
    ),
    ("Поиск", "Насколько уверенным надо быть, чтобы ответить", ("top_k", "fallback_threshold", "answer_threshold")),
    (
        "Фразы",
        "Говорятся слово в слово",
        ("phrase_unknown", "phrase_apology", "phrase_transfer", "phrase_silence", "phrase_goodbye"),
    ),
    (SPEECH_TITLE, "Кто слышит и кто говорит по телефону, каким голосом", SPEECH),
    ("Разговор по телефону", "Когда помощник берёт слово и когда уступает; секунды", TURNS),
    (
        "Фразы по телефону",
        "Говорятся слово в слово; {записала/записал} — форма по роду помощника, {name} — имя",
        PHRASES,
    ),
)
TALL = {"qa_prompt": 18, "contextualize_prompt": 6, "stress_words": 4, "speech_hints": 4, "fillers": 3}
SUGGESTED = {
    "voice_yandex": tuple(voices.YANDEX),
    "role_yandex": voices.ROLES,
    "voice_openai": voices.OPENAI,
    "voice_espeak": voices.ESPEAK,
}
"""What a field may hold as far as we know; a vendor may have more by now, so these are typed, not chosen."""


def _told(name: str) -> dict[str, Any]:
    """Label and help of a field of the model."""
    field: Any = AssistantRevision._meta.get_field(name)
    return {"label": field.verbose_name, "help_text": field.help_text}


class RevisionForm(ModelForm):
    """Fields of a revision, beginning with another one's."""

    note = forms.CharField(
        label="Примечание", required=False, max_length=300, help_text="Что изменилось и почему — для списка редакций"
    )

    recognizers = OrderField(vendors=voices.RECOGNIZERS, **_told("recognizers"))
    synthesizers = OrderField(vendors=voices.SYNTHESIZERS, **_told("synthesizers"))

    class Meta:
        model = AssistantRevision
        fields = EDITABLE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules_errors: list[str] = []
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs |= {"rows": TALL.get(name, 2), "spellcheck": "true"}
            if isinstance(field, forms.FloatField):
                field.widget.attrs["step"] = "any"
            if name in SUGGESTED:
                field.widget.attrs |= {"list": f"vo-list-{name}", "autocomplete": "off"}

    def sections(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        return [(title, about, [self[name] for name in names]) for title, about, names in SECTIONS]

    def speech_title(self) -> str:
        """The section under which a voice can be listened to."""
        return SPEECH_TITLE

    def suggested(self) -> dict[str, tuple[str, ...]]:
        return SUGGESTED

    def _post_clean(self) -> None:
        """The row is never saved from here: `voice.actions.save_revision` checks and makes a new one."""
