"""The glossary of speech: how a thing is heard, and how the company writes it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from knowledge.normalize import Glossary, Term, normalize
from knowledge.normalize.atoms import clean
from knowledge.normalize.glossary import ANY_ENDING, form_atoms

MOST_FORMS = 100
MOST_WORDS = 12


class GlossaryTerm(models.Model):
    """One rule of the normalisation of speech."""

    class Kind(models.TextChoices):
        UNIT = "unit", "Единица измерения"
        PRODUCT = "product", "Название"
        ABBREVIATION = "abbreviation", "Сокращение"

    canonical = models.CharField("пишется", max_length=100, help_text="Например кН, РЭМ, ISO 7500-1")
    heard = models.TextField(
        "как слышится",
        max_length=8000,
        help_text="Каждый вариант на своей строке. Пробел годится и для дефиса. Знак ~ в конце слова — любое "
        "окончание: «метр~» — это «метр», «метров», «метрах», но не «метро» и не «метрология»",
    )
    kind = models.CharField(
        "вид",
        max_length=12,
        choices=Kind.choices,
        help_text="Перед единицей числа словами становятся цифрами: «пятьсот килоньютон» → «500 кН». "
        "Число после названия заглавными буквами — номер модели: «рэм сто» → «РЭМ-100»",
    )
    needs_number = models.BooleanField(
        "только рядом с числом",
        default=False,
        help_text="Для коротких слов, которые значат и другое: единица — только после числа, название — только "
        "перед ним",
    )
    unless = models.CharField(
        "кроме",
        max_length=500,
        blank=True,
        help_text="Слова через пробел: если такое стоит рядом, замены нет. Звёздочка — любое окончание: улиц* закон*",
    )
    enabled = models.BooleanField("действует", default=True)
    note = models.CharField("заметка", max_length=300, blank=True)

    class Meta:
        verbose_name = "запись словаря"
        verbose_name_plural = "словарь речи"
        ordering = ["kind", "canonical", "pk"]

    def __str__(self) -> str:
        return self.canonical

    @property
    def term(self) -> Term:
        """The rule for `knowledge.normalize`."""
        return Term(self.heard, self.canonical, self.kind, self.needs_number, self.unless, self.note)  # type: ignore[arg-type]

    def clean(self) -> None:
        """A form may stand in one row only, and what a row writes may not be rewritten by another."""
        self.canonical = clean(self.canonical)
        self.heard = "\n".join(dict.fromkeys(clean(form) for form in self.term.forms))
        self._check_forms()
        if not self.enabled:
            return
        others = [row for row in GlossaryTerm.objects.filter(enabled=True).order_by("pk") if row.pk != self.pk]
        self._check_rivals(others)
        written = self.canonical.replace(ANY_ENDING, "")
        rewritten = normalize(written, Glossary([row.term for row in [*others, self]]))
        if rewritten != written:
            text = f"«{written}» само превращается в «{rewritten}»: поправьте эту запись или ту, что его меняет."
            raise ValidationError({"canonical": text})

    def _check_forms(self) -> None:
        forms = self.term.forms
        wrong = next((form for form in forms if not form.strip(" ~-") or len(form_atoms(form)) > MOST_WORDS), None)
        if wrong is not None:
            raise ValidationError({"heard": f"«{wrong[:80]}»: нужно от одного до {MOST_WORDS} слов."})
        if not 0 < len(forms) <= MOST_FORMS:
            raise ValidationError({"heard": f"Нужно от одного до {MOST_FORMS} вариантов."})
        if not self.canonical.replace(ANY_ENDING, "").strip():
            raise ValidationError({"canonical": "Нечего писать вместо услышанного."})

    def _check_rivals(self, others: list[GlossaryTerm]) -> None:
        own = {tuple(form_atoms(form)): form for form in self.term.forms}
        for row in others:
            for form in row.term.forms:
                if (key := tuple(form_atoms(form))) in own:
                    raise ValidationError({"heard": f"«{own[key]}» уже есть в записи «{row}»."})
