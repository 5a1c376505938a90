"""The words of a question before the index is asked for them: what each may be written as, and how much it tells.

What a question is about are its nouns and names; a verb says less, an adverb next to nothing. A caller talks more than
a document writes, so a word that stands in no document counts by what kind of word it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from knowledge.morphology import analyzer
from knowledge.routing import WORD, folded
from providers.extractive import wishes
from providers.extractive.families import family_of
from providers.extractive.parts import NO_THING

LONGEST_QUESTION = 1000
MOST_WORDS = 24
CYRILLIC = re.compile(r"[а-яё]+", re.IGNORECASE)
INSIDE = str.maketrans("-/._@+", "      ")  # as `knowledge.models.index.FOLD` parts words
CODE = re.compile(r"(?<![\w-])([A-ZА-ЯЁ]{2,5})-(\d{1,5})(?![\w])")
# How much a word tells that some document holds, and one that none does, by its part of speech.
KNOWN = {"VERB": 0.7, "INFN": 0.7, "GRND": 0.5, "ADVB": 0.6, "PRED": 0.5, "COMP": 0.5, "PRTF": 0.8, "ADJF": 0.9}
UNKNOWN = {"NOUN": 1.0, "ADJF": 0.7, "ADJS": 0.3, "PRTF": 0.4, "PRTS": 0.3, "VERB": 0.3, "INFN": 0.3, "GRND": 0.2}
UNKNOWN_OTHER, UNKNOWN_NUMBER = 0.05, 0.4
LETTERS = {
    "а": "а", "бэ": "б", "вэ": "в", "гэ": "г", "дэ": "д", "жэ": "ж", "зэ": "з", "ка": "к", "эл": "л", "эм": "м",
    "эн": "н", "пэ": "п", "эр": "р", "эс": "с", "тэ": "т", "эф": "ф", "ха": "х", "цэ": "ц", "ша": "ш", "и": "и",
    "о": "о", "у": "у",
}  # fmt: skip
SPELLED = re.compile(f"(?:{'|'.join(sorted(LETTERS, key=len, reverse=True))}){{3,5}}")

# Words that carry a question and say nothing of what it is about: beginnings, or with a full stop whole words.
FILLERS = """
назовите назови продиктуйте дайте. здравств здраств добрый. доброе. добрая. привет алло. скажи подскаж расскаж
рассказ. объясн пожалу. пожалуй пожалуста. пажалуйста. будьте. хоте хочу. хотим. хочется. интересует интересу можно.
можете. могу. можешь. нужно. надо. нужен. нужна. узнать. понять. слушай девушк. девушка. женщина. мужчина. сынок.
дочка. милая. дорогая. дорогой. внук. внука. внучка. вообще. просто. значит. короче. кстати. спасибо. ага. угу.
вопрос. вопросик. такой. такая. такое. такие. этот. эта. это. эти. там. тут. здесь. вас. вам. вами. ваш. ваша. ваше.
ваши. вашей. вашу. ваших. вашем. вы. мы. нам. нас. наш. наша. наше. наши. нашем. нашей. меня. мне. мной. моя. мой.
мое. мои. моей. моего. себя. себе. сам. сама. самой. самому. какой. какого. какому. каком. какими. какая. какое.
какие. каких. какую. каким. какой-то. который. которая. которые. кто. что. чего. чем. как. где. когда. почему.
зачем. сколько. сколька. есть. бывает. бывают. имеется. является. делать. сделать. делаете. посоветуете. говорили.
сказали. правда. мама. папа. муж. жена. человек. лет. года. ли. же. бы. вот. ну. а. и. или. но. да. в. во. на. по.
с. со. к. ко. у. о. об. от. до. из. за. для. при. тире. ноль. девочк бабушк дедушк про. под. над. без. не. ни. то.
тот. та. те. так. еще. уже. только. лишь. хоть. очень. тоже. если. прямо. кого. кому.
"""
WHOLE_FILLERS = frozenset(word[:-1] for word in FILLERS.split() if word.endswith("."))
FILLER_STEMS = tuple(word for word in FILLERS.split() if not word.endswith("."))


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a question.

    Attributes:
        forms: what it is looked up as: itself, its dictionary form, or what its family is written as.
        known, unknown: how much it tells when some document holds it, and when none does; 0…1.
        is_family: it has a family, whose words need not be guessed at.
        is_thing: not a price, a weight, how often, which are asked of anything.
    """

    text: str
    forms: tuple[str, ...]
    known: float = 1.0
    unknown: float = 1.0
    is_family: bool = False
    is_thing: bool = True


def words_of(question: str) -> list[Word]:
    """The words that tell something; all of them where nothing else is left."""
    return [word_of(text) for text in essence(question).translate(INSIDE).split()][:MOST_WORDS]


def essence(question: str) -> str:
    """The question without the words that every question has, and without how its answer is wanted."""
    question = wishes.read(question.replace("\x00", " ")[:LONGEST_QUESTION]).question
    words = WORD.findall(question)
    telling = [word for word in words if not is_filler(folded(word))]
    return " ".join(telling or words)


def is_filler(word: str) -> bool:
    return word in WHOLE_FILLERS or word.startswith(FILLER_STEMS)


def codes_of(question: str) -> list[tuple[str, str]]:
    """«РЭМ-300» → («рэм», «300»): names of equipment, whose number is no number of its own."""
    return list(dict.fromkeys((match[1].lower(), match[2]) for match in CODE.finditer(question)))


@lru_cache(maxsize=4096)
def word_of(text: str) -> Word:
    plain = folded(text)
    if family := family_of(plain):
        return Word(text, family.written, is_family=True, is_thing=family.name not in NO_THING)
    if text.isdecimal():
        return Word(text, (text,), 1.0, UNKNOWN_NUMBER)
    if not CYRILLIC.fullmatch(plain):
        return Word(text, (text,))
    parsed = analyzer().parse(plain)[0]
    part = str(parsed.tag.POS or "")
    known, unknown = KNOWN.get(part, 1.0), UNKNOWN.get(part, UNKNOWN_OTHER)
    if text.isupper():
        return Word(text, (text,))
    forms = dict.fromkeys((text, *_spelled(plain), parsed.normal_form if parsed.is_known else text))
    return Word(text, tuple(forms), known, unknown)


@lru_cache(maxsize=4096)
def part_of_speech(text: str) -> str:
    """«NOUN», «ADJF», «VERB»… as the dictionary has it; «CODE» for «Т2» and «РЭМ-50», «LATN», «» for a number."""
    plain = folded(text)
    if any(letter.isdecimal() for letter in plain):
        return "" if plain.isdecimal() else "CODE"
    if not CYRILLIC.fullmatch(plain.replace("-", "")):
        return "LATN"
    return "CODE" if text.isupper() and len(text) > 1 else str(analyzer().parse(plain)[0].tag.POS or "")


def _spelled(word: str) -> tuple[str, ...]:
    """«каэстэ» → «кст»."""
    if not SPELLED.fullmatch(word):
        return ()
    names = re.findall("|".join(sorted(LETTERS, key=len, reverse=True)), word)
    return ("".join(LETTERS[name] for name in names),)
