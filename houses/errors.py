"""What may go wrong with houses and is told to a person."""

from vasdom.errors import Conflict


class DemoRefused(Conflict):
    """Demo data may not be made here."""

    code = "demo_refused"
