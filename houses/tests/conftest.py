"""Fixtures of the houses' tests. pytest loads this file before Django is set up, hence the imports inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from houses.bitrix.twin import PortalTwin


@pytest.fixture
def twin() -> Iterator[PortalTwin]:
    """A portal of the 23 real houses, without its rate limit."""
    from houses.bitrix.twin import PortalTwin
    from houses.tests.bitrix_fixtures import TODAY

    with PortalTwin(houses=23, limits=False, today=TODAY) as portal:
        yield portal


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    from houses.bitrix import client

    monkeypatch.setattr(client, "FIRST_PAUSE_SECONDS", 0.02)
