"""Revisions in the audit trail. Texts stand in the rows themselves, which never change."""

from auditlog.registry import auditlog


def register() -> None:
    """Called once when the application is ready."""
    from voice.models import AssistantRevision, ChatSettings, ControlQuestion, PhoneSettings, TransferTarget

    auditlog.register(AssistantRevision, include_fields=["number", "note", "active", "activated_at"])
    auditlog.register(ChatSettings)
    auditlog.register(ControlQuestion)
    auditlog.register(PhoneSettings)
    auditlog.register(TransferTarget)
