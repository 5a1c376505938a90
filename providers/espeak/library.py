"""The library libespeak-ng through ctypes: from the package `espeakng_loader`, else the system's own.

It has one global state and one callback, so a process speaks one text at a time (about 1 ms a second of speech).
"""

from __future__ import annotations

import ctypes
import ctypes.util
import threading
from importlib.util import find_spec
from typing import Any

from providers.errors import Rejected

SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: samples go to the callback, espeak_Synth returns when it is done
DO_NOT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT: without its data it returns an error rather than end our process
UTF8 = 1
RATE_PARAMETER, USUAL_RATE = 1, 160  # words a minute; its own default of 175 is hurried over a telephone
MISSING = "Нет библиотеки espeak-ng: установите requirements-espeak.txt или пакет espeak-ng"
Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)

_lock = threading.Lock()
_library: Library | None = None


class Library:
    """The loaded library. Not reentrant: use `speak`."""

    def __init__(self) -> None:
        path, data = _found()
        try:
            self._lib = ctypes.CDLL(path)
            rate = self._lib.espeak_Initialize(SYNCHRONOUS, 0, data, DO_NOT_EXIT)
        except (OSError, AttributeError) as exc:
            raise Rejected(MISSING, detail=type(exc).__name__) from None
        if rate <= 0:
            raise Rejected(MISSING, detail=f"espeak_Initialize {rate}")
        self.rate = int(rate)
        self._samples = bytearray()
        self._callback = Callback(self._take)  # kept: ctypes does not
        self._lib.espeak_SetSynthCallback(self._callback)

    def _take(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self._samples += ctypes.string_at(samples, count * 2)
        return 0

    def speak(self, text: str, voice: str, speed: float) -> bytes:
        if self._lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise Rejected("espeak не знает такого голоса", detail="espeak_SetVoiceByName")
        self._lib.espeak_SetParameter(RATE_PARAMETER, round(USUAL_RATE * speed), 0)
        self._samples.clear()
        written = text.encode()
        status = self._lib.espeak_Synth(written, len(written) + 1, 0, 0, 0, UTF8, None, None)
        if status != 0:
            raise Rejected("espeak не смог прочитать текст", detail=f"espeak_Synth {status}")
        return bytes(self._samples)


def speak(text: str, *, voice: str = "ru", speed: float = 1.0) -> tuple[bytes, int]:
    """PCM16 of the text, and its samples a second (22,050). Blocks for milliseconds. From any thread.

    Raises:
        Rejected: the library is not there, or does not know the voice.
    """
    global _library
    with _lock:
        if _library is None:
            _library = Library()
        return _library.speak(text, voice, speed), _library.rate


def available() -> bool:
    """Is the library there? Loads nothing."""
    return find_spec("espeakng_loader") is not None or ctypes.util.find_library("espeak-ng") is not None


def _found() -> tuple[str, bytes | None]:
    """Where the library is, and its data; None = where the library itself looks."""
    if find_spec("espeakng_loader") is not None:
        import espeakng_loader

        return espeakng_loader.get_library_path(), str(espeakng_loader.get_data_path()).encode()
    path = ctypes.util.find_library("espeak-ng")
    if path is None:
        raise Rejected(MISSING, detail="no library")
    return path, None
