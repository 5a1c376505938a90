"""The state every test of the chat begins with."""

from __future__ import annotations

import calls.access
import houses.access
import knowledge.access
import voice.access
from knowledge.tests.factories import teach
from voice.chat import limits
from voice.chat.tests.line import HOST as HOST
from voice.memory import SESSIONS_OF_PROCESS


def begin(text: str) -> None:
    """Roles, one document, and nothing counted or remembered."""
    for app in (houses, calls, knowledge, voice):
        app.access.setup_roles()
    teach(text, title="Условия работы")
    valkey = limits._scripts().connection
    for key in valkey.scan_iter("*chat:*"):
        valkey.delete(key)
    for key in list(SESSIONS_OF_PROCESS._rows):
        SESSIONS_OF_PROCESS.drop(*key)
