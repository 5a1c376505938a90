"""Django's own `check --deploy`, under an environment like that of production: not one warning."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

from vasdom.env import ROOT

PRODUCTION = {"DEBUG": "0", "SITE_URL": "https://office.example", "CORS_ORIGINS": "https://partner.example"}


def check(environment: Mapping[str, str] = PRODUCTION) -> list[str]:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    output = (done.stderr + done.stdout).splitlines()
    return [line for line in output if line.strip()] if done.returncode else []
