"""A text written anew by the rules of a glossary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge.normalize import numbers
from knowledge.normalize.atoms import Atom, atoms_of, clean
from knowledge.normalize.builtin import BUILTIN
from knowledge.normalize.glossary import Found, Glossary
from knowledge.normalize.series import index_after, is_series

MOST_PASSES = 5
"""A pass may bring together what makes a new whole; the built-in rules settle in two."""
SHORTEST_WORD = 4
"""Letters; what is shorter is an abbreviation."""
MINUS = "минус"
ROMAN = re.compile(r"[ivx]+")


@dataclass(frozen=True, slots=True)
class Replacement:
    """What stood in the text, what stands there now, and by which kind of rule: a term's kind or `number`."""

    heard: str
    canonical: str
    kind: str


@dataclass(frozen=True, slots=True)
class Normalized:
    """A text in its written form, and what was replaced, in the order of the text."""

    text: str
    replacements: tuple[Replacement, ...] = ()


def explain(text: str, glossary: Glossary | None = None) -> Normalized:
    """Normalise a text and say what was done.

    Repeated until nothing changes, so that doing it again changes nothing.
    """
    rules = glossary or BUILTIN
    replacements: list[Replacement] = []
    for _ in range(MOST_PASSES):
        once = Pass(rules, atoms_of(clean(text)))
        written = once.run()
        replacements += once.replacements
        if written == text:
            break
        text = written
    return Normalized(text, tuple(replacements))


@dataclass(slots=True)
class Pass:
    """One walk over the atoms, left to right."""

    rules: Glossary
    atoms: Sequence[Atom]
    written: list[str] = field(default_factory=list)
    replacements: list[Replacement] = field(default_factory=list)
    taken_until: int = 0
    """Atoms before it belong to a rule already applied: «РЭМ-100» is no number before «50 кН»."""

    def run(self) -> str:
        at = 0
        while at < len(self.atoms):
            atom = self.atoms[at]
            after = self.number(at) if numbers.is_numeric(atom) or atom.fold == MINUS else 0
            if not after and self.rules.begins(atom.fold):
                after = self.name(at)
            at = after or self.keep(at, at + 1)
        return "".join(self.written).strip()

    def keep(self, start: int, end: int) -> int:
        self.written += [atom.gap + atom.text for atom in self.atoms[start:end]]
        return end

    def replace(self, start: int, end: int, canonical: str, kind: str) -> int:
        """Write something in the place of atoms. What was glued to a number is so no longer."""
        heard = source(self.atoms[start:end])
        gap = self.atoms[start].gap
        if heard != canonical:
            self.replacements.append(Replacement(heard, canonical, kind))
            if not gap and start and self.atoms[start - 1].kind == "number":
                gap = " "
        self.written += [gap, canonical]
        return end

    # --- numbers

    def number(self, at: int) -> int:
        """Numbers at an atom, in digits if a unit follows them; returns where to go on, 0 = no number is here."""
        minus = self.atoms[at].fold == MINUS and not self.crowded(at)
        start = at + 1 if minus else at
        if minus and (start == len(self.atoms) or self.atoms[start].gap != " "):
            return 0
        found = numbers.run(self.atoms, start)
        if not found:
            return 0
        if self.crowded(start) or not self.unit_at(found[-1].end):
            return 0 if minus else self.keep(at, found[0].end)
        for position, number in enumerate(found):
            if position == 0:
                self.digits(at, number, "-" if minus else "")
            else:
                self.keep(found[position - 1].end, number.start)
                self.digits(number.start, number, "")
        return found[-1].end

    def digits(self, start: int, number: numbers.Number, sign: str) -> None:
        if sign or number.end > number.start + 1 or number.in_words:
            self.replace(start, number.end, sign + number.text, "number")
        else:
            self.keep(start, number.end)

    def crowded(self, at: int) -> bool:
        """Whether another number stands right before: «Кибальчича три пять метров» may mean anything, so it stays."""
        if at == 0 or at <= self.taken_until or self.atoms[at].gap != " ":
            return False
        return numbers.is_numeric(self.atoms[at - 1])

    # --- names and units

    def name(self, at: int) -> int:
        """The rule that fits at an atom, applied; 0 = none does."""
        for found in self.rules.fitting(self.atoms, at):
            if not self.fits(found, at):
                continue
            index = index_after(self, found.end) if is_series(found) else None
            if found.term.kind == "product" and found.term.needs_number and index is None:
                continue
            end, canonical = found.end, found.canonical
            if index:
                end, canonical = index.end, f"{canonical}-{index.text}"
            elif capital(self.atoms[at].text, canonical, found):
                canonical = canonical[:1].upper() + canonical[1:]
            self.taken_until = end
            return self.replace(at, end, canonical, found.term.kind)
        return 0

    def fits(self, found: Found, at: int) -> bool:
        """Whole words, not parts of an address of the web or of a compound; a number before, where one is needed."""
        term, end = found.term, found.end
        if self.tied(at) or (self.tied(end) and not self.has_index(found)):
            return False
        if term.kind == "unit" and not self.after_number(at) and (term.needs_number or self.is_name(at, end)):
            return False
        return not self.rules.forbidden(term, self.atoms, at, end)

    def has_index(self, found: Found) -> bool:
        """Whether what hangs on a series by a hyphen is its number: «РЭМ-I-5», «рэм-сто»."""
        behind = self.atoms[found.end]
        return is_series(found) and (numbers.is_numeric(behind) or ROMAN.fullmatch(behind.fold) is not None)

    def unit_at(self, at: int) -> bool:
        """Whether a unit stands behind a number that ends here."""
        if at >= len(self.atoms) or "-" in self.atoms[at].gap:
            return False
        return any(found.term.kind == "unit" and self.fits(found, at) for found in self.rules.fitting(self.atoms, at))

    def after_number(self, at: int) -> bool:
        if at == 0 or "-" in self.atoms[at].gap or not numbers.is_numeric(self.atoms[at - 1]):
            return False
        return bool(self.atoms[at].gap) or len(self.atoms[at].text) > 1 or self.atoms[at].text.isascii()

    def is_name(self, at: int, end: int) -> bool:
        """Whether a whole word stands before a number rather than after one: «Вольта 3» is a street, «метров пять» is
        about five metres."""
        if end != at + 1 or len(self.atoms[at].text) < SHORTEST_WORD or end == len(self.atoms):
            return False
        return self.atoms[end].gap == " " and numbers.is_numeric(self.atoms[end])

    def tied(self, at: int) -> bool:
        """Whether the border before an atom lies inside a greater whole: «вольт-амперный», «box@kg.example»."""
        if not 0 < at < len(self.atoms):
            return False
        before, after = self.atoms[at - 1], self.atoms[at]
        if after.gap == "-" and before.kind == after.kind == "word":
            return True
        if after.gap:
            return False
        if after.kind == "sign" and after.text in "@._":
            return at + 1 < len(self.atoms) and not self.atoms[at + 1].gap and self.atoms[at + 1].kind != "sign"
        return before.kind == "sign" and before.text in "@._" and at > 1 and not before.gap


def source(atoms: Sequence[Atom]) -> str:
    """Atoms as they stood, without the gap before the first."""
    return atoms[0].text + "".join(atom.gap + atom.text for atom in atoms[1:]) if atoms else ""


def capital(heard: str, canonical: str, found: Found) -> bool:
    return found.term.kind == "product" and heard[:1].isupper() and canonical[:1].islower()
