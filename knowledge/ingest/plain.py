"""Plain text in the encodings that Russian offices use."""

from __future__ import annotations

from knowledge.errors import Unreadable
from knowledge.ingest.limits import Limits
from knowledge.ingest.reading import Extracted, tidy

MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
LARGEST_SHARE_OF_ODD = 0.02


def read_plain(name: str, content: bytes, limits: Limits) -> Extracted:
    return Extracted(tidy(decoded(name, content)))


def decoded(name: str, content: bytes) -> str:
    """By the byte order mark, then UTF-8, UTF-16 without a mark, cp1251: the first in which it makes sense."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return strictly(name, content, encoding)
    if b"\x00" in content[:2000] and len(content) % 2 == 0:
        little = content[1:2000:2].count(0) + content[1:2000:2].count(4)
        big = content[0:2000:2].count(0) + content[0:2000:2].count(4)
        return strictly(name, content, "utf-16-le" if little >= big else "utf-16-be")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = strictly(name, content, "cp1251")
    if looks_binary(text):
        raise Unreadable(name, "это не текст: расширение не соответствует содержимому.")
    return text


def strictly(name: str, content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as exc:
        raise Unreadable(name, "кодировка не распознана, сохраните его в UTF-8.") from exc
    if looks_binary(text):
        raise Unreadable(name, "кодировка не распознана, сохраните его в UTF-8.")
    return text


def looks_binary(text: str) -> bool:
    odd = sum(1 for letter in text[:20_000] if (ord(letter) < 32 and letter not in "\t\n\r\f") or letter == "\ufffd")
    return odd > LARGEST_SHARE_OF_ODD * min(len(text), 20_000)
