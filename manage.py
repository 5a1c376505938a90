#!/usr/bin/env python
"""Django's command line for VasDom."""

import os
import sys

from vasdom.env import Environment
from vasdom.errors import VasdomError

DATABASE_AWAY = "База данных не отвечает: встроенная работает, пока запущен make run; свою проверьте в DATABASE_URL."


def main() -> int:
    """Run one command; what a person can put right is one sentence and exit code 2, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vasdom.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, connection

    try:
        for sentence in Environment.load().retired():
            sys.stderr.write(f"{sentence}\n")
        execute_from_command_line(sys.argv)
    except VasdomError as exc:
        sys.stderr.write(f"{exc.message}\n")
        return 2
    except OperationalError:
        if connection.connection is not None:
            raise
        sys.stderr.write(f"{DATABASE_AWAY}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
