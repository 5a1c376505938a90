"""`make check`: run every check, or the ones named as arguments, and say which failed."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence

from vasdom.env import ROOT, ignore_dotenv

ignore_dotenv()
os.environ["VAR_DIR"] = str(ROOT / "var" / "check")
os.environ["DJANGO_SETTINGS_MODULE"] = "vasdom.settings"

import django  # noqa: E402

django.setup()

from vasdom.checks import (  # noqa: E402
    card_packages,
    code_style,
    dependencies,
    deployment,
    foreign_keys,
    layers,
    migrations,
    secret_scan,
    static_types,
    template_syntax,
    top_level,
    translations,
)

CHECKS: dict[str, Callable[[], list[str]]] = {
    "code-style": code_style.check,
    "secrets": secret_scan.check,
    "top-level": top_level.check,
    "card-packages": card_packages.check,
    "dependencies": dependencies.check,
    "layers": layers.check,
    "foreign-keys": foreign_keys.check,
    "migrations": migrations.check,
    "templates": template_syntax.check,
    "translations": translations.check,
    "deployment": deployment.check,
    "static-types": static_types.check,
}


def main(wanted: Sequence[str]) -> int:
    if unknown := set(wanted) - set(CHECKS):
        write(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}")
        return 2
    failed = []
    for name in wanted or CHECKS:
        started = time.monotonic()
        problems = CHECKS[name]()
        write(f"{'FAIL' if problems else 'ok  '} {name} ({time.monotonic() - started:.1f} s)")
        for problem in problems:
            write(f"     {problem}")
        if problems:
            failed.append(name)
    write(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
