"""What stands in a passage: paragraphs, items of lists and rows of tables, in whole sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A point after these ends no sentence.
ABBREVIATION_WORDS = """
    г гг ул пр пер пл просп д дом кв к корп стр обл р рн им т тов ст с см мм м кг л шт руб коп тыс млн млрд ч час мин
    сек тел доб др п пп рис табл напр гл св зам нач тд тп бул ш наб мкр пос дер
"""
ABBREVIATIONS = frozenset(ABBREVIATION_WORDS.split())
SENTENCE_END = re.compile(r"[.!?…]+[»\")\]]*(?=\s|$)")
HEADING = re.compile(r"^\s*#{1,6}\s+")
ITEM = re.compile(r"^\s*(?:[-*•—]|\d{1,2}[.)])\s+")
QUOTE = re.compile(r"^\s*>\s?")
ROW = re.compile(
    r"^[^:;.]{1,60}: [^;]+(?:; [^:;.]{1,60}: [^;]+)+$"
)  # as the index writes a row: «Работа: мытьё; Цена: 5»
RULE = re.compile(r"^[\s|:_=*-]{3,}$")
LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
EMPHASIS = re.compile(r"\*\*|__|`")
SEPARATOR = "<<->>"


@dataclass(frozen=True, slots=True)
class Block:
    """Sentences that belong together, and the heading they stand under."""

    heading: str
    sentences: tuple[str, ...]


def blocks(text: str, heading: str = "") -> list[Block]:
    """The blocks in their order, free of Markdown; `heading` is that of the beginning."""
    found: list[Block] = []
    table: list[str] = []
    for part in [*_parts(text), ""]:
        if "|" in part:
            table.append(part)
            continue
        found += [Block(heading, (row,)) for row in _rows(table)]
        table = []
        if HEADING.match(part):
            heading = _plain(HEADING.sub("", part))
        elif ROW.match(part):
            found.append(Block(heading, (_named_row(part),)))
        elif part:
            found.append(Block(heading, tuple(sentences(_plain(ITEM.sub("", part))))))
    return [block for block in found if block.sentences]


def _parts(text: str) -> Iterator[str]:
    """A heading, an item, a row of a table is a part by itself; the lines of a paragraph are joined."""
    paragraph: list[str] = []
    for raw in [*text.replace(SEPARATOR, "\n\n").splitlines(), ""]:
        line = QUOTE.sub("", raw).strip()
        own = bool(HEADING.match(line) or "|" in line or RULE.match(line) or ROW.match(line))
        if paragraph and (not line or own or ITEM.match(line)):
            yield " ".join(paragraph)
            paragraph = []
        if own:
            yield line
        elif line:
            paragraph.append(line)


def _rows(table: list[str]) -> list[str]:
    """A row with the names of its columns: «Мытьё окон: цена — 150 руб.; единица — за окно.»"""
    lines = [[_plain(cell) for cell in line.strip().strip("|").split("|")] for line in table if not RULE.match(line)]
    names: list[str] = lines.pop(0) if any(map(RULE.match, table)) and len(lines) > 1 else []
    rows = []
    for first, *cells in lines:
        named = zip([*names[1:], *[""] * len(cells)], cells, strict=False)
        told = "; ".join(f"{name.lower()} — {cell}" if name else cell for name, cell in named if cell)
        rows.append(_ended(f"{first}: {told}" if first and told else first or told))
    return [row for row in rows if row]


def _named_row(line: str) -> str:
    """«Работа: Мытьё окон; Цена: 450 рублей» → «Мытьё окон: цена — 450 рублей.»"""
    (_, first), *rest = [cell.split(": ", 1) for cell in _plain(line).split("; ")]
    return _ended(f"{first}: {'; '.join(f'{name.lower()} — {value}' for name, value in rest)}")


def _plain(text: str) -> str:
    return " ".join(EMPHASIS.sub("", LINK.sub(r"\1", text)).split())


def sentences(line: str) -> list[str]:
    """Whole sentences; abbreviations, initials and decimals end none."""
    parts, start = [], 0
    for end in SENTENCE_END.finditer(line):
        if end.group() != "." or not _goes_on(line, start, end):
            parts.append(line[start : end.end()].strip())
            start = end.end()
    return [_ended(part) for part in [*parts, line[start:].strip()] if any(map(str.isalnum, part))]


def _goes_on(line: str, start: int, point: re.Match[str]) -> bool:
    following = line[point.end() :].lstrip()[:1]
    if not following or following.islower():
        return bool(following)
    before = line[start : point.start()].rpartition(" ")[2].rpartition(".")[2]
    initial = len(before) == 1 and before.isupper()
    return initial or before.lower() in ABBREVIATIONS


def _ended(sentence: str) -> str:
    trimmed = sentence.rstrip(" ,;:—")
    return trimmed if not trimmed or SENTENCE_END.search(trimmed[-2:]) else f"{trimmed}."
