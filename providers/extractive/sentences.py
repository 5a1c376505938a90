"""Sentences of a passage, and which words of a question they hold."""

from __future__ import annotations

import re

# A point after these ends no sentence.
ABBREVIATION_WORDS = """
    г гг ул пр пер пл просп д дом кв к корп стр обл р рн им т тов ст с см мм м кг л шт руб коп тыс млн млрд ч час мин
    сек тел доб др п пп рис табл напр гл св зам нач тд тп бул ш наб мкр пос дер
"""
# Words that say nothing about what a question is about.
EMPTY_WORDS = """
    а без бы был была были было быть в вам вас ваш во вот вы где да для до его ее если есть еще же за и из или им их к
    как какая какие какой какого когда кто ли меня мне можно мой мы на над нам нас наш не нет ни но ну о об он она они
    оно от по под пожалуйста подскажите при про расскажите с свой себя скажите сколько со так там то тут ты у уже чего
    чем что чтобы эта эти это этот я
"""
ABBREVIATIONS = frozenset(ABBREVIATION_WORDS.split())
STOP_WORDS = frozenset(EMPTY_WORDS.split())
END = re.compile(r"[.!?…]+[»\")\]]*(?=\s|$)")
MARKUP = re.compile(r"^\s*(?:#{1,6}\s+|>\s+|[-*•]\s+)|\*\*|__|`", re.MULTILINE)
LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
RULE = re.compile(r"^[\s|:_=*-]{3,}$")
WORD = re.compile(r"[а-яёa-z]+|\d+", re.IGNORECASE)
ENDING = re.compile(
    r"(?:иями|ями|ами|ого|его|ому|ему|ыми|ими|ешь|ишь|ете|ите|ует|уют|ают|яют|ить|ать|ять|еть|ыть|ться|тся|ов|ев|ей|ой|ий|ый"
    r"|ая|яя|ое|ее|ые|ие|ую|юю|ым|им|ом|ем|ам|ям|ах|ях|ых|их|ют|ут|ат|ят|ет|ит|ла|ло|ли|ть|а|я|о|е|ы|и|у|ю|ь|й)$"
)


def plain(text: str) -> str:
    """Without the marks of Markdown; the cells of a table's row stay on one line."""
    lines = []
    for line in LINK.sub(r"\1", text.replace("<<->>", "\n")).splitlines():
        if RULE.match(line) and line.strip():
            lines.append("")
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if "|" in line else [line]
        lines.append(" — ".join(cell for cell in cells if cell))
    return MARKUP.sub("", "\n".join(lines))


def sentences(text: str) -> list[str]:
    """Whole sentences in their order; a heading, a row of a table and an item of a list count as one each."""
    found: list[str] = []
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*•|#]|\d+[.)]\s))", text):
        heading = block.lstrip().startswith("#")
        line = " ".join(plain(block).split()) if not _is_table(block) else ""
        rows = [" ".join(row.split()) for row in plain(block).splitlines()] if _is_table(block) else []
        if heading:
            continue
        for row in [*rows, *_split(line)]:
            if WORD.search(row):
                found.append(row if END.search(row[-1:]) else f"{row.rstrip(' ,;:—')}.")
    return found


def _is_table(block: str) -> bool:
    return all("|" in line for line in block.strip().splitlines())


def _split(line: str) -> list[str]:
    parts, start = [], 0
    for end in END.finditer(line):
        if end.group().startswith(".") and len(end.group()) == 1 and _stays(line, start, end.start(), end.end()):
            continue
        parts.append(line[start : end.end()].strip())
        start = end.end()
    return [part for part in [*parts, line[start:].strip()] if part]


def _stays(line: str, start: int, point: int, after: int) -> bool:
    """This point ends no sentence: an abbreviation, an initial, or a small letter follows."""
    word = re.search(r"[\w-]*$", line[start:point])
    last = word.group().lower() if word else ""
    following = line[after:].lstrip()[:1]
    if following.islower():
        return True
    if not following:
        return False
    return last in ABBREVIATIONS or (len(last) == 1 and last.isalpha() and line[point - 1].isupper())


def stems(text: str) -> frozenset[str]:
    """What the words mean without their endings, roughly; words that carry no meaning are left out."""
    words = (word.lower().replace("ё", "е") for word in WORD.findall(text))
    return frozenset(_stem(word) for word in words if word not in STOP_WORDS)


def _stem(word: str) -> str:
    return ENDING.sub("", word) if len(word) > 4 else word[:4]
