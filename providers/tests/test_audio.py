"""Any rate to the telephone's, in pieces of any size."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from providers.audio import Resampler, WholeSamples, loudness, samples_of, to_pcm, wav
from vasdom.errors import InvalidInput


def tone(hertz: int, rate: int, seconds: float = 1.0) -> bytes:
    return to_pcm(8000 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate))


def resampled(pcm: bytes, rate: int, piece: int) -> bytes:
    resampler = Resampler(rate)
    return b"".join(resampler.feed(pcm[at : at + piece]) for at in range(0, len(pcm), piece)) + resampler.end()


@pytest.mark.parametrize("rate", [24_000, 22_050, 16_000])
@pytest.mark.parametrize("piece", [101, 960, 1_000_000])
def test_a_tone_stays_the_same_tone_at_the_same_moments(rate: int, piece: int) -> None:
    samples = samples_of(resampled(tone(1000, rate), rate, piece))
    wanted = samples_of(tone(1000, 8000))
    assert len(samples) == pytest.approx(len(wanted), abs=2)
    assert np.abs(samples[50:7950] - wanted[50:7950]).max() < 40


@pytest.mark.parametrize("rate", [24_000, 22_050, 16_000])
def test_what_the_telephone_cannot_carry_does_not_come_back_as_another_tone(rate: int) -> None:
    assert loudness(resampled(tone(5500, rate), rate, 960)) < 0.01 * loudness(tone(5500, rate))


@pytest.mark.parametrize("rate", [24_000, 22_050])
def test_conversion_holds_back_no_more_than_two_milliseconds(rate: int) -> None:
    resampler = Resampler(rate)
    assert len(resampler.feed(tone(440, rate, 0.1))) // 2 > 800 - 16


def test_a_rate_below_the_telephones_is_refused() -> None:
    with pytest.raises(InvalidInput):
        Resampler(6000)


def test_chunks_are_cut_at_samples() -> None:
    whole = WholeSamples()
    assert [whole.feed(piece) for piece in (b"a", b"bc", b"def", b"")] == [b"", b"ab", b"cdef", b""]


def test_a_wav_file_is_read_by_others() -> None:
    with wave.open(io.BytesIO(wav(tone(440, 8000)))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth(), file.getnframes()) == (8000, 1, 2, 8000)
