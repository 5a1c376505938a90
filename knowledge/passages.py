"""Cutting a document into passages. Plain text in, spans and readable texts out; nothing here knows the database.

The separator is a border no passage crosses, and never part of one. A passage carries the path of headings it stands
under. A heading that the file says twice (the originals' upload doubled them) is read once. A row of a table is read as
«column: value», so that it can be understood without the rest of the table.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$")
TABLE_RULE = re.compile(r"^\|?[ \t]*:?-{2,}:?[ \t]*(\|[ \t]*:?-{2,}:?[ \t]*)*\|?$")
# A full stop after these ends no sentence: «ул. Ленина», «им. Гагарина», «т. е.», «5 руб. в месяц».
ABBREVIATION = re.compile(
    r"(?:\b(?:ул|пр|пер|пл|д|кв|корп|стр|г|гг|обл|р|им|т|тел|руб|коп|см|мм|тыс|млн|напр|др|пр|эт|под|шт|мин|ч|[А-ЯЁA-Z]))\.$"
)
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"»)]*\s+(?=[А-ЯЁA-Z«\"(\d—-])")
PATH_BORDER = " › "
LONGEST_PATH = 600
BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
PSEUDO_TAG = re.compile(r"\\([#*_\-|<>])")


@dataclass(frozen=True, slots=True)
class Cut:
    """How to cut: `size` and `overlap` in characters, and the border."""

    size: int = 1200
    overlap: int = 150
    separator: str = "<<->>"


@dataclass(frozen=True, slots=True)
class Piece:
    """One passage: its headings from the top, its text, and the span of the source it was made from."""

    headings: tuple[str, ...]
    text: str
    start: int
    end: int

    @property
    def path(self) -> str:
        return PATH_BORDER.join(self.headings)[:LONGEST_PATH]

    @property
    def content_hash(self) -> str:
        return content_hash(self.path, self.text)


def content_hash(path: str, text: str) -> str:
    """Equal for texts that differ in blanks only."""
    return hashlib.sha256(" ".join(f"{path} {text}".split()).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the source, with the number of its first character and of the one after its last."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unit:
    """What is never cut further: a sentence, a row, a line of a list. `glue` joins it to the one before."""

    text: str
    start: int
    end: int
    glue: str


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one path of headings inside one segment."""

    headings: tuple[str, ...]
    units: tuple[Unit, ...]


def cut(text: str, how: Cut) -> list[Piece]:
    """All passages of a text, in its order. A text without anything but headings gives none."""
    pieces: list[Piece] = []
    path: tuple[tuple[int, str], ...] = ()
    segments = list(split(text, how.separator))
    for start, end in segments:
        sections, path = read_segment(text, start, end, path)
        whole = len(segments) > 1 and sum(size_of(section.units) for section in sections) <= how.size
        if whole and len(sections) > 1:
            sections = [together(sections)]
        for section in sections:
            pieces += pack(section, how)
    return pieces


def split(text: str, separator: str) -> Iterator[tuple[int, int]]:
    """Spans of the segments between separators."""
    start = 0
    while (found := text.find(separator, start)) >= 0:
        yield start, found
        start = found + len(separator)
    yield start, len(text)


def headings_of(text: str, separator: str) -> list[tuple[int, str]]:
    """The outline: pairs of level and heading, each once where a file says it twice in a row."""
    found: list[tuple[int, str]] = []
    for start, end in split(text, separator):
        for line in lines_of(text, start, end):
            if match := HEADING.match(line.text):
                item = (len(match[1]), plain(match[2]))
                if not found or found[-1] != item:
                    found.append(item)
    return found


def lines_of(text: str, start: int, end: int) -> Iterator[Line]:
    position = start
    for raw in text[start:end].splitlines(keepends=True):
        yield Line(raw.strip("\r\n"), position, position + len(raw.rstrip("\r\n")))
        position += len(raw)


def read_segment(
    text: str, start: int, end: int, path: tuple[tuple[int, str], ...]
) -> tuple[list[Section], tuple[tuple[int, str], ...]]:
    """The sections of a segment, and the path its end leaves open: a segment without a heading stands under it."""
    sections: list[Section] = []
    lines: list[Line] = []

    def close() -> None:
        if units := tuple(units_of(lines)):
            sections.append(Section(tuple(title for _, title in path), units))
        lines.clear()

    doubled = ""
    for line in lines_of(text, start, end):
        match = HEADING.match(line.text)
        if match:
            title, level = plain(match[2]), len(match[1])
            if doubled != title or path[-1][0] != level:
                close()
                path = (*(item for item in path if item[0] < level), (level, title))
            doubled = title
        elif doubled and plain(line.text) == doubled:
            continue
        else:
            if line.text.strip():
                doubled = ""
            lines.append(line)
    close()
    return sections, path


