"""The Asterisk of `make phone`: in the data folder, with passwords that stay."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

from voice.pbx.fetch import fetch
from voice.pbx.instance import LocalAsterisk
from voice.pbx.settings import ASSISTANT, OPERATORS, SOFTPHONE, PbxSettings, Phone, free_port, readable_password

USUAL_SIP_PORT = 5060
USUAL_HTTP_PORT = 8088
ACCOUNTS_FILE = "accounts.json"


def prepare(var_dir: Path, app: str, say: Callable[[str], None]) -> LocalAsterisk:
    """Fetch it if need be and settle its ports; it is not started yet.

    Args:
        app: the assistant's application.
        say: takes a Russian line about what is going on.

    Raises:
        AsteriskUnavailable: with what to do instead.
    """
    return LocalAsterisk(fetch(var_dir / "asterisk", say), settings_in(var_dir, app))


def settings_in(var_dir: Path, app: str) -> PbxSettings:
    """The usual ports where they are free; passwords are made once and kept."""
    folder = var_dir / "pbx"
    passwords = _passwords(folder / ACCOUNTS_FILE)
    return PbxSettings(
        folder=folder,
        http_port=free_port(socket.SOCK_STREAM, USUAL_HTTP_PORT),
        sip_port=free_port(socket.SOCK_DGRAM, USUAL_SIP_PORT),
        ari_password=passwords["ari"],
        apps=(app,),
        phones=tuple(Phone(user, passwords[user]) for user in (SOFTPHONE, *OPERATORS)),
    )


def sip_port(var_dir: Path) -> int:
    """Where the Asterisk of this data folder was last told to take calls; the usual port where there is none."""
    try:
        written = (var_dir / "pbx" / "etc" / "pjsip.conf").read_text(encoding="utf-8")
    except OSError:
        return USUAL_SIP_PORT
    found = re.search(r"^bind = \S+:(\d+)$", written, re.MULTILINE)
    return int(found[1]) if found else USUAL_SIP_PORT


def announcement(asterisk: LocalAsterisk) -> list[str]:
    """How to call, for the person at the terminal."""
    settings = asterisk.settings
    host, port = asterisk.sip
    phone, operator = settings.phone(SOFTPHONE), settings.phone(OPERATORS[0])
    line = "─" * 64
    return [
        line,
        f"Телефон работает (Asterisk {asterisk.tree.version}). Помощник отвечает по номеру {ASSISTANT}.",
        f"  софтфон на этой машине   {host}:{port}, UDP, логин {phone.user}, пароль {phone.password}",
        f"  сотрудник для перевода   логин {operator.user}, пароль {operator.password} (и ещё 201–209, см. pbx/)",
        f'  без софтфона             .venv/bin/python manage.py call_check {ASSISTANT} --text "…"',
        f"  проверка звука           номер echo; журнал Asterisk: {settings.log}",
        line,
    ]


def _passwords(path: Path) -> dict[str, str]:
    """Kept in a file for the owner only; what is missing is added."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    wanted = {"ari": secrets.token_urlsafe(24), **{user: readable_password() for user in (SOFTPHONE, *OPERATORS)}}
    passwords = {**wanted, **(known if isinstance(known, dict) else {})}
    if passwords != known:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(passwords, file, indent=1)
    return passwords
