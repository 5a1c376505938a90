"""Fixtures of the houses' tests."""

from houses.tests.bitrix_fixtures import short_pauses, twin

__all__ = ["short_pauses", "twin"]
