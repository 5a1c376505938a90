"""Files in, text out. The reading itself happens in a process of its own, which may hang, swell or die.

The text is Markdown: headings with `#`, tables with `|`, members of an archive and sheets as headings.
"""

from knowledge.ingest.limits import KINDS, Limits
from knowledge.ingest.reading import Extracted
from knowledge.ingest.sandbox import extract

__all__ = ["KINDS", "Extracted", "Limits", "extract"]
