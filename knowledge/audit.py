"""Bases and documents under audit. Texts are kept as versions, and not once more in the audit trail."""

from auditlog.registry import auditlog


def register() -> None:
    """Called once when the application is ready."""
    from knowledge.models import Document, DocumentVersion, GlossaryTerm, KnowledgeBase

    auditlog.register(KnowledgeBase)
    auditlog.register(Document)
    auditlog.register(DocumentVersion, exclude_fields=["text", "text_hash", "file"])
    auditlog.register(GlossaryTerm)
