"""The answer of a knowledge base by itself: its best sentences, in their order, said to be such."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from providers.deadlines import DEFAULT_DEADLINES, Beat, Deadlines, within
from providers.extractive.sentences import sentences, stems
from providers.llm import Answer, Message, Passage, Piece, TextDelta, ToolSpec, question_of
from vasdom.errors import InvalidInput

PASSAGES_READ = 3


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


def best_sentences(question: str, passages: Sequence[Passage], config: ExtractiveConfig) -> list[str]:
    """What of the passages answers the question.

    The sentence that shares most words with the question, then those that follow it in its passage. A heading counts
    for the sentences under it, a little less than their own words; among equals the better passage wins, then the
    earlier sentence. A question without a word of its own («а сколько?») trusts the best passage.
    """
    wanted = stems(question)
    best: tuple[float, list[str]] = (0.0, [])
    for passage in passages[:PASSAGES_READ]:
        lines = sentences(passage.text)
        heading = stems(passage.heading) | stems(_headings(passage.text))
        for number, line in enumerate(lines):
            score = _score(wanted, stems(line), heading)
            if score > best[0]:
                best = (score, lines[number:])
    if not wanted and passages:
        best = (1.0, sentences(passages[0].text))
    return _fitting(best[1], config)


def _score(wanted: frozenset[str], line: frozenset[str], heading: frozenset[str]) -> float:
    own = len(wanted & line)
    return own + 0.6 * len((wanted & heading) - line)


def _headings(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.lstrip().startswith("#"))


def _fitting(lines: Sequence[str], config: ExtractiveConfig) -> list[str]:
    chosen: list[str] = []
    length = 0
    for line in lines[: config.max_sentences]:
        if chosen and length + 1 + len(line) > config.max_chars:
            break
        chosen.append(line)
        length += 1 + len(line)
    return chosen
