"""Small tables written as text."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """«на по из» → a set of words."""
    return frozenset(text.split())


def pairs(text: str) -> dict[str, str]:
    """«ok=окей vk=вэ_ка» → a mapping; «_» stands for a blank."""
    found = (pair.split("=") for pair in text.split())
    return {written: said.replace("_", " ") for written, said in found}
