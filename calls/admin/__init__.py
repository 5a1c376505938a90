"""Calls in the office."""

from calls.admin.call import CallAdmin
from calls.admin.settings import CallLogSettingsAdmin

__all__ = ["CallAdmin", "CallLogSettingsAdmin"]
