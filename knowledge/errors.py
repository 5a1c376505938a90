"""What may go wrong with a document."""

from vasdom.errors import InvalidInput


class Unreadable(InvalidInput):
    """A file that no text can be taken from. The message names the file and the reason."""

    code = "unreadable"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"Файл «{name}»: {reason}", field="file")
        self.reason = reason


class TooLarge(Unreadable):
    """The file, or what it unpacks to, is beyond a limit."""

    code = "too_large"
