"""Background work of the product as a whole."""

from __future__ import annotations

from typing import Any

from celery import shared_task, signals

from vasdom.health import components, probes
from vasdom.health import heartbeat as signs


@shared_task(name="vasdom.jobs.heartbeat")
def heartbeat() -> None:
    """Prove that jobs are sent and run, and note every part's state, so that its changes get their moment."""
    signs.sign("jobs")
    components()


@shared_task(name="vasdom.jobs.probe_services", soft_time_limit=60)
def probe_services(*, at_start: bool = False) -> None:
    """Ask the outside services how they are."""
    probes.probe_all(at_start=at_start)


@signals.worker_ready.connect(dispatch_uid="vasdom.first_probe")
def look_round_at_once(**_: Any) -> None:
    """A fresh start knows its outside services within seconds, not at the next full minute."""
    probe_services.apply_async(kwargs={"at_start": True}, expires=60)
