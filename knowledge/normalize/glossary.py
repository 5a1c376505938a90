"""The rules made ready for matching: a tree of words, walked once from each word of a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from knowledge.normalize.atoms import Atom, atoms_of, clean, fold, joint
from knowledge.normalize.terms import Term

ENDINGS = (
    "", "а", "я", "у", "ю", "е", "и", "й", "ы", "ь", "ом", "ем", "ов", "ев", "ей", "ой", "ою", "ью",
    "ам", "ям", "ами", "ями", "ах", "ях",
)  # fmt: skip
"""Endings of Russian nouns, all declensions together; a word with a suffix before the ending is another word."""
ANY_ENDING = "~"
NEARBY_ATOMS = 8
"""How far to either side, within the sentence, a word of `unless` is looked for."""
SENTENCE_ENDS = frozenset(";!?")
"""Not the full stop, which also ends «ул.» and «д.»."""


@dataclass(slots=True)
class Node:
    """Where a walk has come to. An edge knows which ending it stands for; None = the word was given whole."""

    edges: dict[str, tuple[Node, str | None]] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()

    def step(self, key: str, ending: str | None, new: Node) -> Node:
        return self.edges.setdefault(key, (new, ending))[0]


@dataclass(frozen=True, slots=True)
class Found:
    """A rule that fits: `end` is the first atom behind it."""

    term: Term
    end: int
    endings: tuple[str, ...]

    @property
    def canonical(self) -> str:
        text = self.term.canonical
        for ending in self.endings if ANY_ENDING in text else ():
            text = text.replace(ANY_ENDING, ending, 1)
        return text.replace(ANY_ENDING, "")


class Glossary:
    """Compiled terms. Of two terms with the same form the earlier one holds, where it fits."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._root = Node()
        self._forbidden: dict[Term, tuple[frozenset[str], tuple[str, ...]]] = {}
        for term in terms:
            words = fold(term.unless).replace(",", " ").split()
            if words:
                stems = tuple(word[:-1] for word in words if word.endswith("*") and len(word) > 1)
                self._forbidden[term] = frozenset(words), stems
            for form in term.forms:
                self._add(form_atoms(form), term)

    def _add(self, parts: Sequence[tuple[str, bool]], term: Term) -> None:
        nodes = [self._root]
        for key, any_ending in parts:
            reached: dict[int, Node] = {}
            for node in nodes:
                new = Node()
                for ending in ENDINGS if any_ending else ("",):
                    child = node.step(key + ending, ending if any_ending else None, new)
                    reached[id(child)] = child
            nodes = list(reached.values())
        for node in nodes if parts else ():
            if term not in node.terms:
                node.terms += (term,)

    def begins(self, word: str) -> bool:
        """Whether any form begins with a word, given in lower case with ё as е."""
        return word in self._root.edges

    def fitting(self, atoms: Sequence[Atom], start: int) -> list[Found]:
        """Every rule that begins at an atom, the longest first."""
        found: list[Found] = []
        node, key = self._root, atoms[start].fold
        endings: list[str] = []
        position = start
        while edge := node.edges.get(key):
            node = edge[0]
            if edge[1] is not None:
                endings.append(edge[1])
            position += 1
            found += [Found(term, position, tuple(endings)) for term in reversed(node.terms)]
            if position == len(atoms):
                break
            key = joint(atoms[position - 1], atoms[position]) + atoms[position].fold
        return found[::-1]

    def forbidden(self, term: Term, atoms: Sequence[Atom], start: int, end: int) -> bool:
        """Whether a word near the atoms from `start` to `end` speaks against the term."""
        if term not in self._forbidden:
            return False
        words, stems = self._forbidden[term]
        before = takewhile(in_sentence, reversed(atoms[max(0, start - NEARBY_ATOMS) : start]))
        after = takewhile(in_sentence, atoms[end : end + NEARBY_ATOMS])
        return any(atom.fold in words or atom.fold.startswith(stems) for atom in (*before, *after))


def in_sentence(atom: Atom) -> bool:
    return atom.text not in SENTENCE_ENDS


def form_atoms(form: str) -> list[tuple[str, bool]]:
    """The steps of a form: the key of each, and whether any ending fits."""
    parts: list[tuple[str, bool]] = []
    before: Atom | None = None
    for atom in atoms_of(clean(form)):
        if atom.text == ANY_ENDING and parts and not atom.gap:
            parts[-1] = (parts[-1][0], True)
            continue
        if atom.text:
            parts.append(((joint(before, atom) if before else "") + atom.fold, False))
            before = atom
    return parts
