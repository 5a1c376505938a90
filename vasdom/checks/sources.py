"""The project's own files, as git sees them, and the tools run over them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from vasdom.env import ROOT

# Lower layers last; the packages of one line know nothing of each other. `vasdom` wires them and stands above all.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("voice",),
    ("calls", "meetings", "knowledge"),
    ("tasks",),
    ("houses",),
    ("providers",),
)


def tracked_files(root: Path = ROOT) -> list[Path]:
    """What is in git, and what is about to be: untracked files that no .gitignore names. Relative paths."""
    listing = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    names = {name for name in listing.stdout.split("\0") if name}
    return sorted(Path(name) for name in names if (root / name).is_file())


def production_modules(root: Path = ROOT) -> Iterator[Path]:
    """The Python files that run in production: without tests, migrations and these checks."""
    for path in tracked_files(root):
        if path.suffix != ".py" or path.name == "conftest.py" or path.parts[:2] == ("vasdom", "checks"):
            continue
        if not {"tests", "migrations"} & set(path.parts):
            yield root / path


def first_party_packages(root: Path = ROOT) -> list[str]:
    """The top-level packages that exist, highest layer first."""
    named = ["vasdom", *(package for layer in LAYERS for package in layer)]
    return [package for package in named if (root / package / "__init__.py").is_file()]


def run_tool(*command: str, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> list[str]:
    """Run `python command`; its output as problems if it failed, nothing if it did not."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return []
    output = (done.stdout + done.stderr).splitlines()
    return [line for line in output if line.strip()] or [f"{' '.join(command)} failed with code {done.returncode}"]
