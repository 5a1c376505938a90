"""Taking over what the original assistant kept: its prompts, its Markdown bases and its SQLite log of calls."""

from voice.originals.bring import Brought, Originals, bring_over
from voice.originals.files import BrokenOriginal

__all__ = ["BrokenOriginal", "Brought", "Originals", "bring_over"]
