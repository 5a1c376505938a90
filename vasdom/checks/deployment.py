"""Django's own `check --deploy`, under an environment like that of production: not one warning."""

from __future__ import annotations

from collections.abc import Mapping

from vasdom.checks.sources import run_tool

PRODUCTION = {"DEBUG": "0", "SITE_URL": "https://office.example", "CORS_ORIGINS": "https://partner.example"}


def check(environment: Mapping[str, str] = PRODUCTION) -> list[str]:
    return run_tool("manage.py", "check", "--deploy", "--fail-level", "WARNING", env=environment)
