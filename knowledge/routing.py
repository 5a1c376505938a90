"""Which base a question belongs to, by its words. Whole words, never letters inside others: «окна» holds no «кн»."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.models import KnowledgeBase
    from knowledge.search import Base

WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# «ПИ-300», «РЭМ-600-А», «КСТ»: a name of equipment. Initials of streets and offices are shorter or without a number.
CODE = re.compile(r"(?<![\w-])(?:[A-ZА-ЯЁ]{2,5}-\d{2,4}(?:-[A-ZА-ЯЁ0-9]+)*)(?![\w-])")


@dataclass(frozen=True, slots=True)
class Rule:
    """The words of one base. A word that ends in a star is the beginning of one."""

    base: str
    words: frozenset[str] = frozenset()
    stems: tuple[str, ...] = ()
    veto_words: frozenset[str] = frozenset()
    veto_stems: tuple[str, ...] = ()
    is_default: bool = False

    def hits(self, words: Sequence[str], has_code: bool) -> int:
        """How many of the question's words are this base's; 0 where a word speaks against it."""
        if any(word in self.veto_words or word.startswith(self.veto_stems) for word in words):
            return 0
        own = sum(1 for word in words if word in self.words or word.startswith(self.stems))
        return own + (1 if has_code and (self.words or self.stems) else 0)


def rule_of(base: KnowledgeBase | Base) -> Rule:
    words, stems = parsed(base.route_words)
    veto_words, veto_stems = parsed(base.veto_words)
    return Rule(base.slug, words, stems, veto_words, veto_stems, base.is_default)


@lru_cache(maxsize=64)
def parsed(text: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Whole words and beginnings, out of the lines of a base's field."""
    items = [item for item in folded(text).replace(",", " ").split() if item.strip("*")]
    stems = tuple(sorted(item.rstrip("*") for item in items if item.endswith("*")))
    return frozenset(item for item in items if not item.endswith("*")), stems


def folded(text: str) -> str:
    return text.lower().replace("ё", "е")


def words_of(question: str) -> list[str]:
    """The words, lower-cased; a word with a hyphen also as its parts."""
    found: list[str] = []
    for word in WORD.findall(folded(question)):
        found.append(word)
        if "-" in word:
            found += word.split("-")
    return found


def route(question: str, rules: Iterable[Rule]) -> str:
    """The base whose words the question has most of; the default one where it has none's.

    Without a default the first. Raises ValueError where there are no rules at all.
    """
    known = list(rules)
    if not known:
        raise ValueError("no bases to choose from")
    words, has_code = words_of(question), CODE.search(question) is not None
    default = next((rule for rule in known if rule.is_default), known[0])
    best = max(known, key=lambda rule: (rule.hits(words, has_code), rule is default))
    return best.base if best.hits(words, has_code) else default.base
