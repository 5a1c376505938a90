"""The office's stress marks: one word a line, «слово=сл+ово»."""

from __future__ import annotations

from vasdom.errors import InvalidInput

VOWELS = frozenset("аеёиоуыэюя")
MOST_LINES = 2_000


def stress_pairs(text: str) -> dict[str, str]:
    """«слово» → «сл+ово» in lower case; lines that cannot be read are passed over."""
    pairs = {}
    for line in text.splitlines():
        word, _, marked = (part.strip().lower() for part in line.partition("="))
        if word and not _wrong(word, marked):
            pairs[word] = marked
    return pairs


def check(text: str) -> None:
    """Raises InvalidInput for the first line that is no stress mark."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise InvalidInput(f"не больше {MOST_LINES} строк.", field="stress_words")
    seen: set[str] = set()
    for line in lines:
        word, _, marked = (part.strip().lower() for part in line.partition("="))
        if problem := _wrong(word, marked) or ("слово уже есть выше" if word in seen else ""):
            raise InvalidInput(f"строка «{line[:60]}»: {problem}.", field="stress_words")
        seen.add(word)


def _wrong(word: str, marked: str) -> str:
    """What is wrong with one line; nothing when it is fine."""
    if not word or not marked:
        return "ожидается слово=сл+ово"
    if not all(letter.isalpha() or letter in " -" for letter in word):
        return "слева ожидается слово буквами, без плюса"
    if "+" not in marked:
        return "справа нет плюса перед ударной гласной"
    if marked.replace("+", "").replace("ё", "е") != word.replace("ё", "е"):
        return "справа и слева разные слова"
    if any(after not in VOWELS for before, after in zip(marked, marked[1:] + " ", strict=True) if before == "+"):
        return "плюс ставится перед гласной"
    return ""
