"""Writes the configuration of a local Asterisk: the templates beside this file, filled in."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from voice.pbx.errors import AsteriskFailed
from voice.pbx.settings import PbxSettings, Phone
from voice.pbx.tree import AsteriskTree

TEMPLATES = Path(__file__).parent / "templates"
SOUNDS = Path(__file__).parent / "sounds"
LONGEST_CALL_SECONDS = 3600
PLACE = re.compile(r"@(\w+)@")
# What Asterisk reads from its data folder: the options' documentation, without which it knows no option, and the
# description of ARI that clients ask for.
SHARED = ("documentation", "rest-api")
LOADED = re.compile(r"load = (\w+)\.so")
# A file that is absent costs a warning in the log; an empty one says the same as none.
EMPTY = (
    *("udptl", "stasis", "features", "acl", "ccss", "dsp", "codecs", "sorcery", "pjproject", "cli", "cli_permissions"),
    *("cli_aliases", "statsd", "extconfig", "res_parking", "chan_websocket", "aeap", "dnsmgr", "enum", "pjsip_notify"),
)
FIXED = {
    "cdr.conf": "[general]\nenable = no\n",
    "cel.conf": "[general]\nenable = no\n",
    "manager.conf": "[general]\nenabled = no\n",
}


def write(tree: AsteriskTree, settings: PbxSettings) -> None:
    """Everything that this instance reads, anew; what it wrote itself stays.

    Raises:
        AsteriskFailed: the folder cannot be written to.
    """
    try:
        for name in ("etc", "lib/keys", "spool/recording", "spool/tmp", "log", "data/sounds/ru"):
            (settings.folder / name).mkdir(parents=True, exist_ok=True)
        settings.run.mkdir(parents=True, exist_ok=True, mode=0o700)
        _link_shared(tree, settings.folder / "data")
        for name, text in files(tree, settings).items():
            _write(settings.etc / name, text)
    except OSError as exc:
        raise AsteriskFailed(f"Каталог {settings.folder} не записать: {exc.strerror}.") from exc


def files(tree: AsteriskTree, settings: PbxSettings) -> dict[str, str]:
    """The configuration files by name."""
    values = values_for(tree, settings)
    filled = {path.name: fill(path.read_text(encoding="utf-8"), values) for path in sorted(TEMPLATES.glob("*.conf"))}
    filled["modules.conf"] = _present(filled["modules.conf"], tree.modules)
    return {**{f"{name}.conf": "" for name in EMPTY}, **FIXED, **filled}


def values_for(tree: AsteriskTree, settings: PbxSettings) -> dict[str, str]:
    """What stands in the templates' places."""
    return {
        "folder": str(settings.folder),
        "etc": str(settings.etc),
        "run": str(settings.run),
        "sounds": str(SOUNDS),
        "modules": str(tree.modules),
        "host": settings.host,
        "http_port": str(settings.http_port),
        "sip_port": str(settings.sip_port),
        "rtp_first": str(settings.rtp_ports[0]),
        "rtp_last": str(settings.rtp_ports[1]),
        "ari_user": settings.ari_user,
        "ari_password": settings.ari_password,
        "accounts": "\n".join(_account(phone) for phone in settings.phones),
        "stasis": "\n".join(f" same => n,Stasis({app},${{EXTEN}})" for app in settings.apps),
        "longest_seconds": str(LONGEST_CALL_SECONDS),
        "media_client": _media_client(settings.media_client),
    }


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values into their places, `@name@`. Raises KeyError for a place without a value."""
    return PLACE.sub(lambda found: values[found[1]], template)


def _present(modules: str, folder: Path) -> str:
    """The list of modules without those that this version does not have."""
    present = {path.stem for path in folder.glob("*.so")}
    lines = [line for line in modules.splitlines() if not (found := LOADED.match(line)) or found[1] in present]
    return "\n".join([*lines, ""])


def _account(phone: Phone) -> str:
    return f"""[{phone.user}](account)
auth = {phone.user}
aors = {phone.user}
callerid = {phone.user} <{phone.user}>

[{phone.user}]
type = auth
auth_type = userpass
username = {phone.user}
password = {phone.password}

[{phone.user}]
type = aor
max_contacts = 1
remove_existing = yes
"""


def _media_client(address: str) -> str:
    if not address:
        return ""
    return f"""[vasdom]
type = websocket_client
uri = {address}
protocols = media
connection_type = per_call_config
connection_timeout = 500
reconnect_attempts = 1
tls_enabled = no
"""


def _link_shared(tree: AsteriskTree, data: Path) -> None:
    for name in SHARED:
        link = data / name
        if link.is_symlink() or link.exists():
            link.unlink()
        if (tree.data / name).is_dir():
            link.symlink_to(tree.data / name)


def _write(path: Path, text: str) -> None:
    """Passwords stand in some of them: for the owner only."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
