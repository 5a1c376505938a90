"""What may go wrong between us and the line."""

from __future__ import annotations

from vasdom.errors import VasdomError


class LineError(VasdomError):
    """Asterisk did not do what it was asked, or does not answer."""

    code = "line"


class LineRefused(LineError):
    """The line cannot work as it is set up; trying again does not help."""

    code = "line_refused"


class CallGone(LineError):
    """The call has ended, or its channel is not there any more."""

    code = "call_gone"

    def __init__(self, message: str = "Звонок уже завершён.") -> None:
        super().__init__(message)


class NoRoom(LineError):
    """All media ports are taken."""

    code = "line_full"
