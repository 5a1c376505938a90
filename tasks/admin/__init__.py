"""Tasks in the office."""

from tasks.admin.task import TaskAdmin

__all__ = ["TaskAdmin"]
