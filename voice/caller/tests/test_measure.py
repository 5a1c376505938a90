"""What is measured of a direction, on made-up frames; RTP; sound files."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from vasdom.errors import InvalidInput
from voice.caller import measure, rtp
from voice.caller.audio import load_wav, resampled, save_wav, tone
from voice.caller.digits import DigitListener
from voice.caller.room import Room
from voice.caller.track import Track
from voice.engine import g711

QUIET, LOUD = -72.0, -20.0


def frames(*levels: float, start: float = 100.0) -> tuple[measure.Times, measure.Levels]:
    return start + np.arange(len(levels)) * 0.02, np.array(levels, np.float32)


def test_a_single_loud_frame_is_a_click_and_two_are_a_sound() -> None:
    times, levels = frames(QUIET, LOUD, QUIET, QUIET, LOUD, LOUD, QUIET)
    assert measure.first_sound_after(0, times, levels) == pytest.approx(100.08)
    assert measure.first_sound_after(100.2, times, levels) is None


def test_loud_frames_with_a_hole_between_them_are_no_neighbours() -> None:
    times = np.array([1.0, 1.2, 1.4])
    assert not measure.sounding(times, np.array([LOUD] * 3, np.float32)).any()


def test_silence_is_where_nothing_sounds_for_long_enough_whether_packets_come_or_not() -> None:
    times, levels = frames(*[LOUD] * 10, *[QUIET] * 5, *[LOUD] * 10, *[QUIET] * 20)
    found = measure.silence_after(100.0, times, levels, known_until=101.0, lasting=0.2)
    assert found == pytest.approx(100.5)
    short = measure.silence_after(100.0, times, levels, known_until=101.0, lasting=0.06)
    assert short == pytest.approx(100.2)
    stopped = measure.silence_after(100.0, times[:10], levels[:10], known_until=100.5, lasting=0.2)
    assert stopped == pytest.approx(100.2)


def test_a_silence_that_may_yet_be_broken_is_none_yet() -> None:
    times, levels = frames(*[LOUD] * 10)
    assert measure.silence_after(100.0, times, levels, known_until=100.3, lasting=0.2) is None


def test_silence_begins_at_once_where_nothing_sounds() -> None:
    times, levels = frames(QUIET, QUIET)
    assert measure.silence_after(100.01, times, levels, known_until=101.0, lasting=0.2) == pytest.approx(100.01)


def test_stretches_are_parted_by_pauses_that_are_long_enough() -> None:
    times, levels = frames(*[LOUD] * 5, *[QUIET] * 5, *[LOUD] * 5, *[QUIET] * 20, *[LOUD] * 3)
    parts = measure.stretches(times, levels, pause=0.2)
    assert [(round(part.began, 2), round(part.ended, 2)) for part in parts] == [(100.0, 100.3), (100.7, 100.76)]


def test_gaps_are_between_packets() -> None:
    times = np.array([1.0, 1.02, 1.10, 1.12, 1.30])
    assert [round(gap.seconds, 2) for gap in measure.gaps(times, over=0.06)] == [0.08, 0.18]
    assert len(measure.gaps(times, over=0.06, since=1.05)) == 1


def test_the_voiced_part_of_speech_is_found_within_a_few_milliseconds() -> None:
    speech = np.concatenate([np.zeros(800, np.int16), tone(0.5), np.zeros(1600, np.int16)])
    began, ended = measure.voiced_bounds(speech)
    assert abs(began - 800) <= 20
    assert abs(ended - 4800) <= 20
    assert measure.voiced_bounds(np.zeros(320, np.int16)) == (0, 320)


def test_the_level_of_a_tone_is_what_was_asked_for() -> None:
    assert measure.level(tone(1.0, dbfs=-20.0)) == pytest.approx(-20.0, abs=0.2)


@pytest.mark.parametrize("keep", [True, False])
def test_a_track_measures_the_same_with_its_audio_and_without(keep: bool) -> None:
    track = Track(keep_audio=keep)
    codes = g711.encode(tone(0.02))
    for number in range(10):
        track.add(5.0 + number * 0.02, codes if number % 2 else g711.encode(np.zeros(160, np.int16)))
        if number == 4:
            assert len(track.levels) == 5
    assert len(track.levels) == 10
    assert np.all((track.levels > measure.LOUD_DBFS) == (np.arange(10) % 2 == 1))


def test_a_track_is_an_even_line_of_time() -> None:
    track = Track()
    for moment in (10.0, 10.023, 10.039, 10.5):  # jitter, then a hole
        track.add(moment, g711.encode(tone(0.02)))
    line = track.samples(10.0, 11.0)
    assert line.size == 8000
    voiced = np.flatnonzero(np.abs(line) > 100)
    assert voiced[0] < 20
    assert np.all(np.abs(line[500:3990]) < 20)
    assert np.abs(line[4000:4160]).max() > 1000


def test_the_room_adds_noise_and_the_echo_of_what_is_heard() -> None:
    room, heard = Room(), Track()
    heard.add(1.0, g711.encode(tone(0.02, dbfs=-10.0)))
    silent = room.mixed(None, heard, 1.1, g711.ALAW)
    assert silent is None
    room.echo(-20.0, delay_seconds=0.1)
    echoed = room.mixed(None, heard, 1.11, g711.ALAW)
    assert echoed is not None
    assert measure.level(g711.decode(echoed)) == pytest.approx(-30.0, abs=1.0)
    assert room.mixed(None, heard, 1.5, g711.ALAW) is None
    room.play(tone(1.0, dbfs=-50.0))
    noisy = room.mixed(g711.encode(tone(0.02, hertz=1000, dbfs=-12.0)), heard, 1.5, g711.ALAW)
    assert noisy is not None
    assert measure.level(g711.decode(noisy)) == pytest.approx(-12.0, abs=1.0)


def test_packets_are_read_with_all_that_may_stand_in_their_head() -> None:
    payload = bytes(range(160))
    plain = rtp.HEADER.pack(0x80, 8, 7, 160, 1) + payload
    assert rtp.parse(plain) == rtp.Packet(8, 7, 160, payload)
    sources = rtp.HEADER.pack(0x81, 8, 7, 160, 1) + b"\0\0\0\1" + payload
    extended = rtp.HEADER.pack(0x90, 8, 7, 160, 1) + b"\0\1\0\1" + b"\0\0\0\0" + payload
    padded = rtp.HEADER.pack(0xA0, 8, 7, 160, 1) + payload + b"\0\0\0\4"
    for data in (sources, extended, padded):
        packet = rtp.parse(data)
        assert packet is not None
        assert packet.payload == payload
    assert rtp.parse(b"short") is None
    assert rtp.parse(rtp.HEADER.pack(0x80, 200, 7, 160, 1) + payload) is None  # RTCP


def test_a_digit_is_heard_once_however_often_it_is_sent() -> None:
    listener = DigitListener()
    packets = [rtp.Packet(101, n, 160, rtp.digit_payload("5", n * 160, end=n > 3)) for n in range(1, 7)]
    assert "".join(listener.heard(packet) for packet in packets) == "5"
    assert listener.heard(rtp.Packet(101, 9, 3200, rtp.digit_payload("5", 160, end=False))) == "5"


@pytest.mark.parametrize("rate", [16_000, 22_050, 8_000])
def test_sound_of_any_rate_becomes_the_telephones(rate: int, tmp_path: Path) -> None:
    moments = np.arange(rate) / rate
    sound = (8000 * np.sin(2 * np.pi * 1000 * moments) + 8000 * np.sin(2 * np.pi * rate * 0.45 * moments)).astype(
        np.int16
    )
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(sound.tobytes())
    pcm = load_wav(tmp_path / "a.wav")
    assert pcm.size == 8000
    if rate > 8000:
        spectrum = np.abs(np.fft.rfft(pcm.astype(float)))
        assert spectrum.argmax() == 1000
        assert np.delete(spectrum, range(990, 1011)).max() < spectrum.max() / 50


def test_a_file_that_is_no_sound_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("no")
    for path in (tmp_path / "a.wav", tmp_path / "absent.wav"):
        with pytest.raises(InvalidInput):
            load_wav(path)


def test_both_directions_are_written_beside_each_other(tmp_path: Path) -> None:
    save_wav(tmp_path / "a.wav", tone(0.5), np.zeros(4000, np.int16))
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 8000, 4000)
    assert resampled(np.zeros(0, np.int16), 16_000).size == 0
