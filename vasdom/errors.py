"""The root of what is expected to go wrong.

Every error a person may be told of derives from `VasdomError`: the API turns it into a 4xx answer, the admin into a
message, a call into a spoken sentence. Anything else is a defect: logged with its traceback and never shown.
"""


class VasdomError(Exception):
    """An expected failure.

    Args:
        message: one Russian sentence for the person in front of the screen; carries no secret and no traceback.
        code: stable machine-readable word; by default the class's own.
        field: the name of the input the failure is about, where there is one.
    """

    code = "error"

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.field = field


class InvalidInput(VasdomError):
    """What a person or a script sent cannot be taken; `field` names which part."""

    code = "invalid"


class NotFound(VasdomError):
    """No such row, or none that this user may see."""

    code = "not_found"


class Conflict(VasdomError):
    """The row is in a state that does not allow this."""

    code = "conflict"


class Forbidden(VasdomError):
    """The role of this user does not allow this."""

    code = "forbidden"


class Misconfigured(VasdomError):
    """A value in the environment is wrong; `field` is the variable's name."""

    code = "misconfigured"
