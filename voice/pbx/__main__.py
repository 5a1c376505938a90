"""`python -m voice.pbx FOLDER`: fetch an Asterisk into a folder, for machines that run the telephone tests."""

from __future__ import annotations

import sys
from pathlib import Path

from vasdom.errors import VasdomError
from voice.pbx.fetch import fetch


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("python -m voice.pbx FOLDER\n")
        return 2
    try:
        tree = fetch(Path(arguments[0]), say)
    except VasdomError as exc:
        say(exc.message)
        return 2
    sys.stdout.write(f"{tree.version}\n")
    return 0


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
