"""A process that holds a line until it is killed: `python -m voice.transports.tests.lonely`.

Takes its configuration as JSON from the environment variable LINE; with TARGET it puts every caller through to that
endpoint. Says "connected" and then "call" for each call that it has answered (or put through).
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys

from voice.transports.asterisk.call import AsteriskCall
from voice.transports.asterisk.config import LineConfig
from voice.transports.asterisk.line import AsteriskLine
from voice.transports.asterisk.transfer import DialTarget


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def on_call(call: AsteriskCall) -> None:
    await call.open()
    if target := os.environ.get("TARGET"):
        await call.transfer(DialTarget(target))
    say("call")
    await call.ended


async def main() -> None:
    line = AsteriskLine(LineConfig(**json.loads(os.environ["LINE"])))
    running = asyncio.create_task(line.run(on_call))
    while not line.connected and not running.done():
        await asyncio.sleep(0.01)
    say("connected")
    await running


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell runs in the background ignores it
    asyncio.run(main())
