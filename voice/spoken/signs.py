"""What is written and not said: markdown, smileys, brackets; and signs that are said as words."""

from __future__ import annotations

import re
import unicodedata

_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\s]*\)")
_MARKDOWN = re.compile(
    r"```\w*|`|\*\*|__|(?<!\w)[*_]+|[*_]+(?!\w)|^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*•][ \t]+)", re.MULTILINE
)
_SMILEY = re.compile(r"(?<!\w)(?:[:;=]['’]?-?[)(DPpоo/|\]\[]+|\){2,}|\({2,}|<3|[xX]D)(?![\w])")
_EMOJI = re.compile(r"\s*[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]+\s*")
_HOMOGLYPHS = str.maketrans("aceopxyABCEHKMOPTXkm", "асеорхуАВСЕНКМОРТХкм")
_MIXED_WORD = re.compile(r"[A-Za-z]*[А-Яа-яЁё]+[A-Za-z]+[А-Яа-яЁёA-Za-z]*|[A-Za-z]+[А-Яа-яЁё]+[A-Za-z]*")
_FRACTIONS = {
    "½ часа": "полчаса", "½": "одна вторая", "⅓": "одна треть", "⅔": "две трети", "¼": "одна четверть",
    "¾": "три четверти", "⅛": "одна восьмая", "⅕": "одна пятая",
}  # fmt: skip
_FRACTION = re.compile(rf"((?<=\d)\s?)?({'|'.join(_FRACTIONS)})")
_LATIN = re.compile(r"[A-Za-z]")
_WORDS: tuple[tuple[str, str], ...] = (
    (r"(?<![\d.,])0[.,]5\s*часа(?!\w)", "полчаса"),
    (r"\s*(?:≤|<=|⩽)\s*", " не более "), (r"\s*(?:≥|>=|⩾)\s*", " не менее "), (r"\s*(?:≠|!=)\s*", " не равно "),
    (r"\s*(?:≈|~)\s*(?=[\d±])", " около "), (r"(?<=[\w)])\s*>\s*(?=\d)", " больше "),
    (r"(?<=[\w)])\s*<\s*(?=\d)", " меньше "),
    (r"^\s*>\s*(?=\d)", "больше "), (r"^\s*<\s*(?=\d)", "меньше "), (r"\s*&\s*", " и "), (r"\s*=\s*", " равно "),
    (r"§\s*", "параграф "), (r"(?<=\d)\s*\^\s*(?=\d)", " в степени "), (r"\s*(?:→|➜|=>)\s*", " — "),
    (r"[⌀Øø∅](?=\s*\d)\s*", "диаметром "),
    (r"(?<=[а-яёa-z])\s*\+\s*(?=[а-яёa-z\d])", " плюс "),
    (r"(?<=\d)\s*\+\s*(?=[\dа-яё])", " плюс "),
    (r"(?<=[\dа-яё])\s*÷\s*(?=\d)", "–"), (r"µ|μ", "мк"),
    (r"([$€₽])\s?(\d+(?:[ \u00a0]\d{3})*(?:[.,]\d+)?)", r"\2 \1"), (r"∞", "бесконечность"),
)  # fmt: skip
_WORD_RULES = [(re.compile(sign, re.IGNORECASE), said) for sign, said in _WORDS]
_BRACKETS = re.compile(r"\s*[(\[{]\s*([^()\[\]{}]*?)\s*[)\]}]")
_SLASH = re.compile(r"(?<=[а-яё])\s*/\s*(?=[а-яё])", re.IGNORECASE)
_BLANK_BEFORE = re.compile(r" +([.,!?:;…])")
_GLUED = re.compile(r"(?<=[А-Яа-яЁё])\.(?=[А-Яа-яЁё])")
_DOTS = re.compile(r"\.{2,}")
_LONE_DASH = re.compile(r"(?:^|(?<= ))[-—]+(?: [-—]+)*(?= |$)")
_COMMAS = re.compile(r"[,:;](?:\s*[,:;.!?…])+|[.…](?:\s*[,;:.])+")
_KEPT = re.compile(r"[^А-Яа-яЁё\s.,!?:;…—-]")


