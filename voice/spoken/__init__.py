"""Text for speech: a written sentence as it is read aloud, in Russian cases. Pure functions, safe in an event loop."""

from voice.spoken.clauses import ClauseSplitter
from voice.spoken.reading import spoken, warm_up

__all__ = ["ClauseSplitter", "spoken", "warm_up"]
