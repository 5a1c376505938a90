"""The answer of a knowledge base by itself: its best sentences, in their order, said to be such."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from providers.deadlines import DEFAULT_DEADLINES, Beat, Deadlines, within
from providers.extractive import wishes
from providers.extractive.blocks import Block, blocks
from providers.extractive.parts import core_of, parts_of, things_of
from providers.extractive.words import is_kind_asked_for, lacks_figure, shared, stems
from providers.llm import Answer, Message, Passage, Piece, TextDelta, ToolSpec, question_of
from vasdom.errors import InvalidInput

PASSAGES_READ = 6
HEADING_WEIGHT = 0.85  # a word of the heading says a little less than one of the sentence
RARE, COMMON = 1.3, 0.7
TOPIC_WEIGHT = 0.2  # a word that stands in both is what the text is about
KIND_WEIGHT = 1.2
NO_FIGURE = 1.0  # … and this is taken off where «сколько» gets none
PASSAGE_WEIGHT = 0.2  # the search put the better passage first: worth less than a word, but it decides between equals
PASSAGE_OF_PART = 0.05  # … and less where the passages of several questions take turns
BEGINNING_WEIGHT = 0.7  # the heading is the question: the answer begins where its text does
TITLED = 0.6  # … when it says so much of the question
ALIKE = 0.5  # two sentences of two documents that share so much of their words speak of the same thing
NEARLY = 0.7  # by how little the other document may answer worse and still contradict
MORE = 1.0  # … and still tell of a thing that the best one left out
# What a document would tell an assistant to do is never read out.
COMMAND = re.compile(
    r"\b(?:игнориру\w+|забудь\w*|отмени\w*)\s+(?:\w+\s+){0,3}(?:инструкци\w+|правил\w*|указани\w+|команд\w*)|"
    r"\b(?:system|assistant|user)\s*:|\bты\s+теперь\b|\b(?:ignore|forget|disregard)\s+(?:\w+\s+){0,3}(?:instructions|rules|prompt)",
    re.IGNORECASE,
)
CLAUSE = re.compile(r"(?<=[^\d])[,;](?=\s)|;\s")


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
    """A sentence of a block of a document, and how much of the question it answers."""

    score: float
    block: Block
    number: int
    document: str = ""

    @property
    def sentence(self) -> str:
        return self.block.sentences[self.number]

    @property
    def sentences(self) -> tuple[str, ...]:
        """It and what follows it in its block."""
        return self.block.sentences[self.number :]

    @property
    def meaning(self) -> frozenset[str]:
        """The words of the sentence and of its heading."""
        return stems(f"{self.block.heading} {self.sentence}")


def best_sentences(question: str, passages: Sequence[Passage], config: ExtractiveConfig) -> list[str]:
    """What of the passages answers the question, part by part, as short as the question wants it."""
    wish = wishes.read(question)
    parts = parts_of(core_of(wish.question))
    read = [(passage.document, harmless(passage)) for passage in passages[:PASSAGES_READ]]
    chosen: list[str] = []
    for part in parts:
        by_rank = PASSAGE_WEIGHT if len(parts) == 1 else PASSAGE_OF_PART
        quoted = _of_part(part, read, config.max_sentences, by_rank, frozenset(chosen), not wish.sentences)
        chosen += quoted[: max(1, config.max_sentences // len(parts))] if len(parts) > 1 else quoted
    if wish.figure:
        chosen = [_with_figure(sentence) for sentence in chosen]
    if wish.sentences and len(parts) == 1:
        chosen = chosen[: wish.sentences]
    return _fitting(chosen, config)


def harmless(passage: Passage) -> list[Block]:
    """The blocks of a passage without sentences that command."""
    read = blocks(passage.text, passage.heading)
    kept = [
        Block(block.heading, tuple(sentence for sentence in block.sentences if not COMMAND.search(sentence)))
        for block in read
    ]
    return [block for block in kept if block.sentences]


def _of_part(
    question: str, read: Sequence[tuple[str, list[Block]]], most: int, by_rank: float, said: frozenset[str], whole: bool
) -> list[str]:
    """The best sentence with what follows it in its paragraph; then what says of the question that it did not.

    Where another document says otherwise of the same thing, both are quoted, each with its name. A question without a
    word of its own («а сколько?») trusts the best passage. `said` was said to another part; not `whole`: one sentence
    is wanted, and not the beginning of a text.
    """
    wanted, things = stems(question), stems(" ".join(things_of(question)))
    if not wanted:
        return [sentence for block in (read[0][1] if read else ()) for sentence in block.sentences]
    weights = weights_of(wanted, read)
    found = [
        Found(score - by_rank * rank, block, number, document)
        for rank, (document, parts) in enumerate(read)
        for block in parts
        for number, sentence in enumerate(block.sentences)
        if sentence not in said
        and (score := _score(question, weights, things, sentence, block.heading, begins=whole and number == 0))
    ]
    if not found:
        return []
    found.sort(key=lambda each: -each.score)
    best = found[0]
    other = next((each for each in found[1:] if _contradicts(best, each)), None)
    if other is not None:
        return [f"По документу «{each.document}»: {each.sentence}" for each in (best, other)]
    chosen = list(best.sentences[:most])
    told = best.meaning | stems(" ".join(chosen))
    for each in found[1:]:
        if each.score >= best.score - MORE and (things & each.meaning) - told:
            chosen.append(each.sentence)
            told |= each.meaning
    return chosen


def _contradicts(best: Found, other: Found) -> bool:
    """Another document answers the same as well, under the same heading or in nearly the same words, and otherwise."""
    if other.document == best.document or other.score < best.score - NEARLY or other.sentence == best.sentence:
        return False
    if other.number == best.number and _title(other) == _title(best):
        return True
    mine, others = stems(best.sentence), stems(other.sentence)
    return len(mine & others) >= ALIKE * len(mine | others)


def _title(found: Found) -> str:
    """The last heading."""
    return found.block.heading.rpartition(" › ")[2].lower()


def weights_of(wanted: frozenset[str], read: Sequence[tuple[str, list[Block]]]) -> dict[str, float]:
    """How much each word tells: less, the more of the blocks have it."""
    texts = [stems(f"{block.heading} {' '.join(block.sentences)}") for _, parts in read for block in parts]
    having = {word: sum(bool(shared(frozenset({word}), text)) for text in texts) for word in wanted}
    return {word: RARE - (RARE - COMMON) * count / max(1, len(texts)) for word, count in having.items()}


def _score(
    question: str, weights: Mapping[str, float], things: frozenset[str], sentence: str, heading: str, *, begins: bool
) -> float:
    """0 = it has nothing to do with the question, or names a price of something else. `begins`: it is the first of its
    text, and more than one sentence is wanted."""
    wanted = frozenset(weights)
    own = shared(wanted, stems(sentence))
    titled = shared(wanted, stems(heading))
    words = sum(
        weight * (word in own or HEADING_WEIGHT * (word in titled)) + TOPIC_WEIGHT * (word in own and word in titled)
        for word, weight in weights.items()
    )
    if not words or (things and not things & (own | titled) and len(own | titled) < 2):
        return 0.0
    is_title = sum(weights[word] for word in titled) >= TITLED * sum(weights.values())
    beginning = BEGINNING_WEIGHT if begins and is_title else 0.0
    kind = KIND_WEIGHT * is_kind_asked_for(question, sentence) - NO_FIGURE * lacks_figure(question, sentence)
    return max(0.0, words + beginning + kind)


def _with_figure(sentence: str) -> str:
    """The clause of a sentence that holds its figure; the sentence where there is but one, or none has any."""
    clauses = [clause.strip(" .;,") for clause in CLAUSE.split(sentence)]
    named = [clause for clause in clauses if re.search(r"\d", clause)]
    return f"{named[0]}." if named and len(clauses) > 1 else sentence


def _fitting(sentences: Sequence[str], config: ExtractiveConfig) -> list[str]:
    chosen: list[str] = []
    length = 0
    for sentence in dict.fromkeys(sentences):
        length += len(sentence) + 1
        if chosen and (length > config.max_chars or len(chosen) == config.max_sentences):
            break
        chosen.append(sentence)
    return chosen
