"""Addresses of mail and of sites: «info@vasdom.ru» → «инфо собака васдом точка ру»."""

from __future__ import annotations

import re

from voice.spoken.latin import read_latin
from voice.spoken.numbers import with_zeros

_MAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9][A-Za-z0-9_.+-]*@[\w-]+(?:\.[\w-]*\w)+")
_SITE = re.compile(
    r"(?:https?://)(?:www\.)?[^\s<>()«»\"]*[^\s<>()«»\".,;:!?]"
    r"|(?<![\w.@/-])(?:www\.)?(?:[A-Za-z0-9-]+\.)+(?:ru|com|org|net|info|su|pro|online|io|dev|site|shop|me|by|kz)"
    r"(?:/[\w./%#?=&-]*[\w/])?(?![\w-])"
    r"|(?<![\w.@/-])(?:[А-Яа-яё0-9-]+\.)+(?:рф|рус)(?![\w-])"
)
_PIECE = re.compile(r"[A-Za-z]+|\d+|[^\W\d_A-Za-z]+|[^\w\s]|_")
_SIGNS = {
    "@": "собака", ".": "точка", "-": "дефис", "_": "нижнее подчёркивание", "/": "слэш", "+": "плюс",
    "?": "знак вопроса", "=": "равно", "&": "амперсанд", "#": "решётка", "%": "процент", ":": "двоеточие",
}  # fmt: skip
_ZONES = {"ru": "ру", "com": "ком", "org": "орг", "net": "нет", "info": "инфо", "su": "су", "рф": "эр эф", "io": "ай о"}


def say_web(text: str) -> str:
    text = _MAIL.sub(lambda found: _read(found[0]), text)
    return _SITE.sub(lambda found: _read(re.sub(r"^(?:https?://)?(?:www\.)?", "", found[0]).rstrip("/")), text)


def _read(written: str) -> str:
    pieces = _PIECE.findall(written)
    said = []
    for place, piece in enumerate(pieces):
        zone = place and pieces[place - 1] == "." and piece.lower() in _ZONES
        if zone:
            said.append(_ZONES[piece.lower()])
        elif piece.isdecimal():
            said.append(with_zeros(piece))
        elif any(letter.isalpha() for letter in piece):
            said.append(read_latin(piece.lower(), silent_e=False) if piece.isascii() else piece.lower())
        elif piece in _SIGNS:
            said.append(_SIGNS[piece])
    return " ".join(said)
