"""The office's pages: Django admin classes, one file per noun."""

from houses.admin import act, house, mapping, people, settings, sync, visit

__all__ = ["act", "house", "mapping", "people", "settings", "sync", "visit"]