def together(sections: list[Section]) -> Section:
    """A short segment stays one passage: its author put the borders. Inner headings become lines of its text."""
    shared: tuple[str, ...] = sections[0].headings
    for section in sections[1:]:
        length = next((i for i, (a, b) in enumerate(zip(shared, section.headings, strict=False)) if a != b), None)
        shared = shared[: min(len(shared), len(section.headings)) if length is None else length]
    units: list[Unit] = []
    for section in sections:
        first = section.units[0]
        if title := PATH_BORDER.join(section.headings[len(shared) :]):
            units.append(Unit(title, first.start, first.start, "\n\n"))
        units += section.units
    return Section(shared, tuple(units))


def units_of(lines: list[Line]) -> Iterator[Unit]:
    """Paragraphs as sentences, lists as lines, tables as rows that name their columns."""
    position, glue = 0, ""
    while position < len(lines):
        line = lines[position]
        if not line.text.strip():
            glue, position = "\n\n", position + 1
            continue
        if "|" in line.text and position + 1 < len(lines) and TABLE_RULE.match(lines[position + 1].text.strip()):
            columns, position = cells(line.text), position + 2
            while position < len(lines) and "|" in lines[position].text:
                row = lines[position]
                if read := row_text(columns, cells(row.text)):
                    yield Unit(read, row.start, row.end, glue or "\n")
                    glue = "\n"
                position += 1
            continue
        yield from sentences(line, glue or "\n")
        glue, position = "", position + 1


def cells(line: str) -> list[str]:
    return [plain(cell.replace("\\|", "|")) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def row_text(columns: list[str], values: list[str]) -> str:
    """«Площадь: до 100 м²; Расход: 2 л»; a value without a column stands alone."""
    named = []
    for number, value in enumerate(values):
        column = columns[number] if number < len(columns) else ""
        if value:
            named.append(f"{column}: {value}" if column else value)
    return "; ".join(named)


def sentences(line: Line, glue: str) -> Iterator[Unit]:
    """The sentences of a line; abbreviations, initials and decimals do not end one."""
    start = 0
    for match in SENTENCE_END.finditer(line.text):
        if ABBREVIATION.search(line.text[start : match.start()]):
            continue
        yield from unit(line, start, match.start(), glue)
        start, glue = match.end(), " "
    yield from unit(line, start, len(line.text), glue)


def unit(line: Line, start: int, end: int, glue: str) -> Iterator[Unit]:
    if read := plain(line.text[start:end]):
        yield Unit(read, line.start + start, line.start + end, glue)


def plain(text: str) -> str:
    """Markup that is no content taken out: bold, escaped signs, doubled blanks."""
    return " ".join(PSEUDO_TAG.sub(r"\1", BOLD.sub(r"\2", text)).split())


def size_of(units: tuple[Unit, ...] | list[Unit]) -> int:
    return sum(len(unit.text) + len(unit.glue) for unit in units)


def pack(section: Section, how: Cut) -> Iterator[Piece]:
    """Passages of a section: as many units as fit, the next beginning a little before the last one's end."""
    units = [part for unit in section.units for part in broken(unit, how.size)]
    first = 0
    while first < len(units):
        last, size = first, len(units[first].text)
        while last + 1 < len(units):
            size += len(units[last + 1].glue) + len(units[last + 1].text)
            if size > how.size:
                break
            last += 1
        yield piece(section.headings, units[first : last + 1])
        if last + 1 == len(units):
            return
        first = overlapping(units, first, last, how.overlap)


def overlapping(units: list[Unit], first: int, last: int, overlap: int) -> int:
    """Where the next passage begins: whole units out of the last one's tail, as many as the overlap takes."""
    start = last + 1
    size = 0
    while start - 1 > first:
        size += len(units[start - 1].text) + 1
        if size > overlap:
            break
        start -= 1
    # It must get further than the passage before, even where the overlap is wide and the next unit long.
    return start


def broken(unit: Unit, size: int) -> Iterator[Unit]:
    """A unit longer than a passage, cut at words."""
    if len(unit.text) <= size:
        yield unit
        return
    words, part, glue = unit.text.split(" "), "", unit.glue
    for word in words:
        while len(word) > size:
            yield Unit(word[:size], unit.start, unit.end, glue)
            word, glue = word[size:], ""
        if part and len(part) + 1 + len(word) > size:
            yield Unit(part, unit.start, unit.end, glue)
            part, glue = word, " "
        else:
            part = f"{part} {word}" if part else word
    if part:
        yield Unit(part, unit.start, unit.end, glue)


def piece(headings: tuple[str, ...], units: list[Unit]) -> Piece:
    text = units[0].text + "".join(unit.glue + unit.text for unit in units[1:])
    return Piece(headings, text, min(unit.start for unit in units), max(unit.end for unit in units))
