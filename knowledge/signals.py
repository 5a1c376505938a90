"""What happens to the knowledge bases that applications above follow."""

from django.dispatch import Signal

index_published = Signal()
"""A base answers with a new index. Sent inside the transaction that shows it. Arguments: `base`, `build`."""
