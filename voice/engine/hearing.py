"""The call's ear: frames in, borders of speech out; what is said goes to the recogniser from its first word."""

from __future__ import annotations

from collections.abc import Callable

from providers.speech import SpeechRecognizer
from voice.engine import g711
from voice.engine.detector import Border, SpeechDetector
from voice.engine.listening import Listener, Utterance
from voice.engine.settings import VoiceSettings
from voice.engine.vad import VoiceActivity


class Hearing:
    """Listens all the time, whoever speaks. `recognizer` None: it hears that there is speech, and no words."""

    def __init__(
        self,
        recognizer: SpeechRecognizer | None,
        activity: VoiceActivity,
        settings: VoiceSettings,
        changed: Callable[[Utterance], None],
    ) -> None:
        self.recognizer = recognizer
        self.detector = SpeechDetector(onset_seconds=settings.onset, gap_seconds=settings.utterance_gap)
        self._activity, self._settings, self._changed = activity, settings, changed
        self._listener = Listener(lookback_seconds=settings.lookback)

    def hear(self, frame: bytes, now: float, *, we_sound: bool) -> Border | None:
        """A frame of the caller, which ended at `now`."""
        samples = g711.decode(frame)
        voiced = self._activity.hear(samples, we_sound=we_sound)
        self._listener.feed(samples.tobytes())
        border = self.detector.feed(voiced, now)
        if border is Border.GAP:
            self._listener.close()
        elif self.detector.speaking and now - self.detector.began > self._settings.longest_utterance:
            self.end()
            return Border.GAP
        return border

    @property
    def in_doubt(self) -> bool:
        """Is the caller perhaps just beginning to speak?"""
        return self.detector.in_doubt or self._activity.in_doubt

    def open(self) -> Utterance | None:
        """The speech that has just begun is to be recognised."""
        if self.recognizer is None:
            return None
        return self._listener.open(self.recognizer, self._settings.hints, self.detector.began, self._changed)

    def ours(self, frame: bytes) -> None:
        """Our own audio begins to sound: its echo is not the caller."""
        self._activity.ours(g711.decode(frame))

    def was_nobody(self) -> None:
        self._activity.was_nobody()

    def end(self) -> None:
        """Take the speech that goes on for ended."""
        self.detector.end()
        self._listener.close()
