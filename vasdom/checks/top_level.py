"""The top level of the repository is what docs/architecture.md says it is."""

from __future__ import annotations

import re
from pathlib import Path

from vasdom.checks.sources import tracked_files
from vasdom.env import ROOT

TREE = re.compile(r"^```tree\n(.*?)^```", re.DOTALL | re.MULTILINE)


def check(root: Path = ROOT) -> list[str]:
    found = TREE.search((root / "docs" / "architecture.md").read_text(encoding="utf-8"))
    if found is None:
        return ["docs/architecture.md has no ```tree block"]
    described = {line.split()[0].rstrip("/") for line in found[1].splitlines() if line and not line[0].isspace()}
    present = {path.parts[0] for path in tracked_files(root)}
    return [f"{name}: not described in docs/architecture.md" for name in sorted(present - described)] + [
        f"{name}: described in docs/architecture.md, but absent" for name in sorted(described - present)
    ]
