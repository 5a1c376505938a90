"""The telephone's codecs."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from voice.engine import g711
from voice.engine.ports import SILENCE

EVERY_SAMPLE = np.arange(-32768, 32768, dtype=np.int32).astype(np.int16)
EVERY_CODE = bytes(range(256))


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="audioop left the standard library in 3.13")
@pytest.mark.filterwarnings("ignore:.*audioop")
def test_every_sample_and_every_code_are_what_audioop_makes_of_them() -> None:
    import audioop

    assert g711.encode(EVERY_SAMPLE) == audioop.lin2alaw(EVERY_SAMPLE.tobytes(), 2)
    assert g711.encode(EVERY_SAMPLE, g711.ULAW) == audioop.lin2ulaw(EVERY_SAMPLE.tobytes(), 2)
    assert g711.decode(EVERY_CODE).tobytes() == audioop.alaw2lin(EVERY_CODE, 2)
    assert g711.decode(EVERY_CODE, g711.ULAW).tobytes() == audioop.ulaw2lin(EVERY_CODE, 2)


@pytest.mark.parametrize("law", [g711.ALAW, g711.ULAW], ids=lambda law: law.name)
def test_what_was_decoded_is_encoded_to_the_same_sound_again(law: g711.Law) -> None:
    samples = g711.decode(EVERY_CODE, law)
    assert np.array_equal(g711.decode(g711.encode(samples, law), law), samples)


def test_bytes_and_arrays_are_the_same_to_it() -> None:
    assert g711.encode(EVERY_SAMPLE.astype("<i2").tobytes()) == g711.encode(EVERY_SAMPLE)
    assert g711.encode(b"") == b""
    assert g711.decode(b"").size == 0


def test_silence_is_the_byte_of_silence() -> None:
    nothing = np.zeros(160, np.int16)
    assert g711.encode(nothing) == SILENCE * 160
    assert np.array_equal(g711.decode(g711.encode(nothing, g711.ULAW), g711.ULAW), nothing)
