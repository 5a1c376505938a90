"""«Обучение» in the back office: one file per noun."""

from knowledge.admin import bases, documents, index

__all__ = ["bases", "documents", "index"]
