"""What happens to the assistant that other parts follow. Sent inside the transaction of the change."""

from django.dispatch import Signal

revision_activated = Signal()
"""Another revision answers from now on. Arguments: `revision`, and `user`, who activated it (None = the program)."""
