"""Marked speech is read back as it was said, after the telephone's codec, with noise, and with pieces cut off."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from providers.audio import samples_of, to_pcm
from providers.tests.speech_marks import Heard, Marked, MarkReader, Vocabulary, mark, speak_words
from voice.engine.g711 import decode, encode

WORDS = ("когда", "уборка", "на", "Кибальчича", "3", "и", "да", "угу", "стоп", "скажите", "пожалуйста")
CLIPS = speak_words({word: "три" if word == "3" else word for word in WORDS})
VOCABULARY = Vocabulary.of(CLIPS)
SAID = ("скажите", "когда", "уборка", "на", "Кибальчича", "3", "и", "да", "да")


def said(*words: str, **options: object) -> Marked:
    return mark([(word, CLIPS[word]) for word in words], VOCABULARY, **options)  # type: ignore[arg-type]


def over_the_line(pcm: bytes) -> bytes:
    return decode(encode(pcm)).tobytes()


def read(pcm: bytes, piece: int = 320) -> list[Heard]:
    reader = MarkReader(VOCABULARY)
    return [word for at in range(0, len(pcm), piece) for word in reader.feed(pcm[at : at + piece])] + reader.end()


@pytest.mark.parametrize("shift", [0, 37, 80, 159])
@pytest.mark.parametrize("noise", [0, 60])
def test_every_word_is_heard_in_its_order_after_the_telephones_codec(shift: int, noise: int) -> None:
    marked = said(*SAID)
    samples = np.concatenate([np.zeros(shift), samples_of(marked.pcm), np.zeros(800)])
    samples += np.random.default_rng(shift).normal(0, noise or 1e-9, len(samples))
    heard = read(over_the_line(to_pcm(samples)))
    assert [word.word for word in heard if word.whole] == list(SAID)
    for word, spoken in zip(heard, marked.timeline, strict=True):
        assert word.started == pytest.approx(spoken.started + shift / 8000, abs=0.045)
        assert word.ended == pytest.approx(spoken.ended + shift / 8000, abs=0.065)


@pytest.mark.parametrize("piece", [2, 322, 100_000])
def test_pieces_may_be_of_any_size(piece: int) -> None:
    assert [word.word for word in read(said("когда", "уборка").pcm, piece)] == ["когда", "уборка"]


def test_a_word_is_told_at_its_end_and_not_later() -> None:
    marked = said("когда", "уборка", pauses={0: 0.5})
    reader = MarkReader(VOCABULARY)
    end = marked.timeline[0].ended
    assert not reader.feed(marked.pcm[: 2 * int(8000 * (end - 0.08))])
    assert reader.feed(marked.pcm[2 * int(8000 * (end - 0.08)) : 2 * int(8000 * (end + 0.02))])


@pytest.mark.parametrize(("cut_share", "whole"), [(0.1, True), (0.25, True), (0.4, False), (0.7, False)])
def test_a_word_whose_beginning_was_cut_off_is_seen_to_be_so(cut_share: float, whole: bool) -> None:
    pcm = said("уборка", "да").pcm
    cut = 2 * int(cut_share * len(CLIPS["уборка"]) / 2)
    first, second = read(pcm[cut:])
    assert (first.word, first.whole) == ("уборка", whole)
    assert second.whole


def test_a_hole_in_the_middle_does_not_make_two_words_of_one() -> None:
    pcm = bytearray(said("пожалуйста").pcm)
    pcm[3200 : 3200 + 960] = bytes(960)
    heard = read(bytes(pcm))
    assert [word.word for word in heard] == ["пожалуйста"]
    assert heard[0].whole


def test_neither_noise_nor_silence_is_taken_for_a_word() -> None:
    noise = to_pcm(np.random.default_rng(0).normal(0, 2000, 80_000))
    assert not [word for word in read(noise) if word.whole]
    assert not read(bytes(32_000))


def test_a_vocabulary_goes_to_another_process_by_a_file(tmp_path: Path) -> None:
    VOCABULARY.save(tmp_path / "words.txt")
    assert Vocabulary.load(tmp_path / "words.txt") == VOCABULARY


def test_more_words_than_there_are_codes_are_refused() -> None:
    with pytest.raises(ValueError, match="153"):
        Vocabulary({str(number): 800 for number in range(154)})
