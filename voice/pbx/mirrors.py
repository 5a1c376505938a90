"""Where this machine takes its packages from: its own settings of apt, and no address of ours.

apt itself reads them, whatever their format: `apt-get indextargets` lists the sources of both, `apt-config` the proxies
and certificates.
"""

from __future__ import annotations

import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path

FIELDS = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(SOURCESENTRY)"
SYMBOLIC = {"stable", "oldstable", "testing", "unstable", "sid"}
KEYRINGS = ("debian-archive-keyring.gpg", "debian-archive-keyring.pgp")
# How packages are fetched is the machine's affair; which lists besides the packages' are wanted is not ours.
UNWANTED = ("IndexTargets", "Changelogs", "Languages", "CompressionTypes", "cdrom")


@dataclass(frozen=True, slots=True)
class Suite:
    """One attempt: a line for apt's list of sources each, nothing = the machine's own list.

    Attributes:
        name: for people.
    """

    name: str
    sources: tuple[str, ...] = ()


def suites() -> list[Suite]:
    """Where an Asterisk may come from, the best first.

    Debian's unstable release carries a current one; the release before the last two still carries an old one; others
    (Ubuntu) have one of their own.
    """
    found = []
    debian = _mirror("debian")
    if debian:
        options = _signed_by()
        found.append(Suite("Debian sid", (f"deb {options}{debian} sid main",)))
        old = [f"deb {options}{debian} bullseye main"]
        if security := _mirror("debian", security=True):
            old.append(f"deb {options}{security} bullseye-security main")
        found.append(Suite("Debian 11", tuple(old)))
    found.append(Suite("источники пакетов этой машины"))
    return found


def transport_settings() -> list[str]:
    """The machine's proxies, certificates, time limits, passwords and keys, as lines of a configuration of apt."""
    unwanted = tuple(f"Acquire::{name}" for name in UNWANTED)
    lines = [line for line in _output("apt-config", "dump", "Acquire") if not line.startswith(unwanted)]
    return [*lines, *_places("netrc/f", "netrcparts/d", "trusted/f", "trustedparts/d")]


def own_sources() -> list[str]:
    """The machine's own lists of sources, for the attempt that takes them as they are."""
    return _places("sourcelist/f", "sourceparts/d")


def _places(*names: str) -> list[str]:
    """Where apt looks for these, as lines of a configuration."""
    asked = [part for name in names for part in (name.partition("/")[0], f"Dir::Etc::{name}")]
    answers = (line.partition("=") for line in _output("apt-config", "shell", *asked))
    return [f'Dir::Etc::{name} "{value.strip(chr(39))}";' for name, _, value in answers]


def _mirror(distribution: str, *, security: bool = False) -> str:
    """The address of the distribution's archive in the machine's own lists; empty where there is none."""
    system = _system()
    if system.get("ID") != distribution:
        return ""
    release = system.get("VERSION_CODENAME", "")
    wanted = {f"{name}-security" for name in {release, *SYMBOLIC}} if security else {release, *SYMBOLIC}
    for line in _output("apt-get", "indextargets", "--no-release-info", "--format", FIELDS, "Created-By: Packages"):
        address, suite, component, _ = line.split("|")
        if suite.partition("/")[0] in wanted and component == "main":
            return address
    return ""


def _signed_by() -> str:
    """Debian's own keys by name, where they are not among those trusted for everything."""
    for name in KEYRINGS:
        path = Path("/usr/share/keyrings") / name
        if path.exists():
            return f"[signed-by={path}] "
    return ""


def _system() -> dict[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}


def _output(*command: str) -> list[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [line for line in done.stdout.splitlines() if line.strip()]
