"""What a question is about: its words without endings, and the kind of answer it waits for."""

from __future__ import annotations

import re
from functools import lru_cache

from providers.extractive.families import family_of

# Words that say nothing about what a question is about.
EMPTY_WORDS = """
    назовите назови продиктуйте дайте а алло без бы был была были было быть в вам вас ваш ваша ваши во вот вы где да
    для до добрый день его ее если есть еще же за здравствуйте и из или им их к как какая какие какой какого куда
    когда кто ли меня мне можно мой мы на над нам нас наш не нет ни но ну нужно о об он она они оно от по под
    подскажите пожалуйста почему при про расскажите с свой себя скажите сколько со спасибо так такая такие такое
    такой такую там то тут ты у уже часто чего чем что чтобы эта эти это этот я вами вашей вашем нами мной тебя
    делать делаете делают делает значит вообще просто хочу надо можете могу хотел хотела какими каком какую каких
    который которая которые кому кем ним ней них ими
"""
STOP_WORDS = frozenset(EMPTY_WORDS.split())
WORD = re.compile(r"[а-яa-z]+\d*|\d+")
ENDING = re.compile(
    r"(?:иями|ием|иям|иях|ия|ию|ии|ями|ами|ого|его|ому|ему|ыми|ими|ешь|ишь|ете|ите|уют|ают|яют|ует|ает|яет|ать|ять|еть|ить|ыть|ться|тся|ов|ев"
    r"|ей|ой|ий|ый|ая|яя|ое|ее|ые|ие|ую|юю|ым|им|ом|ем|ам|ям|ах|ях|ых|их|ют|ут|ат|ят|ет|ит|ла|ло|ли|ть"
    r"|[аяоеыиуюьй])$"
)
FLEETING_VOWEL = re.compile(r"[ое](?=[бвгджзклмнпрстфхцчшщ]$)")  # окон, окна
FIGURE = re.compile(
    r"\d|\b(?:оди?н|дв|тр[её]|четыр|пят|шест|сем|восем|девят|десят|раз\b|кажд|бесплатн|завис|нет\b|не )"
)
SHORTEST_SOUND = 4
MOST_ADDED = 3
ALIKE = str.maketrans("оеёэиыйяюбвгджзщ", "аииииииаупфктшсш", "ъь")
HUSHED, DOUBLED = re.compile(r"([шчц])[аи]"), re.compile(r"(.)\1+")
# What asks for a figure of a kind, and what a sentence with such a figure looks like.
KINDS = (
    (
        re.compile(r"сколько (?:\w+ )?сто[ия]|цен[аыу]|стоимост|расцен|по ?чем\b|сколько заплат|дорого"),
        re.compile(r"руб|₽|бесплатн|цен\w+ .*(?:завис|не назыв)|\d ?%"),
    ),
    (re.compile(r"скидк|процент|надбавк"), re.compile(r"\d ?(?:%|процент)")),
    (
        re.compile(r"\bчем\b(?! отлич| могу| помоч| зан)|как\w+ средств"),
        re.compile(r"средств|салфетк|раствор|скребк|склиз|микрофибр|щетк|кислот|щелоч|мопом"),
    ),
    (
        re.compile(r"\bкто\b"),
        re.compile(
            r"старш|представител|управляющ|менеджер|мастер|диспетчер|бригад|жил(?:ец|ьц)|инженер|сотрудник|бухгалтер"
        ),
    ),
    (re.compile(r"что (?:такое|значит|это)|кто так|это что"), re.compile(r"\w — \w")),
    (re.compile(r"\bвес(?:ит|ят|\b)|масс"), re.compile(r"\d ?(?:кг|т|г)\b")),
    (
        re.compile(r"когда|как часто|во сколько|график|распис"),
        re.compile(
            r"раза? в |ежедн|еженед|кажд\w+ недел|при каждой|по \w+ам|\d+ ?час|с \d|"
            r"\d (?:янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек)"
        ),
    ),
    (
        re.compile(r"\bкуда\b|\bкому\b|как (?:мне |нам )?(?:по)?жал|как подать|как оформить"),
        re.compile(r"позвоните|напишите|назовите|обратитесь|обращайтесь|сообщите|заявк"),
    ),
    (re.compile(r"телефон|позвон|звонить|номер"), re.compile(r"\d[\d ()-]{5,}\d")),
    (re.compile(r"\bгде\b|адрес|находит"), re.compile(r"\bул\.|\bд\. ?\d|адрес")),
)


def stems(text: str) -> frozenset[str]:
    """The words that mean something, without endings, roughly."""
    words = WORD.findall(folded(text))
    return frozenset(_stem(word) for word in words if word not in STOP_WORDS)


def shared(wanted: frozenset[str], said: frozenset[str]) -> frozenset[str]:
    """The wanted words that are said; a long word also by its beginning: «хлорка» where «хлор» stands."""
    found = wanted & said
    longer = (word for word in wanted - found if len(word) >= SHORTEST_SOUND)
    return found | {word for word in longer if any(_begins(word, other) for other in said)}


def _begins(word: str, other: str) -> bool:
    short, long = sorted((word, other), key=len)
    return len(short) >= SHORTEST_SOUND and long.startswith(short) and len(long) - len(short) <= MOST_ADDED


def folded(text: str) -> str:
    return text.lower().replace("ё", "е")


def is_kind_asked_for(question: str, sentence: str) -> bool:
    """The question asks for a price, a time, a telephone or an address, and the sentence has one."""
    question, sentence = folded(question), folded(sentence)
    return any(asks.search(question) and has.search(sentence) for asks, has in KINDS)


def lacks_figure(question: str, sentence: str) -> bool:
    """«Сколько» is answered by a figure, and the sentence has none."""
    return "сколько" in folded(question) and FIGURE.search(folded(sentence)) is None


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    if family := family_of(word):
        return family.name
    stem = ENDING.sub("", word) if len(word) > 3 else word
    stem = FLEETING_VOWEL.sub("", stem if len(stem) > 2 else word)
    return sound(stem) if len(stem) >= SHORTEST_SOUND else stem


def sound(word: str) -> str:
    """How a word is heard, roughly: «падписывает» is «подписывает». As `knowledge.models.index.SOUND` has it."""
    heard = HUSHED.sub(r"\1и", word.translate(ALIKE))
    return DOUBLED.sub(r"\1", heard)
