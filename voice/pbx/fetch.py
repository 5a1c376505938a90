"""An Asterisk that needs no installation: apt in a folder of its own loads its packages, dpkg-deb unpacks them.

No root, no script of a package, nothing on the machine changes; the packages' signatures are checked as always.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from voice.pbx import mirrors
from voice.pbx.errors import AsteriskFailed, AsteriskUnavailable
from voice.pbx.mirrors import Suite
from voice.pbx.tree import AsteriskTree, open_tree, stamp

TOOLS = ("apt-get", "apt-config", "dpkg-deb", "tar")
LONGEST_SECONDS = 600
INSTEAD = (
    "Можно и без него: поставьте Asterisk 18 или новее обычным способом и задайте ARI_URL, ARI_USER и ARI_PASSWORD "
    "(deploy/asterisk/README.md)."
)
NOT_NEEDED = ("doc", "man", "info", "locale", "lintian", "perl*", "bash-completion")


def fetch(home: Path, say: Callable[[str], None] = lambda line: None) -> AsteriskTree:
    """The Asterisk in `home`, fetched if it is not there yet. What was interrupted is begun anew.

    Args:
        say: takes a Russian line about what is going on.

    Raises:
        AsteriskUnavailable: this is no Debian, or nothing could be loaded. The message says what to do instead.
    """
    home = home.absolute()
    if (tree := open_tree(home)) is not None:
        return tree
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        raise AsteriskUnavailable(
            f"Свой Asterisk скачивается средствами Debian и Ubuntu, а здесь нет {', '.join(missing)}. {INSTEAD}"
        )
    home.parent.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(home):
        return open_tree(home) or _fetched(home, say)


def _fetched(home: Path, say: Callable[[str], None]) -> AsteriskTree:
    say("Скачиваю Asterisk (один раз, около 80 МБ)…")
    reasons = []
    for suite in mirrors.suites():
        try:
            tree = _from(suite, home)
        except AsteriskFailed as exc:
            reasons.append(f"{suite.name}: {exc.message}")
            continue
        say(f"Asterisk {tree.version} готов: {home}")
        return tree
    raise AsteriskUnavailable(f"Asterisk не скачался ({'; '.join(reasons)}). Проверьте сеть и источники apt. {INSTEAD}")


def _from(suite: Suite, home: Path) -> AsteriskTree:
    """Load and unpack aside, rename at the end: a folder with this name is whole."""
    work = home.with_name(f"{home.name}.new")
    shutil.rmtree(work, ignore_errors=True)
    try:
        for name in ("apt/apt.conf.d", "apt/preferences.d", "lists/partial", "archives/partial", "tree/root"):
            (work / name).mkdir(parents=True)
        _load(suite, work)
        archives = sorted((work / "archives").glob("*.deb"))
        for archive in archives:
            _unpack(archive, work / "tree" / "root")
        stamp(work / "tree")
        shutil.rmtree(home, ignore_errors=True)
        (work / "tree").rename(home)
        tree = open_tree(home)
        if tree is None:
            raise AsteriskFailed("распаковано не всё")
        return tree
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _load(suite: Suite, work: Path) -> None:
    (work / "status").touch()
    (work / "apt" / "sources.list").write_text("\n".join([*suite.sources, ""]))
    (work / "apt.conf").write_text("\n".join([*apt_settings(suite, work), ""]))
    env = {**os.environ, "APT_CONFIG": str(work / "apt.conf"), "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    _run(("apt-get", "-qq", "update"), env)
    _run(("apt-get", "-qq", "-y", "--download-only", "install", "asterisk"), env)


def apt_settings(suite: Suite, work: Path) -> list[str]:
    """The machine's own ways to its mirror, over an apt that knows of no installed package and of no root."""
    # The machine's apt.conf.d is not read: it may hold hooks that change the machine.
    folders = {
        "Dir::Etc": work / "apt",
        "Dir::State": work,
        "Dir::State::lists": work / "lists",
        "Dir::State::status": work / "status",
        "Dir::Cache": work,
        "Dir::Cache::archives": work / "archives",
        "Dir::Log": work,
    }
    own = [] if suite.sources else mirrors.own_sources()
    return [
        *mirrors.transport_settings(),
        *(f'{name} "{path}";' for name, path in folders.items()),
        'Dir::Etc::sourceparts "/dev/null";',
        *own,
        'Dir::Cache::pkgcache "";',
        'Dir::Cache::srcpkgcache "";',
        'APT::Install-Recommends "false";',
        'APT::Sandbox::User "";',
        'Acquire::Languages { "none"; };',
        # A mirror may lag behind the date until which its lists are meant; signatures are checked all the same.
        'Acquire::Check-Valid-Until "false";',
        'Acquire::Check-Date "false";',
        'Acquire::Retries "3";',
    ]


def _unpack(archive: Path, root: Path) -> None:
    without = [f"--exclude=./usr/share/{name}" for name in NOT_NEEDED]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE) as content:
        command = ["tar", "-x", "-C", str(root), "--no-same-owner", "--keep-directory-symlink", *without]
        done = subprocess.run(command, stdin=content.stdout, capture_output=True, text=True, check=False)
    if done.returncode != 0 or content.returncode != 0:
        raise AsteriskFailed(f"пакет {archive.name} не распаковался: {done.stderr.strip()[-200:]}")


def _run(command: tuple[str, ...], env: dict[str, str]) -> None:
    try:
        done = subprocess.run(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_SECONDS,
        )
    except subprocess.TimeoutExpired as exc:
        raise AsteriskFailed(f"{command[0]} не закончил за {LONGEST_SECONDS} с") from exc
    if done.returncode != 0:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(("E:", "Err:"))]
        raise AsteriskFailed(
            lines[0].removeprefix("E:").strip()[:200] if lines else f"{command[0]}: код {done.returncode}"
        )


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Two that start at once fetch once."""
    with home.with_name(f"{home.name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
