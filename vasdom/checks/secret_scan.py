"""No keys, tokens, webhook addresses, people's phone numbers or package mirrors in the repository."""

from __future__ import annotations

import re
from pathlib import Path

from vasdom.checks.sources import tracked_files
from vasdom.env import ROOT

PATTERNS: dict[str, re.Pattern[str]] = {
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "OpenAI key": re.compile(r"\bsk-[A-Za-z0-9_-]{20,}"),
    "Google key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}"),
    "AWS key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40,})"),
    "Yandex key": re.compile(r"\b(?:AQVN[A-Za-z0-9_-]{30,}|y[0-3]_[A-Za-z0-9_-]{40,}|t1\.[A-Za-z0-9_-]{60,})"),
    "Telegram token": re.compile(r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    "signed token": re.compile(r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\."),
    "Bitrix24 webhook": re.compile(r"://[^/\s\"']+/rest/\d+/(?=[a-z0-9]*\d)[a-z0-9]{10,}"),
    "password in an address": re.compile(
        r"\b(?:postgres(?:ql)?|rediss?|amqp)://[^\s:/@{}]*:(?!password|secret)[^\s@/{}]{6,}@"
    ),
    "phone number": re.compile(r"(?<![\w.])(?:\+7|8)[\s(-]*([3489]\d{2})[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}(?!\d)"),
    "package mirror": re.compile(r"--(?:extra-)?index-url[ =]\S|--find-links[ =]\S|file:///\S+/simple"),
}
# Numbers of no region and fill-in shapes: +7 000 000-00-01, +7 (999) 999-99-99, 8 800 000-00-00.
MADE_UP = re.compile(r"0{3,}|9{6,}|1234567|(\d)\1{5}")
LARGEST_BYTES = 2_000_000


def check(root: Path = ROOT) -> list[str]:
    problems = []
    for path in tracked_files(root):
        if (root / path).stat().st_size <= LARGEST_BYTES and path != Path("vasdom/checks/secret_scan.py"):
            problems += [f"{path}:{number}: {what}" for number, what in _findings((root / path).read_bytes())]
    return problems


def _findings(content: bytes) -> list[tuple[int, str]]:
    """Line numbers and kinds; the line itself is not repeated, since the log of a check is read by many."""
    if b"\0" in content[:8192]:
        return []
    return [
        (number, what)
        for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1)
        for what, pattern in PATTERNS.items()
        if (match := pattern.search(line)) and not (what == "phone number" and _is_made_up(match.group()))
    ]


def _is_made_up(phone: str) -> bool:
    return MADE_UP.search(re.sub(r"\D", "", phone)[1:]) is not None
