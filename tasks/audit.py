"""Tasks in the audit trail."""

from auditlog.registry import auditlog


def register() -> None:
    """Called once when the application is ready. The caller's phone is masked."""
    from tasks.models import Task

    auditlog.register(Task, mask_fields=["contact_phone"], exclude_fields=["updated_at"])
