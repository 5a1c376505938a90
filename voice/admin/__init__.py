"""The assistant in the office."""

from voice.admin import controls, phone, revisions  # noqa: F401 -- registers
from voice.chat import admin as chat_admin  # noqa: F401 -- registers
