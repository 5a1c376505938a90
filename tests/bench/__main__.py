"""Run every benchmark, or those named: `python -m tests.bench [sync] [pages] [start] [phone] [phone-…]`.

`phone-crowd`, `phone-failures` and `phone-chaos` take minutes each.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from pathlib import Path

from tests.bench.report import Figure, table
from tests.bench.site import environment, manage

PHONE = {
    # group: module of this package, its function
    "phone": ("measure_phone_turns", "turn_figures"),
    "phone-pauses": ("measure_phone_pauses", "pause_figures"),
    "phone-interruptions": ("measure_phone_interruptions", "interruption_figures"),
    "phone-faults": ("measure_phone_faults", "fault_figures"),
    "phone-crowd": ("measure_phone_crowd", "crowd_figures"),
    "phone-failures": ("measure_phone_failures", "failure_figures"),
    "phone-chaos": ("measure_phone_chaos", "chaos_figures"),
}
GROUPS = ("start", "sync", "pages", *PHONE)


def main(wanted: list[str]) -> int:
    figures: list[Figure] = []
    if "start" in wanted:
        from tests.bench.measure_start import start_figures

        figures += start_figures()
    for group in (name for name in PHONE if name in wanted):
        figures += _phone(group)
    if {"sync", "pages"} & set(wanted):
        with tempfile.TemporaryDirectory(prefix="vasdom-bench-") as folder:
            figures += _on_own_servers(wanted, Path(folder))
    sys.stdout.write(f"\n{table(figures)}\n")
    return 0 if all(figure.met for figure in figures) else 1


def _phone(group: str) -> list[Figure]:
    """One group, on a rig of its own; its figures are printed at once, since the groups are long."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # it remarks on every process that is started beside its threads
    module, function = PHONE[group]
    figures: list[Figure] = getattr(importlib.import_module(f"tests.bench.{module}"), function)()
    sys.stdout.write(f"\n{table(figures)}\n")
    sys.stdout.flush()
    return figures


def _on_own_servers(wanted: list[str], var_dir: Path) -> list[Figure]:
    env = environment(var_dir)
    os.environ.clear()
    os.environ.update(env | {"DJANGO_SETTINGS_MODULE": "vasdom.settings"})

    from vasdom.embedded import EmbeddedServers

    with EmbeddedServers(var_dir) as servers:
        servers.start()
        manage("migrate", "--noinput", "-v0", env=env)
        manage("collectstatic", "--noinput", "-v0", env=env)
        return _measure(wanted, env)


def _measure(wanted: list[str], env: dict[str, str]) -> list[Figure]:
    import django

    django.setup()
    from django.db import connections
    from django.utils import timezone

    from tests.bench.measure_pages import page_figures
    from tests.bench.measure_sync import sync_figures

    figures: list[Figure] = []
    if "sync" in wanted:
        figures += sync_figures(env)
    if "pages" in wanted:
        figures += page_figures(env, timezone.localdate())
    connections.close_all()
    return figures


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(GROUPS)
    if unknown := set(chosen) - set(GROUPS):
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; choose from {', '.join(GROUPS)}")
    sys.exit(main(chosen))
