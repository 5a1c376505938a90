"""Cutting a text into sentences while it is still being written, for speech and for the written chat.

A border is `|` always, a line break, or the end of a sentence. An end mark is no border after an abbreviation («ул.»),
an initial («А. С.») or inside a number («9.30»), and counts only when what follows begins like a sentence.
"""

from __future__ import annotations

import re

BAR = "|"
LONGEST = 240
"""A sentence longer than this is cut at its last comma, dash or blank before it."""
LATER_CLAUSE = 60


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# After these a name or a number follows: never a border.
_BEFORE = _words(
    """
    ул д дом кв корп стр пер пр просп пл наб ш б-р пр-т пр-кт р-н обл г гор пос с дер мкр им тел моб доб эл см напр
    рис табл п пп гл ст т и ч проф акад ген под эт оф лит ост ред изд авт г-н г-жа вкл св ок мин макс подр
    """
)
# These may end a sentence; they do when a capital letter follows.
_MAY_END = _words("руб коп тыс млн млрд шт др пр п т.д т.п д п гг вв кг гр м см мм км час сек мин чел эт")
_YEAR = re.compile(r"\d\s*г\.$")
_TAIL = re.compile(r"(?:и\s+)?т\.\s*[дп]\.$|и\s+др\.$|и\s+пр\.$", re.IGNORECASE)
_WORD = re.compile(r"([^\W\d_](?:[^\W\d_]|-|\.(?=[^\W\d_]))*)\.$")
_NUMBERED = re.compile(r"(?:^|\n)\s*\d{1,2}\.$")
_END = re.compile(r"[.!?…]+[)»\"”’]*")
_MARK = re.compile(r"(?:[,;:]|\s—)(?=\s+[^\W\d_])")
_STARTS = re.compile(r"[A-ZА-ЯЁ0-9«\"“(—–\-•*№]")


class SentenceSplitter:
    """Takes a text in pieces of any size, gives whole sentences; `|` is honoured and never given.

    Args:
        clause: for speech: a longer sentence is given as far as its last mark, later ones in longer pieces.
            0 = whole sentences only.
    """

    def __init__(self, longest: int = LONGEST, *, clause: int = 0) -> None:
        self._longest, self._clause = longest, clause
        self._rest = ""

    def feed(self, text: str) -> list[str]:
        """Sentences that are complete now, without blanks around them."""
        self._rest += text
        found = []
        while (cut := self._border()) is not None:
            end, start = cut
            found.append(self._rest[:end])
            self._rest = self._rest[start:]
        return [clean for piece in found if (clean := tidy(piece))]

    def beginning(self, least: int) -> str:
        """The whole words of a sentence that is not complete, once there are so many letters; else nothing."""
        end = self._rest.rfind(" ")
        words = tidy(self._rest[:end]) if end >= least else ""
        return "" if _END.search(words[-1:]) else words

    def give_beginning(self) -> None:
        """These words have been given; what follows them is to come."""
        self._rest = self._rest[self._rest.rfind(" ") + 1 :]

    def flush(self) -> list[str]:
        """What is left, at the end of the text."""
        rest, self._rest = self._rest, ""
        return [clean] if (clean := tidy(rest)) else []

    def _border(self) -> tuple[int, int] | None:
        """Where the first sentence ends, and where the next begins."""
        rest = self._rest
        hard = min((place for mark in (BAR, "\n") if (place := rest.find(mark)) >= 0), default=len(rest) + 1)
        for match in _END.finditer(rest, 0, min(hard, len(rest))):
            after = rest[match.end() :]
            blank = len(after) - len(after.lstrip(" \t\u00a0"))
            if not after.strip(" \t\u00a0"):
                break  # what follows decides, and it has not come yet
            if blank and is_end(rest[: match.end()], after[blank:]):
                return match.end(), match.end() + blank
        if hard < len(rest):
            return hard, hard + 1
        return self._too_long()

    def _too_long(self) -> tuple[int, int] | None:
        if self._clause and (place := _last_mark(self._rest)) >= self._clause:
            self._clause = max(self._clause, LATER_CLAUSE)
            return place, place
        if len(self._rest) <= self._longest:
            return None
        head = self._rest[: self._longest]
        for marks in (";:—", ",", " "):
            place = max(head.rfind(f"{mark} " if mark != " " else " ") for mark in marks)
            if place > self._longest // 3:
                return place + 1, place + 1
        return self._longest, self._longest


def is_end(before: str, after: str) -> bool:
    """Does a sentence end between the two? `before` ends with an end mark, blanks are left out of `after`."""
    if not _STARTS.match(after) and after[:1] not in {BAR, "\n"}:
        return False
    stripped = before.rstrip(')»"”’')
    if not stripped.endswith(".") or stripped.endswith(".."):
        return True
    if _NUMBERED.search(stripped):
        return False
    if _TAIL.search(stripped) or _YEAR.search(stripped):
        return True
    match = _WORD.search(stripped)
    if match is None:
        return True
    word = match[1]
    if len(word) == 1 and word.isupper():
        return False  # an initial
    if word.lower() in _MAY_END and _after_number(stripped[: match.start()]):
        return True
    return word.lower() not in _BEFORE


def _last_mark(text: str) -> int:
    """After the last comma, semicolon, colon or dash that a blank and a word follow; -1 = there is none."""
    found = [match.end() for match in _MARK.finditer(text)]
    return found[-1] if found else -1


def _after_number(text: str) -> bool:
    return bool(re.search(r"\d\s*$", text))


def split(text: str, longest: int = LONGEST) -> list[str]:
    """A whole text at once."""
    splitter = SentenceSplitter(longest)
    return splitter.feed(text) + splitter.flush()


def tidy(text: str) -> str:
    """Without bars, emphasis marks and doubled blanks."""
    return re.sub(r"[ \t\u00a0]+", " ", text.replace(BAR, " ").replace("**", "").replace("__", "")).strip()
