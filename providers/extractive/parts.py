"""A question that asks several things at once, as several questions, each of which stands by itself."""

from __future__ import annotations

import re

from providers.extractive.families import family_of
from providers.extractive.words import STOP_WORDS, WORD, folded

MOST_PARTS = 3
ASKS = (
    r"(?:как\w*|сколько|чем|когда|где|кто|кому|кем|что|куда|откуда|зачем|почему|почём|почем|из чего|"
    r"на сколько|во сколько|за сколько|до скольки|можно|нужно|надо|есть ли|ставите|моете|делаете|"
    r"\w+(?:ете|ите) ли)"
)
BORDER = re.compile(
    rf"\?\s+(?=\w)|\s*[,;]?\s+(?:и|или|а также|а ещё|а еще)\s+(?={ASKS}\b)|\s*[,;]\s+(?:а|но)\s+(?=\w)", re.I
)
COMPARED = re.compile(
    r"(?:чем\s+(?:же\s+)?отлича\w+|(?:в чем|в чём|какая|какое)\s+(?:разница|отличие)(?:\s+между)?)\s+"
    r"([\w -]{2,40}?)\s+(?:и|от|с|или)\s+([\w -]{2,40}?)\s*[?.!]*$",
    re.IGNORECASE,
)
ASKING = re.compile(rf"\?$|\b{ASKS}\b", re.I)
BEGINS_ASKING = re.compile(
    rf"(?:а |и |но |просто |лучше |тогда )*(?:{ASKS}|(?:под|рас)?скажите|назовите|дайте|продиктуйте)\b", re.I
)
SENTENCE = re.compile(r"[^.!?]+[.!?]*")
DOING = re.compile(r"\bдела(?:ете|ть|ют|ем)\b", re.I)
SHORTEST = 2
# They say what is asked of a thing, and never which thing.
NO_THING = frozenset({"цена", "вес", "раз", "часы", "срочность", "мыть", "плата"})
LEANS = re.compile(
    r"\b(?:он|она|они|оно|его|ее|её|их|ему|ей|им|нем|нём|ней|них|это|этого|этот|там|потом|отдельно)\b", re.I
)


def parts_of(question: str) -> list[str]:
    """The parts, at most `MOST_PARTS`; a question that asks one thing is its only part.

    A part that leans on the one before («и сколько это стоит?») gets its things. «Чем отличается одно от другого?» is
    two questions of what each is.
    """
    if compared := COMPARED.search(question):
        first, second = compared[1].split(), compared[2].split()
        return [f"Что такое {' '.join(each)}?" for each in (first, [*first[: -len(second)], *second])]
    pieces = [piece.strip() for piece in BORDER.split(question) if piece.strip()]
    ends = [question[question.find(piece) + len(piece) :].lstrip().startswith("?") for piece in pieces]
    kept = [piece for piece, ends_asking in zip(pieces, ends, strict=True) if ends_asking or ASKING.search(piece)]
    if pieces and pieces[0] not in kept:
        kept.insert(0, pieces[0])
    pieces = kept
    if not 1 < len(pieces) <= MOST_PARTS or not all(_asks(piece) for piece in pieces):
        return [question]
    parts: list[str] = []
    for piece in pieces:
        known = things_of(parts[-1]) if parts else ()
        missing = [thing for thing in known if thing not in folded(piece)]
        leans = not things_of(piece) or LEANS.search(piece) is not None
        parts.append(f"{piece.rstrip(' ?.!')} ({' '.join(missing)})?" if leans and missing else piece)
    return parts


def core_of(text: str) -> str:
    """The questions of a text that tells a story first; all of it where they are not understood without it."""
    sentences = [sentence.strip() for sentence in SENTENCE.findall(text) if sentence.strip()]
    asked = [sentence for sentence in sentences if sentence.endswith("?")]
    core = " ".join(asked)
    return core if asked and len(asked) < len(sentences) and things_of(core) and not LEANS.search(core) else text


def asking_clause(text: str) -> str:
    """«Какие моющие вы берёте, у ребёнка аллергия» → its first part: the one that asks; nothing where that is all."""
    clauses = [clause.strip() for clause in re.split(r"\s*[,;]\s+", text) if clause.strip()]
    asking = [clause for clause in clauses if BEGINS_ASKING.match(clause) and things_of(clause)]
    return asking[0] if len(clauses) > 1 and len(asking) == 1 and not LEANS.search(asking[0]) else ""


def things_of(text: str) -> tuple[str, ...]:
    """The words that say what a text is about, in its order."""
    words = [word for word in WORD.findall(folded(text)) if word not in STOP_WORDS and len(word) > 1]
    return tuple(word for word in words if (family := family_of(word)) is None or family.name not in NO_THING)


def _asks(piece: str) -> bool:
    """Enough words to be a question of its own."""
    words = WORD.findall(folded(piece))
    return len(words) >= SHORTEST and (any(word not in STOP_WORDS for word in words) or DOING.search(piece) is not None)
