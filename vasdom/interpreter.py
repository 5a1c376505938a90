"""The Python interpreter, set for a process in which somebody waits: the web process and the telephone's.

As it comes, its garbage collector walks the whole heap every few dozen answers: with all of Django and this product
loaded that is 170,000 objects and 0.1 to 0.3 s in which nothing is served, a spike in one answer of twenty. What is
loaded at the start lives as long as the process, so it is taken out of the walks; what answers leave behind is found by
small walks, and the large one may be rare.

And a thread that works keeps the interpreter for 5 ms before another may have it. With a few threads at the database
the event loop, which has frames to send every 20 ms, would get it back too late, and a thread that only waits for rows
would stand in the queue anew after each of them.
"""

from __future__ import annotations

import gc
import sys

NEW_OBJECTS_BEFORE_A_WALK = 5_000
SMALL_WALKS_BEFORE_A_LARGE_ONE = 1_000
SWITCH_SECONDS = 0.0001


def settle() -> None:
    """What has been loaded stays for good. Called once, when all of it is loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS_BEFORE_A_WALK, 10, SMALL_WALKS_BEFORE_A_LARGE_ONE // 10)
    sys.setswitchinterval(SWITCH_SECONDS)
