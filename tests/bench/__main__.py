"""Run every benchmark, or those named: `python -m tests.bench [sync] [pages] [start]`."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.bench.report import Figure, table
from tests.bench.site import environment, manage

GROUPS = ("start", "sync", "pages")


def main(wanted: list[str]) -> int:
    figures: list[Figure] = []
    if "start" in wanted:
        from tests.bench.measure_start import start_figures

        figures += start_figures()
    if {"sync", "pages"} & set(wanted):
        with tempfile.TemporaryDirectory(prefix="vasdom-bench-") as folder:
            figures += _on_own_servers(wanted, Path(folder))
    sys.stdout.write(f"\n{table(figures)}\n")
    return 0 if all(figure.met for figure in figures) else 1


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
