"""Ready audio of a revision's sentences: in memory, and on disk for the next start and for a vendor's bad hour."""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from pathlib import Path

from django.conf import settings

from voice.snapshot import CallSettings

MOST_IN_MEMORY = 600
MOST_FOLDERS = 12


def signature(call: CallSettings) -> str:
    """Names a voice: the same text in the same voice sounds the same."""
    parts = (
        call.synthesizers,
        tuple(call.voice_of(vendor) for vendor in call.synthesizers),
        sorted(call.stresses.items()),
        settings.OPENAI_TTS_MODEL,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


class PhraseStore:
    """A-law by voice and text. Reads the disk only in `load`.

    On disk a sentence stands by the words that are read aloud for it: when an upgrade reads it in other words, it is
    said anew.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._audio: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._borrowed: set[tuple[str, str]] = set()

    def get(self, voice: str, text: str) -> bytes:
        """Empty when it is not ready."""
        audio = self._audio.get((voice, text), b"")
        if audio:
            self._audio.move_to_end((voice, text))
        return audio

    def is_own(self, voice: str, text: str) -> bool:
        """Is it ready, and said by the voice's first vendor?"""
        return bool(self.get(voice, text)) and (voice, text) not in self._borrowed

    def remember(self, voice: str, text: str, audio: bytes, *, borrowed: bool = False) -> None:
        """For this process only. `borrowed`: another vendor said it, for want of the first."""
        self._audio[voice, text] = audio
        (self._borrowed.add if borrowed else self._borrowed.discard)((voice, text))
        while len(self._audio) > MOST_IN_MEMORY:
            self._audio.popitem(last=False)

    def load(self, voice: str, text: str, words: str) -> bool:
        """From the disk; False = it is not there. Blocks."""
        try:
            audio = self._path(voice, words).read_bytes()
        except OSError:
            return False
        self.remember(voice, text, audio)
        return bool(audio)

    def keep(self, voice: str, text: str, words: str, audio: bytes) -> None:
        """In memory and on disk. Blocks."""
        self.remember(voice, text, audio)
        path = self._path(voice, words)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(audio)
        fresh.replace(path)

    def forget_old(self) -> None:
        """Voices that were not used for long leave the disk. Blocks."""
        if not self._folder.is_dir():
            return
        folders = sorted(
            (each for each in self._folder.iterdir() if each.is_dir()), key=lambda each: each.stat().st_mtime
        )
        for folder in folders[:-MOST_FOLDERS]:
            for file in folder.iterdir():
                file.unlink(missing_ok=True)
            folder.rmdir()

    def _path(self, voice: str, words: str) -> Path:
        return self._folder / voice / f"{hashlib.sha256(words.encode()).hexdigest()[:32]}.alaw"
