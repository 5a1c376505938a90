"""What can be wrong with a call."""

from vasdom.errors import Conflict, NotFound


class UnknownCall(NotFound):
    """No call with this key, or no turn with this number in it."""

    code = "unknown_call"


class AlreadyClosed(Conflict):
    """The call has ended otherwise."""

    code = "already_closed"
