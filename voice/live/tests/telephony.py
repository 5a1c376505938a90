"""A process that runs calls and says what it is told to say, for tests: `python -m voice.live.tests.telephony`.

Says `ready` when it is. Reads lines of JSON, `{"call", "kind", "data"}`, and writes the commands that reach its calls,
a line each.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import asdict
from uuid import UUID


async def main() -> None:
    from voice.live.feed import LiveFeed

    feeds: dict[str, LiveFeed] = {}
    listeners = []

    async def listen(feed: LiveFeed) -> None:
        async for command in feed.commands():
            sys.stdout.write(json.dumps({"call": feed.call_id} | asdict(command), ensure_ascii=False) + "\n")
            sys.stdout.flush()

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        feed = feeds.get(asked["call"])
        if feed is None:
            feed = feeds[asked["call"]] = await LiveFeed(UUID(asked["call"])).__aenter__()
            listeners.append(asyncio.create_task(listen(feed)))
        feed.tell(asked["kind"], **asked["data"])
        if asked["kind"] == "ended":
            await feed.close()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vasdom.settings")
    import django

    django.setup()
    asyncio.run(main())
