"""Logins, roles and periods of jobs under audit; what belongs to houses is registered in `houses.audit`."""

from auditlog.registry import auditlog


def register() -> None:
    """Called once when the application is ready. Passwords and the traces of mere use are left out."""
    from django.contrib.auth.models import Group, User
    from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

    auditlog.register(User, exclude_fields=["password", "last_login"], m2m_fields={"groups", "user_permissions"})
    auditlog.register(Group, m2m_fields={"permissions"})
    auditlog.register(PeriodicTask, exclude_fields=["last_run_at", "total_run_count", "date_changed"])
    auditlog.register(CrontabSchedule)
    auditlog.register(IntervalSchedule)
