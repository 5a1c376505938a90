"""Control questions follow every change of what is answered: an activated revision, a published index."""

from __future__ import annotations

from typing import Any

from houses.signals import demo_removing, demo_seeded
from knowledge.signals import index_published
from voice.signals import revision_activated


def connect() -> None:
    """Called once when the application is ready."""
    revision_activated.connect(after_activation, dispatch_uid="voice.controls")
    index_published.connect(after_publication, dispatch_uid="voice.controls")
    demo_seeded.connect(seed_demo, dispatch_uid="voice.controls")
    demo_removing.connect(remove_demo, dispatch_uid="voice.controls")


def seed_demo(**signal: Any) -> None:
    from voice.learning import demo

    demo.seed(**signal)


def remove_demo(**signal: Any) -> None:
    from voice.learning import demo

    demo.remove(**signal)


def after_activation(*, revision: Any, user: Any = None, **_signal: Any) -> None:
    from voice.learning.controls import Reason, want_run

    want_run(Reason.ACTIVATION, about=str(revision), user=user)


def after_publication(*, base: Any, **_signal: Any) -> None:
    from voice.learning.controls import Reason, want_run

    want_run(Reason.PUBLICATION, about=str(base))
