"""Catalogues: every .po compiles, its .mo is up to date, and a translation keeps the placeholders of its original.

`python -m vasdom.checks.translations` compiles them all (GNU gettext's msgfmt is not needed).
"""

from __future__ import annotations

import ast
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from vasdom.checks.sources import tracked_files
from vasdom.env import ROOT

PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[sdif]|(?<!{){(\w*)}(?!})")
KEYWORD = re.compile(r'^(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)\s+(".*")$')
MO_MAGIC = 0x950412DE


def check(root: Path = ROOT) -> list[str]:
    problems = []
    for path in _catalogues(root):
        try:
            entries = list(parse(path.read_text(encoding="utf-8")))
        except ValueError as exc:
            problems.append(f"{path.relative_to(root)}: {exc}")
            continue
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or messages(compiled.read_bytes()) != messages(compile_catalogue(entries)):
            problems.append(f"{compiled.relative_to(root)}: out of date, run python -m vasdom.checks.translations")
        problems += [f"{path.relative_to(root)}: {problem}" for entry in entries for problem in _lost(entry)]
    return problems


class Entry(dict[str, str]):
    """One message by its keywords: msgctxt, msgid, msgid_plural, msgstr, msgstr[0] …"""

    @property
    def translations(self) -> list[str]:
        return [text for keyword, text in self.items() if keyword.startswith("msgstr")]


def parse(text: str) -> Iterator[Entry]:
    """Read a .po; untranslated and fuzzy messages are left out, as msgfmt does.

    Raises:
        ValueError: a line is none of the format's.
    """
    entry, keyword, fuzzy = Entry(), "", False
    for number, raw in enumerate([*text.splitlines(), ""], start=1):
        line = raw.strip()
        match = KEYWORD.match(line)
        starts_next = match and match[1] in {"msgctxt", "msgid"} and "msgstr" in keyword
        if entry and (starts_next or not line or line.startswith("#")) and "msgstr" in keyword:
            if all(entry.translations) and not (fuzzy and entry["msgid"]):
                yield entry
            entry, keyword, fuzzy = Entry(), "", False
        if match:
            keyword = match[1]
            entry[keyword] = _unquote(match[2], number)
        elif line.startswith('"') and keyword:
            entry[keyword] += _unquote(line, number)
        elif line.startswith("#"):
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
        elif line:
            raise ValueError(f"line {number} is not understood")


def compile_catalogue(entries: list[Entry]) -> bytes:
    """The .mo of these messages, in the layout of GNU gettext's manual, "The Format of GNU MO Files"."""
    pairs = sorted((_key(entry).encode(), "\0".join(entry.translations).encode()) for entry in entries)
    texts = [original for original, _ in pairs] + [translation for _, translation in pairs]
    tables_end = 28 + 8 * len(texts)
    index, data = b"", b""
    for text in texts:
        index += struct.pack("<II", len(text), tables_end + len(data))
        data += text + b"\0"
    return struct.pack("<7I", MO_MAGIC, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, tables_end) + index + data


def messages(compiled: bytes) -> dict[bytes, bytes]:
    """What a .mo holds, whichever program wrote it: the optional hash table does not matter."""
    _, _, count, originals, translations = struct.unpack_from("<5I", compiled)

    def texts(table: int) -> list[bytes]:
        records = [struct.unpack_from("<II", compiled, table + 8 * number) for number in range(count)]
        return [compiled[offset : offset + length] for length, offset in records]

    return dict(zip(texts(originals), texts(translations), strict=True))


def _key(entry: Entry) -> str:
    context = f"{entry['msgctxt']}\x04" if "msgctxt" in entry else ""
    plural = f"\0{entry['msgid_plural']}" if "msgid_plural" in entry else ""
    return f"{context}{entry['msgid']}{plural}"


def _lost(entry: Entry) -> list[str]:
    """Placeholders that a translation invents; leaving one out is right in some plural forms."""
    allowed = _placeholders(entry["msgid"]) | _placeholders(entry.get("msgid_plural", ""))
    if not entry["msgid"]:
        return []
    return [
        f"“{entry['msgid']}”: unknown placeholder {name}"
        for text in entry.translations
        for name in sorted(_placeholders(text) - allowed)
    ]


def _placeholders(text: str) -> set[str]:
    return {match[0] for match in PLACEHOLDER.finditer(text)}


def _unquote(text: str, number: int) -> str:
    try:
        return str(ast.literal_eval(text))
    except (SyntaxError, ValueError) as exc:
        raise ValueError(f"line {number} has a broken string") from exc


def _catalogues(root: Path) -> list[Path]:
    return [root / path for path in tracked_files(root) if path.suffix == ".po"]


def compile_all(root: Path = ROOT) -> None:
    for path in _catalogues(root):
        entries = list(parse(path.read_text(encoding="utf-8")))
        path.with_suffix(".mo").write_bytes(compile_catalogue(entries))
        sys.stdout.write(f"{path.relative_to(root)}: {len(entries)} messages\n")


if __name__ == "__main__":
    compile_all()
