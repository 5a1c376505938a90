"""What needs no knowledge: greetings, thanks, goodbyes, who is speaking."""

from __future__ import annotations

import re
from dataclasses import dataclass

from voice.snapshot import CallSettings

_POLITE = (
    r"(?:пожалуйста|вам|вас|большое|огромное|очень|алиса|девушка|и|а|ну|все|ок|окей|хорошо|понятно|ясно|да|нет|"
    r"за (?:помощь|ответ|информацию)|еще раз|тогда|милая|дорогая|дорогой|родная|сынок|дочка|дочь|внучка|мальчик|"
    r"молодой человек|голубушка|мужчина|женщина)"
)


def _only(words: str) -> re.Pattern[str]:
    """These words, with politeness round them and nothing else."""
    return re.compile(rf"^(?:{_POLITE}\s+)*(?:{words})(?:\s+(?:{_POLITE}|{words}))*$")


HELLO = _only(r"здрав?ств?уй\w*|здрасьте|здрасте|привет\w*|добр\w+ (?:день|утро|вечер|ночи)|алло|ало|слушаю")
THANKS = _only(r"спасибо|благодар\w+|мерси|выручил\w*")
BYE = _only(r"(?:спасибо (?:\w+ ){0,2})?(?:до свидания|пока|всего (?:доброго|хорошего)|до встречи|прощайте)")
_LISTENS = r"(?:угу|ага|мгм|угу-угу|ага-ага|да-да|так|точно|конечно)"
NOTED = re.compile(rf"^(?:{_POLITE}|{_LISTENS})(?:\s+(?:{_POLITE}|{_LISTENS}))*$")
STOPS = _only(r"стоп|стой\w*|подожди\w*|погоди\w*|хватит|минут\w+|секунд\w+|одну минут\w+|не надо|тише|помолчи\w*")
WHO = re.compile(
    r"\b(?:кто (?:ты|вы|говорит)|как (?:тебя|вас) зовут|(?:ты|вы) (?:робот|человек|бот|живая|живой)|"
    r"с кем я (?:говорю|разговариваю)|что (?:ты|вы) умее\w+|чем (?:ты|вы) мож\w+ помочь)\b"
)
AGAIN = _only(
    r"повтори\w*|что|чего|как|не (?:расслышал\w*|поня(?:л|ла|тно)|слышно|слышу)|плохо слышно|что вы сказали|"
    r"еще раз(?: пожалуйста)?|можете повторить"
)
LOUDER = re.compile(r"\b(?:по)?громче\b|\b(?:по)?медленнее\b|плохо слышу")
LONGEST_REQUEST = 9
INTRODUCTION = (
    "Меня зовут {name}, я автоматический помощник компании. Подскажу, когда уборка в вашем доме, отвечу на вопросы об "
    "услугах, запишу жалобу или заявку. Если нужно, {ready} соединить с сотрудником."
)


@dataclass(frozen=True, slots=True)
class Talk:
    text: str
    ends: bool = False


def asks_again(folded: str) -> bool:
    """«Повторите», «не расслышал», «что?», «говорите громче»."""
    plain = bare(folded)
    return AGAIN.match(plain) is not None or bool(LOUDER.search(plain) and len(plain.split()) <= LONGEST_REQUEST)


def bare(folded: str) -> str:
    """Without marks."""
    return " ".join(re.sub(r"[^\w\s-]", " ", folded).split())


def small_talk(folded: str, call: CallSettings) -> Talk | None:
    """The reply to a message that asks nothing; None for one that does."""
    plain = bare(folded)
    if BYE.match(plain):
        return Talk(call.phrase_goodbye, ends=True)
    if THANKS.match(plain):
        return Talk("Пожалуйста! Если будут ещё вопросы, спрашивайте.")
    if HELLO.match(plain):
        return Talk("Здравствуйте! Слушаю вас.")
    if WHO.search(plain) and len(plain.split()) <= 8:
        return Talk(INTRODUCTION.format(name=call.name, ready=call.said("готова", "готов")))
    if STOPS.match(plain):
        return Talk("Хорошо, слушаю вас.")
    if NOTED.match(plain):
        return Talk("Хорошо. Что ещё подсказать?")
    return None
