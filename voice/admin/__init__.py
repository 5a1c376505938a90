"""The assistant in the office."""

from voice.chat import admin as chat_admin  # noqa: F401 -- registers
