"""What is measured of one direction of a call, by arithmetic on frames: when each began to sound, and how loud it was.

A frame is 20 ms. It *sounds* when its level is above a threshold and a neighbour's is too: two frames in a row, since a
single one is a click. All moments are seconds of the event loop's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from voice.caller.rtp import FRAME_SECONDS
from voice.engine.g711 import Law, Pcm

LOUD_DBFS = -45.0
"""Speech on a line stands at −30 … −10 dBFS, breath and an office behind it at −60 … −50, a codec's silence at −72."""
FLOOR_DBFS = -96.0
ADJACENT_SECONDS = 0.05
"""Two frames that came within this are neighbours, whatever the network did to the second."""

Times = NDArray[np.float64]
Levels = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one moment to another."""

    began: float
    ended: float

    @property
    def seconds(self) -> float:
        return self.ended - self.began


@cache
def powers_of(law: Law) -> NDArray[np.float32]:
    """(256,) the square of every code's sample; full scale is 1."""
    return ((law.sample_of.astype(np.float64) / 32768) ** 2).astype(np.float32)


def decibels(power: NDArray[np.float32]) -> Levels:
    """Mean squares to dBFS."""
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (FLOOR_DBFS / 10))), np.float32)


def level(pcm: Pcm) -> float:
    """dBFS of samples; the floor where there are none."""
    if not pcm.size:
        return FLOOR_DBFS
    return float(decibels(np.asarray([np.mean((pcm.astype(np.float64) / 32768) ** 2)], np.float32))[0])


def voiced_bounds(pcm: Pcm, threshold: float = LOUD_DBFS) -> tuple[int, int]:
    """The first voiced sample and the one behind the last, to 2.5 ms; all of it where nothing is voiced."""
    block = 20
    blocks = pcm[: pcm.size // block * block].reshape(-1, block).astype(np.float64) / 32768
    loud = np.flatnonzero(np.mean(blocks**2, axis=1) > 10 ** (threshold / 10)) if blocks.size else np.zeros(0, int)
    return (int(loud[0]) * block, int(loud[-1] + 1) * block) if loud.size else (0, pcm.size)


def sounding(times: Times, levels: Levels, threshold: float = LOUD_DBFS) -> Flags:
    """Which frames are loud and have a loud neighbour."""
    loud = levels > threshold
    pairs = loud[1:] & loud[:-1] & (np.diff(times) < ADJACENT_SECONDS)
    found = np.zeros(len(times), np.bool_)
    found[1:] |= pairs
    found[:-1] |= pairs
    return found


def first_sound_after(moment: float, times: Times, levels: Levels, threshold: float = LOUD_DBFS) -> float | None:
    """When the first frame that sounds came, at the moment or later."""
    found = np.flatnonzero(sounding(times, levels, threshold) & (times >= moment))
    return float(times[found[0]]) if found.size else None


def silence_after(
    moment: float,
    times: Times,
    levels: Levels,
    *,
    known_until: float,
    lasting: float,
    threshold: float = LOUD_DBFS,
) -> float | None:
    """The first moment, this or later, from which nothing sounds for `lasting` seconds.

    Args:
        known_until: the record goes so far. A silence that has not lasted long enough by then is none yet.
    """
    sounds = times[sounding(times, levels, threshold) & (times > moment - FRAME_SECONDS)]
    ends = np.concatenate([[moment], sounds + FRAME_SECONDS])
    nexts = np.concatenate([sounds, [np.inf]])
    long_enough = np.flatnonzero((nexts - ends >= lasting) & (ends + lasting <= known_until))
    return float(ends[long_enough[0]]) if long_enough.size else None


def stretches(times: Times, levels: Levels, *, pause: float, threshold: float = LOUD_DBFS) -> list[Stretch]:
    """Where it sounds, in its order; what is quiet for less than `pause` seconds is part of a stretch."""
    sounds = times[sounding(times, levels, threshold)]
    if not sounds.size:
        return []
    breaks = np.flatnonzero(np.diff(sounds) >= FRAME_SECONDS + pause)
    firsts = np.concatenate([[0], breaks + 1])
    lasts = np.concatenate([breaks, [len(sounds) - 1]])
    return [Stretch(float(sounds[a]), float(sounds[b]) + FRAME_SECONDS) for a, b in zip(firsts, lasts, strict=True)]


def gaps(times: Times, *, over: float, since: float = -np.inf, until: float = np.inf) -> list[Stretch]:
    """Where no packet came for longer than `over` seconds, between two packets of that time."""
    inside = times[(times >= since) & (times <= until)]
    return [Stretch(float(inside[i]), float(inside[i + 1])) for i in np.flatnonzero(np.diff(inside) > over)]
