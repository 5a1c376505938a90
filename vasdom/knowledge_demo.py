"""The sample documents come and go with the demo houses."""

from __future__ import annotations

from collections import Counter
from typing import Any

from houses.signals import demo_removing, demo_seeded
from knowledge import demo


def connect() -> None:
    """Called once when the application is ready."""
    demo_seeded.connect(seed, dispatch_uid="knowledge.demo")
    demo_removing.connect(remove, dispatch_uid="knowledge.demo")


def seed(**_signal: Any) -> None:
    demo.seed()


def remove(*, removed: Counter[str], **_signal: Any) -> None:
    removed["документы базы знаний"] += demo.remove()
