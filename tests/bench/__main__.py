"""Run every benchmark, or the groups that are named: `python -m tests.bench [sync] [chat] [phone] [phone-crowd] …`.

Each group has a process, servers and a table of its own. `phone-crowd`, `phone-failures` and `phone-chaos` take
minutes each.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.bench.report import Figure, table
from tests.bench.site import environment, manage

Env = dict[str, str]


def main(wanted: list[str]) -> int:
    if len(wanted) > 1:
        return max([subprocess.run([sys.executable, "-m", "tests.bench", group]).returncode for group in wanted])
    figures = MEASURED[wanted[0]]()
    sys.stdout.write(f"\n{table(figures)}\n")
    return 0 if all(figure.met for figure in figures) else 1


def phone(module: str, function: str) -> Callable[[], list[Figure]]:
    """One group of the phone, on a rig of its own."""

    def measure() -> list[Figure]:
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # it remarks on every process started beside its threads
        figures: list[Figure] = getattr(importlib.import_module(f"tests.bench.{module}"), function)()
        return figures

    return measure


@contextmanager
def own_servers(**extra: str) -> Iterator[Env]:
    """Servers and an empty database of this group's own, which this process is connected to."""
    with tempfile.TemporaryDirectory(prefix="vasdom-bench-") as folder:
        var_dir = Path(folder)
        env = environment(var_dir, **extra)
        os.environ.clear()
        os.environ.update(env | {"DJANGO_SETTINGS_MODULE": "vasdom.settings"})

        from vasdom.embedded import EmbeddedServers

        with EmbeddedServers(var_dir) as servers:
            servers.start()
            manage("migrate", "--noinput", "-v0", env=env)
            manage("collectstatic", "--noinput", "-v0", env=env)
            import django

            django.setup()
            from django.db import connections

            try:
                yield env
            finally:
                connections.close_all()


def start() -> list[Figure]:
    from tests.bench.measure_start import start_figures

    return start_figures()


def sync() -> list[Figure]:
    with own_servers() as env:
        from tests.bench.measure_sync import sync_figures

        return sync_figures(env)


def pages() -> list[Figure]:
    with own_servers() as env:
        from django.utils import timezone

        from tests.bench.measure_pages import page_figures

        return page_figures(env, timezone.localdate())


def search() -> list[Figure]:
    with own_servers():
        from tests.bench.measure_search import search_figures

        return search_figures()


def chat() -> list[Figure]:
    from providers.tests.openai_twin import OpenAITwin
    from tests.bench.measure_chat import chat_figures, twin_environment

    with OpenAITwin() as twin, own_servers(**twin_environment(twin)) as env:
        return chat_figures(env, twin)


MEASURED: Mapping[str, Callable[[], list[Figure]]] = {
    "start": start,
    "sync": sync,
    "pages": pages,
    "search": search,
    "chat": chat,
    "phone": phone("measure_phone_turns", "turn_figures"),
    "phone-pauses": phone("measure_phone_pauses", "pause_figures"),
    "phone-interruptions": phone("measure_phone_interruptions", "interruption_figures"),
    "phone-faults": phone("measure_phone_faults", "fault_figures"),
    "phone-crowd": phone("measure_phone_crowd", "crowd_figures"),
    "phone-failures": phone("measure_phone_failures", "failure_figures"),
    "phone-chaos": phone("measure_phone_chaos", "chaos_figures"),
}


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(MEASURED)
    if unknown := set(chosen) - set(MEASURED):
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; choose from {', '.join(MEASURED)}")
    sys.exit(main(chosen))
