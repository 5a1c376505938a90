"""The packages that the product was ordered with are used by production code, not only installed."""

from __future__ import annotations

from pathlib import Path

from vasdom.checks.usage import used_packages
from vasdom.env import ROOT

# distribution: import name
CARD = {
    "django": "django",
    "djangorestframework": "rest_framework",
    "channels": "channels",
    "daphne": "daphne",
    "celery": "celery",
    "django-celery-beat": "django_celery_beat",
    "psycopg": "psycopg",
    "pgvector": "pgvector",
    "openai": "openai",
    "langchain": "langchain",
    "requests": "requests",
    "django-cors-headers": "corsheaders",
    "aioari": "aioari",
}


def check(root: Path = ROOT) -> list[str]:
    used = used_packages(root)
    return [
        f"{distribution}: production code does not use {module}"
        for distribution, module in CARD.items()
        if module not in used
    ]
