"""An unpacked Asterisk: where its parts lie, and how it is run without being installed."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from voice.pbx.errors import AsteriskFailed

STAMP = "VERSION"


@dataclass(frozen=True, slots=True)
class AsteriskTree:
    """A folder with the packages of a distribution unpacked over each other below `root`.

    Attributes:
        home: the folder.
        version: "22.10.1".
        command: the loader of the tree with the libraries of the tree, and the program: the host's are not touched,
            they may be older.
        modules: the folder of the loadable modules.
        data: the folder with what Asterisk reads besides: the documentation of its options, the description of ARI.
    """

    home: Path
    version: str
    command: tuple[str, ...]
    modules: Path
    data: Path

    @property
    def release(self) -> tuple[int, ...]:
        """(22, 10, 1)."""
        return tuple(int(part) for part in self.version.split(".") if part.isdecimal())


def open_tree(home: Path) -> AsteriskTree | None:
    """What `fetch` has put there; None where nothing was, or not all of it."""
    try:
        version = (home / STAMP).read_text().strip()
        return _tree(home, version) if version else None
    except (OSError, AsteriskFailed):
        return None


def stamp(home: Path) -> AsteriskTree:
    """Ask the unpacked program for its version, and write that down: the folder is complete then.

    Raises:
        AsteriskFailed: it does not run.
    """
    tree = _tree(home, "")
    done = subprocess.run([*tree.command, "-V"], capture_output=True, text=True, check=False)
    words = done.stdout.split()
    if done.returncode != 0 or len(words) < 2:
        raise AsteriskFailed(f"Скачанный Asterisk не запускается: {(done.stderr or done.stdout).strip()[-200:]}")
    version = words[1].partition("+")[0].partition("~")[0]
    (home / STAMP).write_text(f"{version}\n")
    return _tree(home, version)


def _tree(home: Path, version: str) -> AsteriskTree:
    """The loader and the folders are looked for: their names depend on the processor and the distribution's age."""
    root = home / "root"
    libraries = _one(root, ("usr/lib/*/libc.so.6", "lib/*/libc.so.6", "usr/lib64/libc.so.6")).parent
    loader = _one(libraries, ("ld-linux*.so.*", "ld64.so.*", "ld-*.so*"))
    modules = _one(root, ("usr/lib/*/asterisk/modules", "usr/lib/asterisk/modules"))
    # One folder of libraries stands for four: packages differ in whether they say /lib or /usr/lib.
    same = [root / top / libraries.name for top in ("usr/lib", "lib")]
    path = [*same, root / "usr/lib", root / "lib", *(folder / "odbc" for folder in same)]
    return AsteriskTree(
        home=home,
        version=version,
        command=(
            str(loader),
            *("--library-path", ":".join(str(folder) for folder in path if folder.is_dir())),
            str(_one(root, ("usr/sbin/asterisk", "usr/bin/asterisk"))),
        ),
        modules=modules,
        data=_one(root, ("usr/share/asterisk",)),
    )


def _one(folder: Path, patterns: tuple[str, ...]) -> Path:
    for pattern in patterns:
        if found := sorted(folder.glob(pattern)):
            return found[0]
    raise AsteriskFailed(f"В {folder} нет {patterns[0]}.")