def tidy(text: str) -> str:
    """One kind of blank and of dash, no markdown, no smileys, Russian words in Russian letters only."""
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"[\u200b-\u200f\u2060\ufeff\u00ad]", "", text)
    text = re.sub(r"[\u2000-\u200a\u202f\u205f\t\r\n]+", lambda found: ". " if "\n\n" in found[0] else " ", text)
    text = re.sub(r"[\u2010-\u2012\u2212]", lambda found: "−" if found[0] == "\u2212" else "-", text)
    text = _LINK.sub(r"\1", text)
    text = _MARKDOWN.sub("", text)
    text = _SMILEY.sub("", text)
    text = _EMOJI.sub(_stop, text)
    text = _FRACTION.sub(_say_fraction, text)
    return _MIXED_WORD.sub(_one_alphabet, text) if _LATIN.search(text) else text


def _stop(found: re.Match[str]) -> str:
    """A smiley often stands for the full stop."""
    ends = re.search(r"\w\s*$", found.string[: found.start()]) and re.match(r"[А-ЯЁ]", found.string[found.end() :])
    return ". " if ends else " "


def _say_fraction(found: re.Match[str]) -> str:
    return (" и " if found[1] else "") + _FRACTIONS[found[2]]


def _one_alphabet(found: re.Match[str]) -> str:
    """A Latin «a» inside a Russian word is a slip of the keyboard; «USB-порт» is not."""
    word = found[0]
    latin = re.findall(r"[A-Za-z]", word)
    russian = len(word) - len(latin)
    if len(latin) < russian and all(letter in "aceopxyABCEHKMOPTX" for letter in latin):
        return word.translate(_HOMOGLYPHS)
    return re.sub(r"(?<=[A-Za-z])(?=[А-Яа-яЁё])|(?<=[А-Яа-яЁё])(?=[A-Za-z])", " ", word)


def say_signs(text: str) -> str:
    """«≤ 5» → «не более 5», before the numbers are said: the words decide their case."""
    for rule, said in _WORD_RULES:
        text = rule.sub(said, text)
    return text


def drop_signs(text: str) -> str:
    """Brackets become commas, quotes go, and whatever sign is left goes too."""
    for _ in range(3):
        if "(" not in text and "[" not in text and "{" not in text:
            break
        text = _BRACKETS.sub(_commas, text)
    text = _SLASH.sub(" или ", text).replace("–", "—")
    text = text.replace("%", " процент ").replace("+", " плюс ")
    text = _KEPT.sub(" ", text)
    return settle(text)


def _commas(found: re.Match[str]) -> str:
    inside = found[1].strip(" ,;")
    if not re.search(r"\w", inside):
        return ""
    before, after = found.string[: found.start()], found.string[found.end() :]
    first = "" if not before.strip() or before.rstrip()[-1] in ",.;:!?—" else ","
    last = "" if not after.strip() or after.lstrip()[0] in ",.;:!?…)—" else ","
    if inside[-1] in ".!?…":
        inside = inside.rstrip(".") if last or after.lstrip()[:1] in {".", ","} else inside
    return f"{first} {inside}{last}"


def settle(text: str) -> str:
    """Blanks and marks as they stand in print."""
    text = " ".join(text.split())
    text = _BLANK_BEFORE.sub(r"\1", text)
    if "." in text:
        text = _GLUED.sub(". ", text)
        text = _DOTS.sub("…", text)
    text = _LONE_DASH.sub("—", text)
    text = _COMMAS.sub(_one_mark, text)
    return text.lstrip(" ,.;:—-")


def _one_mark(found: re.Match[str]) -> str:
    """Of marks in a row the strongest: «, .» is «.»."""
    return next((mark for mark in ".!?…;:" if mark in found[0]), ",")
