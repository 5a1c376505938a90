"""How an answer is wanted: «только цифру», «одним предложением», «коротко»; and what is not wanted in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

FIGURE = re.compile(
    r"\b(?:только|лишь|просто)\s+(?:одну\s+)?(?:цифр\w+|числ\w+|сумм\w+)\b|\bодной цифрой\b|\bназови\w* цифру\b", re.I
)
ONE_SENTENCE = re.compile(
    r"\b(?:одним|в одном)\s+предложени\w+|\bодной\s+фразой|\bодним\s+словом|\bв двух словах|"
    r"\b(?:по)?короче|\bкоротко|\bкратко|\bвкратце|\bбез лишних слов|\bтолько\s+(?:да или нет|факт\w*)|\bда или нет\b",
    re.I,
)
ONLY = re.compile(r"\b(?:только|лишь)\s+(?!про\b|на\b|не\b|в\b|до\b|по\b)(?=\w)", re.I)
NOT_WANTED = (
    re.compile(
        r"[,.;]?\s*\b(?:про|насч[её]т|о|об)\s+([^,.;?!]{2,40}?)\s+(?:не надо|не нужно|не интересует|"
        r"(?:я\s+)?(?:уже\s+)?знаю|мне не надо)\b[,.;]?\s*",
        re.I,
    ),
    re.compile(
        r"\b(?:только\s+)?не\s+((?:по|про|на|о|об|в)?\s*[^,.;?!]{2,30}?)\s*,\s*а\s+(?:про\s+|по\s+|на\s+)?", re.I
    ),
    re.compile(r"\s*,\s*(?:а\s+)?не\s+((?:по|про|на|о|об|в)\s+[^,.;?!]{2,30}?)(?=[,.;?!]|$)", re.I),
)
NUMBER = r"(?:пять|шесть|семь|восемь|девять|десять|\w+дцать|\w+десят|\w+ста|\w+сот)"
VERB = re.compile(rf"\b(?!{NUMBER}\b)\w+(?:ли|ла|ло|ть|ют|ут|ет|ите|ете|ешь|шло|шел|шёл|л)\b", re.I)


@dataclass(frozen=True, slots=True)
class Wish:
    """`question` without the wish. `sentences`: at most so many, 0 = no wish; `figure`: a figure and little else."""

    question: str
    sentences: int = 0
    figure: bool = False


def read(question: str) -> Wish:
    """Take the wish out of a question; one that is nothing but a wish stays whole."""
    figure = FIGURE.search(question) is not None
    brief = ONE_SENTENCE.search(question) is not None
    rest = ONE_SENTENCE.sub(" ", FIGURE.sub(" ", question))
    only = ONLY.search(rest) is not None
    rest = tidy(without_unwanted(ONLY.sub("", rest)))
    if not re.search(r"\w", rest):
        return Wish(question)
    return Wish(rest, 1 if figure or brief or only else 0, figure)


def without_unwanted(text: str) -> str:
    """«Когда уборка на Ленина, не на Билибина?» → «Когда уборка на Ленина?». What a verb denies is a fact and stays."""
    for pattern in NOT_WANTED:
        text = pattern.sub(lambda match: match[0] if VERB.search(match[1]) else " ", text)
    return tidy(text)


def tidy(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"^[\s,:;.—-]+|(?<=\s)[,:;](?=\s)", "", text).replace(" ?", "?").replace(" ,", ",").strip()
