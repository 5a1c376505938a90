"""How well a recogniser hears recordings whose texts are known: words, addresses, numbers, names, and how fast."""

from __future__ import annotations

import asyncio
import re
import wave
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from houses.addresses.reader import read
from houses.models import House
from houses.numerals import read_number
from knowledge import glossary
from providers.audio import Resampler
from providers.errors import ProviderError
from providers.speech import SAMPLE_RATE, SpeechRecognizer
from vasdom.errors import InvalidInput

CHUNK_BYTES = 320
CHUNK_SECONDS = 0.02
WORD = re.compile(r"\w+")
SPOKEN = re.compile(r"[^\W\d_]+(?:\s+[^\W\d_]+)*")
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
NAME = re.compile(r"\b[А-ЯЁ]{2,}(?:-[А-ЯЁ0-9,]+)*\b")  # «РГМ-1000-А», «УИМ-Д», «ГОСТ» after the glossary


@dataclass(frozen=True, slots=True)
class Recording:
    """PCM16 at 8,000 samples a second, and what is said in it."""

    name: str
    pcm: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Hearing:
    """One recording as it was heard. `failure` instead of a text; `seconds` from the end of the audio to the text."""

    recording: Recording
    text: str
    seconds: float
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one recording: how many there are, and how many of them are right (words: wrong)."""

    words: int
    wrong_words: int
    numbers: int
    right_numbers: int
    names: int
    right_names: int
    addresses: int
    right_addresses: int


def recordings(folder: Path) -> list[Recording]:
    """The WAV files of a folder with the texts beside them (`call-1.wav`, `call-1.txt`).

    Raises:
        InvalidInput: there are none, a text is missing, a file is no such recording.
    """
    if not folder.is_dir():
        raise InvalidInput(f"Нет каталога {folder}.")
    files = sorted(folder.glob("*.wav"))
    if not files:
        raise InvalidInput(f"В каталоге {folder} нет записей .wav.")
    return [Recording(path.stem, _pcm(path), _text(path.with_suffix(".txt"))) for path in files]


def _text(path: Path) -> str:
    try:
        text = " ".join(path.read_text(encoding="utf-8-sig").split())
    except FileNotFoundError:
        raise InvalidInput(f"К записи нет текста: {path.name}.") from None
    except (OSError, UnicodeDecodeError):
        raise InvalidInput(f"Текст {path.name} не читается: ожидается UTF-8.") from None
    if not WORD.search(text):
        raise InvalidInput(f"Текст {path.name} пуст.")
    return text


def _pcm(path: Path) -> bytes:
    try:
        with wave.open(str(path)) as audio:
            rate, channels, width = audio.getframerate(), audio.getnchannels(), audio.getsampwidth()
            pcm: bytes = audio.readframes(audio.getnframes())
    except (OSError, EOFError, wave.Error):
        raise InvalidInput(f"Запись {path.name} не читается: ожидается WAV без сжатия.") from None
    if channels != 1 or width != 2 or rate not in {8_000, 16_000}:
        raise InvalidInput(f"Запись {path.name}: ожидается моно, 16 бит, 8 или 16 кГц.")
    if rate == SAMPLE_RATE:
        return pcm
    resampler = Resampler(rate)
    return resampler.feed(pcm) + resampler.end()


async def hear(
    recognizer: SpeechRecognizer, recording: Recording, *, hints: Sequence[str] = (), in_real_time: bool = True
) -> Hearing:
    """One recording, fed as a call would feed it, or all at once. Never raises for a vendor's failure."""
    clock = asyncio.get_running_loop().time
    ended = clock()

    async def audio() -> AsyncIterator[bytes]:
        nonlocal ended
        due = clock()
        for at in range(0, len(recording.pcm), CHUNK_BYTES):
            yield recording.pcm[at : at + CHUNK_BYTES]
            due += CHUNK_SECONDS
            if in_real_time:
                await asyncio.sleep(max(0.0, due - clock()))
        ended = clock()

    text = ""
    try:
        async with aclosing(recognizer.transcribe(audio(), hints=hints)) as transcripts:
            async for transcript in transcripts:
                text = transcript.text
    except ProviderError as exc:
        return Hearing(recording, "", 0.0, failure=exc.message)
    return Hearing(recording, text, clock() - ended)


