<<<<<<< HEAD
"""Run every benchmark, or those named: `python -m tests.bench [sync] [pages] [start] [phone] [phone-…]`.

`phone-crowd`, `phone-failures` and `phone-chaos` take minutes each.
"""
=======
"""Run every benchmark, or those named: `python -m tests.bench [start] [sync] [pages] [search] [chat]`."""
>>>>>>> knowledge

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.bench.report import Figure, table
from tests.bench.site import environment, manage

<<<<<<< HEAD
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
=======
GROUPS = ("start", "sync", "pages", "search", "chat")
Env = dict[str, str]
>>>>>>> knowledge


def main(wanted: list[str]) -> int:
    figures: list[Figure] = []
<<<<<<< HEAD
    if "start" in wanted:
        from tests.bench.measure_start import start_figures

        figures += start_figures()
    for group in (name for name in PHONE if name in wanted):
        figures += _phone(group)
    if {"sync", "pages"} & set(wanted):
        with tempfile.TemporaryDirectory(prefix="vasdom-bench-") as folder:
            figures += _on_own_servers(wanted, Path(folder))
=======
    for group in (group for group in GROUPS if group in wanted):
        figures += MEASURED[group]()
>>>>>>> knowledge
    sys.stdout.write(f"\n{table(figures)}\n")
    return 0 if all(figure.met for figure in figures) else 1


<<<<<<< HEAD
def _phone(group: str) -> list[Figure]:
    """One group, on a rig of its own; its figures are printed at once, since the groups are long."""
    module, function = PHONE[group]
    figures: list[Figure] = getattr(importlib.import_module(f"tests.bench.{module}"), function)()
    sys.stdout.write(f"\n{table(figures)}\n")
    sys.stdout.flush()
    return figures


def _on_own_servers(wanted: list[str], var_dir: Path) -> list[Figure]:
    env = environment(var_dir)
    os.environ.clear()
    os.environ.update(env | {"DJANGO_SETTINGS_MODULE": "vasdom.settings"})
=======
@contextmanager
def own_servers(**extra: str) -> Iterator[Env]:
    """Servers and an empty database of this group's own, which this process is connected to."""
    with tempfile.TemporaryDirectory(prefix="vasdom-bench-") as folder:
        var_dir = Path(folder)
        env = environment(var_dir, **extra)
        os.environ.clear()
        os.environ.update(env | {"DJANGO_SETTINGS_MODULE": "vasdom.settings"})
>>>>>>> knowledge

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
    "start": start, "sync": sync, "pages": pages, "search": search, "chat": chat,
}  # fmt: skip


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(GROUPS)
    if unknown := set(chosen) - set(GROUPS):
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; choose from {', '.join(GROUPS)}")
    sys.exit(main(chosen))
