"""Words in capitals: «ТСЖ» by its letters, «ГОСТ» as a word, «ВНИМАНИЕ» as what it is."""

from __future__ import annotations

import re
from functools import lru_cache

from voice.spoken.grammar import PREPOSITIONS, is_known
from voice.spoken.tables import pairs, words

_LETTERS = pairs(
    "а=а б=бэ в=вэ г=гэ д=дэ е=е ё=ё ж=жэ з=зэ и=и й=и_краткое к=ка л=эль м=эм н=эн о=о п=пэ р=эр с=эс т=тэ у=у "
    "ф=эф х=ха ц=цэ ч=че ш=ша щ=ща ъ=твёрдый_знак ы=ы ь=мягкий_знак э=э ю=ю я=я"
)
_WORDS = {
    "ГОСТ": "гост", "ОСТ": "ост", "МИ": "ми", "КИМ": "ким", "МКАД": "мкад", "СНИЛС": "снилс", "СНИП": "снип",
    "САНПИН": "санпин", "МУП": "муп", "ЗАГС": "загс", "МРОТ": "мрот", "ФИО": "фио", "США": "сэ шэ а", "МЧС": "эм чэ эс",
    "МФЦ": "эм фэ цэ", "ФСБ": "фэ эс бэ", "ФНС": "фэ эн эс", "МЭК": "мэк", "ГИС": "гис", "ИНН": "и эн эн",
    "ЕРИЦ": "ериц",
    "ПВХ": "пэ вэ ха", "ЧПУ": "чэ пэ у", "ЧС": "чэ эс", "ЧП": "чэ пэ", "ИИ": "и и", "РФ": "эр эф", "АИ": "а и",
}  # fmt: skip
_VOWELS = frozenset("АЕЁИОУЫЭЮЯ")
_READABLE = re.compile(r"(?:[БВГДЖЗЙКЛМНПРСТФХЦЧШЩ]?[АЕЁИОУЫЭЮЯ])+[БВГДЖЗЙКЛМНПРСТФХЦЧШЩ]?")
_SMALL = words("И НЕ НА ПО ИЗ ОТ ДО ЗА ИЛИ ДА НЕТ МЫ ВЫ ОН ОНА ОНИ ОНО НО КАК ЧТО ЭТО ДЛЯ ПРИ ЖЕ ЛИ БЫ ОБ СО ВО КО")
_CAPITALS = re.compile(r"(?<![\w-])([А-ЯЁ]{2,})(?:(?=[^\w])|(?=$)|(?=-))|(?<=-)([А-ЯЁ]{2,})(?![\w])")
_MIXED = re.compile(r"(?<![\w-])(СНиП|СанПиН)(?![\w])")
_DECLINED = re.compile(r"(?<![\w-])(?:ГОСТ|РЭМ|ЗАГС|ОСТ|ВУЗ|ЖЭК)(?:а|у|ом|е|ы|ов|ам|ами|ах)(?!\w)")
_INITIAL = re.compile(r"(?<![\w.-])([А-ЯЁ])\.(?=\s?[А-ЯЁ]|[,;])\s?")
_LONE = re.compile(r"(?<![\w-])([БГДЖЗЛМНПРТФХЦЧШЩЭ])(?![\w-])")


def say_acronyms(text: str) -> str:
    text = _MIXED.sub(lambda found: found[1].lower(), text)
    text = _DECLINED.sub(lambda found: found[0].lower(), text)
    text = _CAPITALS.sub(lambda found: read_capitals(found[1] or found[2]), text)
    text = _INITIAL.sub(
        lambda found: spell_cyrillic(found[1]) + ("" if found.string[found.end() :][:1] in ",;" else " "), text
    )
    return _LONE.sub(lambda found: spell_cyrillic(found[1]), text)


@lru_cache(maxsize=2048)
def read_capitals(word: str) -> str:
    """A word in capitals, as it is said."""
    capitals = word.upper()
    if capitals in _WORDS:
        return _WORDS[capitals]
    if capitals in _SMALL or (word.lower() in PREPOSITIONS and len(word) > 1):
        return word.lower()
    if len(word) > 5 or (len(word) > 2 and is_known(word)):
        return word.lower()
    if len(word) > 2 and _READABLE.fullmatch(capitals) and not set(capitals) <= _VOWELS:
        return word.lower()
    return spell_cyrillic(word)


def spell_cyrillic(word: str) -> str:
    """«ТСЖ» → «тэ эс жэ»."""
    return " ".join(_LETTERS[letter] for letter in word.lower() if letter in _LETTERS)
