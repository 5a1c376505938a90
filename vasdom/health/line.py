"""Does somebody answer the phone: the signs of the voice processes."""

from __future__ import annotations

from typing import Any

from vasdom.health.states import Reading, failing, off, ok
from voice.phone.state import LineState, line_state


def reading() -> Reading:
    """Off without a way to Asterisk; failing when no process lives or none is connected. With `calls`, `processes`."""
    return of(line_state())


def of(line: LineState) -> Reading:
    extra: dict[str, Any] = {
        "calls": line.calls,
        "processes": len(line.processes) if line.processes is not None else None,
    }
    if line.missing:
        names = ", ".join(line.missing)
        return off(
            f"Не задана переменная {names}" if len(line.missing) == 1 else f"Не заданы переменные {names}", **extra
        )
    if line.trouble:
        return failing(line.trouble, **extra)
    lost = [process.app for process in line.processes or () if not process.connected]
    notes = [*line.warnings, *(f"Нет связи с Asterisk: {app}" for app in lost)]
    return ok("; ".join(notes), **extra)
