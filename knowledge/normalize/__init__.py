"""What was heard, as the company writes it: units of measure, names of machines, standards, numbers before them.

`normalize` is plain Python and knows the built-in glossary; `knowledge.glossary` has the one the office edits.
"""

from knowledge.normalize.builtin import BUILTIN, BUILTIN_TERMS
from knowledge.normalize.glossary import Glossary
from knowledge.normalize.rewrite import Normalized, Replacement, explain
from knowledge.normalize.terms import Kind, Term

__all__ = ["BUILTIN", "BUILTIN_TERMS", "Glossary", "Kind", "Normalized", "Replacement", "Term", "explain", "normalize"]


def normalize(text: str, glossary: Glossary | None = None) -> str:
    """The text with units, names and the numbers before them in their written form; all else stays as said.

    Doing it twice changes nothing more. Never raises; time grows with the length of the text.

    Args:
        glossary: the rules; None = the built-in ones.
    """
    return explain(text, glossary).text
