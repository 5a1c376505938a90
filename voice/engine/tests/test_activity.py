"""Levels: what is loud enough to be the caller while we speak ourselves."""

from __future__ import annotations

import numpy as np

from voice.engine.vad import TAIL_FRAMES, VoiceActivity

OURS_DB = -15.0


class AlwaysSpeech:
    def is_speech(self, samples: np.ndarray) -> bool:
        return True


def sound(level_db: float) -> np.ndarray:
    return np.full(160, round(32768 * 10 ** (level_db / 20)), np.int16)


def heard_while_we_speak(activity: VoiceActivity, level_db: float, frames: int) -> list[bool]:
    """So many frames of this level from the line, beside as many of our own."""
    found = []
    for _ in range(frames):
        activity.ours(sound(OURS_DB))
        found.append(activity.hear(sound(level_db), we_sound=True))
    return found


def test_a_quiet_consonant_is_heard_on_a_line_without_echo() -> None:
    activity = VoiceActivity(AlwaysSpeech())
    assert not any(heard_while_we_speak(activity, -80.0, 40))
    assert heard_while_we_speak(activity, -42.0, 1) == [True]


def test_voices_far_softer_than_the_caller_are_not_his() -> None:
    activity = VoiceActivity(AlwaysSpeech())
    heard = [activity.hear(sound(level), we_sound=False) for level in [*[-44.0] * 20, *[-22.0] * 50, *[-44.0] * 50]]
    assert heard == [*[True] * (70 + TAIL_FRAMES), *[False] * (50 - TAIL_FRAMES)]


def test_who_speaks_softly_after_he_was_loud_is_heard() -> None:
    activity = VoiceActivity(AlwaysSpeech())
    for _ in range(50):
        activity.hear(sound(-16.0), we_sound=False)
    assert activity.hear(sound(-31.0), we_sound=False)
    assert not [activity.hear(sound(-37.0), we_sound=False) for _ in range(TAIL_FRAMES + 1)][-1]
    assert any(activity.hear(sound(-37.0), we_sound=False) for _ in range(400))


def test_until_the_line_is_known_it_is_taken_for_an_echo() -> None:
    activity = VoiceActivity(AlwaysSpeech())
    heard_while_we_speak(activity, -80.0, 5)
    assert heard_while_we_speak(activity, -42.0, 1) == [False]


def test_an_echo_is_nobody_and_the_caller_louder_than_it_is_heard() -> None:
    activity = VoiceActivity(AlwaysSpeech())
    assert not any(heard_while_we_speak(activity, OURS_DB - 20.0, 200))
    assert heard_while_we_speak(activity, OURS_DB - 12.0, 1) == [True]


def test_what_was_taken_for_the_caller_and_was_not_is_learnt() -> None:
    activity = VoiceActivity(AlwaysSpeech())
    heard_while_we_speak(activity, -80.0, 40)
    assert any(heard_while_we_speak(activity, -38.0, 3))
    activity.was_nobody()
    assert not any(heard_while_we_speak(activity, -38.0, 20))
