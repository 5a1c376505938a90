"""What is known of Asterisk's versions."""

from __future__ import annotations

import re

WEBSOCKET_FIXED = {20: 22, 22: 12, 23: 6}
"""By branch: the first release whose chan_websocket neither lags more and more nor stops Asterisk when its peer stops
reading (asterisk/asterisk issues 2115 and 2140)."""


def parse(version: str) -> tuple[int, int] | None:
    """ "22.10.1~dfsg" → (22, 10); None for builds without numbers, such as "GIT-master"."""
    found = re.match(r"(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else None


def shown(version: str) -> str:
    """Without what a distribution adds: "22.10.1+dfsg+~cs6" → "22.10.1"."""
    found = re.match(r"[\d.]+(-rc\d+)?", version)
    return found[0] if found else version


def websocket_warnings(version: str) -> list[str]:
    known = parse(version)
    if known is None:
        return [f"Версия Asterisk «{version}» не распознана: надёжность звука по WebSocket неизвестна."]
    branch, release = known
    first_good = WEBSOCKET_FIXED.get(branch)
    if branch > max(WEBSOCKET_FIXED) or (first_good is not None and release >= first_good):
        return []
    good = ", ".join(f"{number}.{fixed}" for number, fixed in WEBSOCKET_FIXED.items())
    return [
        f"В Asterisk {version} звук по WebSocket (chan_websocket) может отставать всё сильнее, а зависший приёмник — "
        f"остановить Asterisk. Исправлено в {good}. Обновите Asterisk или выберите RTP."
    ]
