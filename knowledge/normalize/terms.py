"""One rule of the glossary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["unit", "product", "abbreviation"]


@dataclass(frozen=True, slots=True)
class Term:
    """Forms of a thing as they are heard, and how it is written.

    Attributes:
        heard: the forms, separated by `;`. A blank or a hyphen stands for a blank or a hyphen; `~` at the end of a word
            for any ending of a noun: «метр~» is «метр», «метров», «метрах», but neither «метро» nor «метрология».
        canonical: what is written instead. Each `~` in it takes the ending heard.
        kind: a unit turns the number words before it into digits; a product takes the number after it as its index.
        needs_number: only beside a number: a unit after one, a product before one.
        unless: words, separated by blanks, that forbid the rule when one of them stands near; `*` for any ending.
    """

    heard: str
    canonical: str
    kind: Kind
    needs_number: bool = False
    unless: str = ""
    note: str = ""

    @property
    def forms(self) -> list[str]:
        return [form.strip() for form in self.heard.replace("\n", ";").split(";") if form.strip()]
