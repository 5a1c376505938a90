"""What the company knows, and how it is found."""

from knowledge.models.base import KnowledgeBase
from knowledge.models.document import Document, DocumentVersion
from knowledge.models.glossary import GlossaryTerm
from knowledge.models.index import EmbeddingCache, IndexBuild, Passage, PassageVector, TermCount

__all__ = [
    "Document",
    "DocumentVersion",
    "EmbeddingCache",
    "GlossaryTerm",
    "IndexBuild",
    "KnowledgeBase",
    "Passage",
    "PassageVector",
    "TermCount",
]