def score(text: str, heard: str) -> Score:
    """Compares as the assistant would read both: numbers in figures, units and names as they are written.

    Reads the database.
    """
    expected, got = in_figures(glossary.normalize(text)), in_figures(glossary.normalize(heard))
    words, heard_words = _words(expected), _words(got)
    numbers, right_numbers = _found(NUMBER, expected, got)
    names, right_names = _found(NAME, expected, got)
    house = house_of(text)
    return Score(
        words=len(words),
        wrong_words=distance(words, heard_words),
        numbers=numbers,
        right_numbers=right_numbers,
        names=names,
        right_names=right_names,
        addresses=int(house is not None),
        right_addresses=int(house is not None and house_of(heard) == house),
    )


def in_figures(text: str) -> str:
    """«дом сорок четыре» → «дом 44»: recognisers write numbers either way."""
    return SPOKEN.sub(lambda found: _figures(found[0].split()), text)


def _figures(words: Sequence[str]) -> str:
    plain = [word.lower().replace("ё", "е") for word in words]
    written, at = [], 0
    while at < len(words):
        number = read_number(plain, at)
        written.append(words[at] if number is None else str(number[0]))
        at += 1 if number is None else number[1]
    return " ".join(written)


def house_of(text: str) -> int | None:
    """The house of ours that a text names with its number."""
    if read(text, query=True).number is None:
        return None
    found = list(House.objects.active().by_address(text)[:1])
    return found[0].pk if found else None


def distance(expected: Sequence[str], heard: Sequence[str]) -> int:
    """Words to insert, leave out or replace."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(expected, 1):
        before, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (word != other))
    return row[-1]


def _words(text: str) -> list[str]:
    return WORD.findall(text.lower().replace("ё", "е"))


def _found(pattern: re.Pattern[str], expected: str, got: str) -> tuple[int, int]:
    """How many the text has, and how many of them were heard."""
    wanted = Counter(each.replace(",", ".") for each in pattern.findall(expected))
    heard = Counter(each.replace(",", ".") for each in pattern.findall(got))
    return wanted.total(), (wanted & heard).total()


def summary(hearings: Sequence[Hearing], scores: Iterable[Score]) -> list[str]:
    """Russian lines of one recogniser."""
    scored = list(scores)
    failed = [each for each in hearings if each.failure]

    def total(value: Callable[[Score], int]) -> int:
        return sum(map(value, scored))

    words, wrong = total(lambda one: one.words), total(lambda one: one.wrong_words)
    lines = [
        f"записей {len(hearings)}, не распознано {len(failed)}",
        f"WER {_percent(wrong, words)} (ошибок {wrong} на {words} слов)",
        f"адреса {_share(total(lambda one: one.right_addresses), total(lambda one: one.addresses))}",
        f"числа {_share(total(lambda one: one.right_numbers), total(lambda one: one.numbers))}",
        f"названия {_share(total(lambda one: one.right_names), total(lambda one: one.names))}",
    ]
    times = sorted(each.seconds for each in hearings if not each.failure)
    if times:
        cuts = quantiles(times, n=20, method="inclusive") if len(times) > 1 else times * 19
        p50, p95 = (f"{cuts[place]:.2f}".replace(".", ",") for place in (9, 18))
        lines.append(f"от конца речи до текста p50 {p50} с, p95 {p95} с")
    return lines + [f"не распознано {each.recording.name}: {each.failure}" for each in failed]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %".replace(".", ",") if whole else "нет данных"


def _share(right: int, whole: int) -> str:
    return f"{right} из {whole} ({_percent(right, whole)})" if whole else "нет данных"
