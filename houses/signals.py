"""What happens in houses that applications above may have to follow.

Both are sent inside the transaction of the change. They do not stand in `houses.demo`: whoever listens would load it.
"""

from django.dispatch import Signal

demo_seeded = Signal()
"""The demo's houses stand. Arguments: `today`, the day they were made for."""

demo_removing = Signal()
"""The demo is about to go: delete what hangs on its houses. Arguments: `removed`, a Counter to add to."""
