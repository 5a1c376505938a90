"""What may go wrong with an Asterisk of one's own."""

from vasdom.errors import VasdomError


class AsteriskUnavailable(VasdomError):
    """It cannot be had on this machine, or not now."""

    code = "asterisk_unavailable"


class AsteriskFailed(VasdomError):
    """It is there, and did not start or did not do what it was told."""

    code = "asterisk_failed"
