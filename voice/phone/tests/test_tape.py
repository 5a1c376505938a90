"""Both sides lie on one clock, and nothing is recorded that was not to be."""

from __future__ import annotations

import tracemalloc
from uuid import uuid4

import pytest
from django.utils import timezone

from calls import recordings
from voice.phone.tape import CallTape

FRAME = 160
SILENT = b"\xd5" * FRAME


@pytest.fixture(autouse=True)
def _own_folder(settings: object, tmp_path: object) -> None:
    settings.VAR_DIR = tmp_path  # type: ignore[attr-defined]


async def recorded(tape_of: object, *, is_on: bool = True) -> tuple[bytes, bytes]:
    call_id, begun = uuid4(), timezone.now()
    tape = CallTape(call_id, begun, is_on=is_on)
    tape_of(tape)  # type: ignore[operator]
    await tape.close()
    return tuple(  # type: ignore[return-value]
        path.read_bytes() if (path := recordings.path_of(place)).exists() else b""
        for place in recordings.places(call_id, begun)
    )


async def test_what_we_say_lies_where_it_sounded() -> None:
    def talk(tape: CallTape) -> None:
        for number in range(200):
            tape.caller(bytes([1]) * FRAME)
            if 50 <= number < 60:
                tape.ours(bytes([2]) * FRAME)

    caller, ours = await recorded(talk)
    assert len(caller) == len(ours) == 200 * FRAME
    assert ours[: 51 * FRAME] == SILENT * 51
    assert ours[51 * FRAME : 61 * FRAME] == bytes([2]) * FRAME * 10
    assert ours[61 * FRAME :] == SILENT * 139


async def test_without_consent_there_is_no_file() -> None:
    def talk(tape: CallTape) -> None:
        tape.caller(bytes([1]) * FRAME)
        tape.ours(bytes([2]) * FRAME)

    assert await recorded(talk, is_on=False) == (b"", b"")


async def test_of_a_call_that_is_not_recorded_only_the_message_is() -> None:
    def talk(tape: CallTape) -> None:
        for number in range(300):
            if number == 100:
                tape.turn_on()
            if number == 200:
                tape.turn_off()
            tape.caller(bytes([1]) * FRAME)

    caller, _ = await recorded(talk, is_on=False)
    assert caller == SILENT * 100 + bytes([1]) * FRAME * 100 + SILENT * 100


def test_what_is_not_recorded_takes_no_memory() -> None:
    tape = CallTape(uuid4(), timezone.now(), is_on=False)
    tracemalloc.start()
    for _ in range(20_000):
        tape.caller(bytes([1]) * FRAME)
        tape.ours(bytes([2]) * FRAME)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 100_000
