"""«Обучение» in the back office: one file per noun."""

from knowledge.admin import bases, documents, glossary, index

__all__ = ["bases", "documents", "glossary", "index"]
