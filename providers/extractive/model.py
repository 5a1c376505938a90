"""The answer of a knowledge base by itself: its best sentences, in their order, said to be such."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from providers.deadlines import DEFAULT_DEADLINES, Beat, Deadlines, within
from providers.extractive.blocks import Block, blocks
from providers.extractive.words import is_kind_asked_for, stems
from providers.llm import Answer, Message, Passage, Piece, TextDelta, ToolSpec, question_of
from vasdom.errors import InvalidInput

PASSAGES_READ = 3
HEADING_WEIGHT = 0.6  # a word of the heading says less than one of the sentence
KIND_WEIGHT = 0.5
PASSAGE_WEIGHT = 0.2  # the search put the better passage first: worth less than a word, but it decides between equals


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractiveConfig:
    """How an answer is put together.

    Attributes:
        mark: what the answer begins with, so that nobody takes it for a thought.
        unknown: what is said when no passage was given, or none shares a word with the question.
        max_chars: of the quoted sentences together; the first one is never left out or cut.
        max_sentences: of the quoted sentences.
    """

    mark: str = "Ответ из базы знаний: "
    unknown: str = "Не знаю: в базе знаний ответа на это нет."
    max_chars: int = 450
    max_sentences: int = 4
    deadlines: Deadlines = DEFAULT_DEADLINES

    def __post_init__(self) -> None:
        if self.max_chars < 1 or self.max_sentences < 1:
            raise InvalidInput("Ответ должен вмещать хотя бы одно предложение.", field="max_sentences")


class Extractive:
    """A language model without a model: reads `Message.passages`, ignores tools, invents nothing."""

    def __init__(self, config: ExtractiveConfig) -> None:
        self._config = config

    @property
    def name(self) -> str:
        return "extractive"

    async def ready(self) -> None:
        """Nothing to prepare."""

    def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> Answer:
        return within(self._sentences(messages), self._config.deadlines)

    async def _sentences(self, messages: Sequence[Message]) -> AsyncIterator[Piece | Beat]:
        quoted = best_sentences(question_of(messages), passages_of(messages), self._config)
        if not quoted:
            yield TextDelta(self._config.unknown)
            return
        yield TextDelta(self._config.mark + quoted[0])
        for sentence in quoted[1:]:
            yield TextDelta(f" {sentence}")


def passages_of(messages: Sequence[Message]) -> tuple[Passage, ...]:
    return next((message.passages for message in reversed(messages) if message.passages), ())


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence of a block, and how much of the question it answers."""

    score: float
    block: Block
    number: int

    @property
    def sentences(self) -> tuple[str, ...]:
        """It and what follows it in its block."""
        return self.block.sentences[self.number :]


def best_sentences(question: str, passages: Sequence[Passage], config: ExtractiveConfig) -> list[str]:
    """What of the passages answers the question: the best sentence with what follows it in its paragraph, then others
    that share as many words with the question. A question without a word of its own («а сколько?») trusts the best
    passage."""
    read = [blocks(passage.text, passage.heading) for passage in passages[:PASSAGES_READ]]
    wanted = stems(question)
    if not wanted:
        return _fitting([sentence for block in (read[0] if read else ()) for sentence in block.sentences], config)
    found = [
        Found(score - PASSAGE_WEIGHT * rank, block, number)
        for rank, parts in enumerate(read)
        for block in parts
        for number, sentence in enumerate(block.sentences)
        if (score := _score(question, wanted, sentence, block.heading))
    ]
    if not found:
        return []
    found.sort(key=lambda each: -each.score)
    alike = [each for each in found[1:] if each.score >= found[0].score - PASSAGE_WEIGHT]
    return _fitting([*found[0].sentences, *(each.sentences[0] for each in alike)], config)


def _score(question: str, wanted: frozenset[str], sentence: str, heading: str) -> float:
    """0 = it has nothing to do with the question."""
    own = wanted & stems(sentence)
    above = (wanted & stems(heading)) - own
    words = len(own) + HEADING_WEIGHT * len(above)
    return words + KIND_WEIGHT * is_kind_asked_for(question, sentence) if words else 0.0


def _fitting(sentences: Sequence[str], config: ExtractiveConfig) -> list[str]:
    chosen: list[str] = []
    length = 0
    for sentence in dict.fromkeys(sentences):
        length += len(sentence) + 1
        if chosen and (length > config.max_chars or len(chosen) == config.max_sentences):
            break
        chosen.append(sentence)
    return chosen
