"""Every change of a model has its migration."""

from __future__ import annotations

import io

from django.core.management import call_command
from django.db import connections
from django.test.utils import override_settings


def check() -> list[str]:
    """`makemigrations --check --dry-run`, with the database left out: no server is needed to compare the two states."""
    settings = connections["default"].settings_dict
    engine, output = settings["ENGINE"], io.StringIO()
    settings["ENGINE"] = "django.db.backends.dummy"  # makemigrations skips its look at the history on this one
    try:
        with override_settings(LANGUAGE_CODE="en"):
            call_command("makemigrations", "--check", "--dry-run", interactive=False, stdout=output, stderr=output)
    except SystemExit:
        return [line for line in output.getvalue().splitlines() if line.strip()]
    finally:
        settings["ENGINE"] = engine
    return []
