"""Audio on its way to the telephone: any sample rate to 8,000 a second, whole samples, loudness, WAV.

Audio is mono, 16-bit little-endian PCM. numpy is imported when first used: importing this module stays cheap.
"""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING

from providers.speech import SAMPLE_RATE
from vasdom.errors import InvalidInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TAPS = 48
"""Source samples that make one sample of ours. At 24 kHz half of them, the delay, is 1 ms."""
PASS_HZ = 3_600.0
LOUDEST = 32_767


class Resampler:
    """Turns a stream of one rate into 8,000 samples a second, with a windowed sinc: telephone band, no aliases.

    Each output sample is made of the `TAPS` source samples round its moment, so what comes out lags by half of them and
    by nothing else; a library's long filter would add 25–70 ms.
    """

    def __init__(self, source_rate: int) -> None:
        import numpy as np

        if source_rate < SAMPLE_RATE:
            raise InvalidInput("Частота звука должна быть не меньше 8000.", field="source_rate")
        shared = math.gcd(source_rate, SAMPLE_RATE)
        self._up, self._down = SAMPLE_RATE // shared, source_rate // shared
        self._filters = _filters(source_rate, self._up)
        self._kept = np.zeros(TAPS // 2, dtype=np.float32)  # source samples that later output still needs
        self._next = 0  # number of the next output sample, counted from the first kept source sample, in 1/up
        self._odd = b""

    def feed(self, pcm: bytes) -> bytes:
        """What can be said of the output by now."""
        import numpy as np

        pcm = self._odd + pcm
        whole = len(pcm) - len(pcm) % 2
        self._odd = pcm[whole:]
        fresh = np.frombuffer(pcm[:whole], dtype="<i2").astype(np.float32)
        return self._convert(np.concatenate([self._kept, fresh]))

    def end(self) -> bytes:
        """The last of it."""
        import numpy as np

        return self._convert(np.concatenate([self._kept, np.zeros(TAPS // 2, dtype=np.float32)]))

    def _convert(self, source: NDArray[np.float32]) -> bytes:
        import numpy as np

        ready = max(0, (len(source) - TAPS + 1) * self._up - self._next)
        count = -(-ready // self._down)
        places = self._next + self._down * np.arange(count)
        starts = places // self._up
        windows = np.lib.stride_tricks.sliding_window_view(source, TAPS)[starts] if count else np.zeros((0, TAPS))
        samples = np.einsum("ij,ij->i", windows, self._filters[places % self._up])
        following = self._next + self._down * count
        used = min(following // self._up, len(source))
        self._kept, self._next = source[used:], following - used * self._up
        return to_pcm(samples)


def _filters(source_rate: int, up: int) -> NDArray[np.float32]:
    """One row of weights for each place between two source samples where an output sample may lie."""
    import numpy as np

    cutoff = min(PASS_HZ / source_rate, 0.5)
    distance = np.arange(TAPS)[None, :] - TAPS // 2 - np.arange(up)[:, None] / up
    window = np.cos(np.pi * distance / (TAPS + 2)) ** 2
    rows = np.sinc(2 * cutoff * distance) * window
    normal: NDArray[np.float32] = (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)
    return normal


class WholeSamples:
    """Cuts a stream of bytes at samples: a vendor's chunk may end within one."""

    def __init__(self) -> None:
        self._odd = b""

    def feed(self, chunk: bytes) -> bytes:
        chunk = self._odd + chunk
        whole = len(chunk) - len(chunk) % 2
        self._odd = chunk[whole:]
        return chunk[:whole]


def to_pcm(samples: NDArray[np.floating]) -> bytes:
    """Rounded, and what is too loud cut off rather than wrapped round."""
    import numpy as np

    pcm: bytes = np.clip(np.rint(samples), -LOUDEST, LOUDEST).astype("<i2").tobytes()
    return pcm


def samples_of(pcm: bytes) -> NDArray[np.float32]:
    import numpy as np

    return np.frombuffer(pcm[: len(pcm) - len(pcm) % 2], dtype="<i2").astype(np.float32)


def loudness(pcm: bytes) -> float:
    """Root mean square of the samples, 0…32,767; nothing for no audio."""
    samples = samples_of(pcm)
    return math.sqrt(float(samples @ samples) / len(samples)) if len(samples) else 0.0


def wav(pcm: bytes, rate: int = SAMPLE_RATE) -> bytes:
    """The same audio as a file."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", 36 + len(pcm), b"WAVE") + form + struct.pack("<4sI", b"data", len(pcm)) + pcm
