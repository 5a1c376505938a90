"""What single words do to a conversation: those that ask for nothing, those that stop us, those that leave a gap."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


BACKCHANNELS = _set(
    """угу ага да да-да да-да-да так так-так ясно понятно понял поняла хорошо ладно ок окей ну мгм м мм эм э а-а о ого
    угу-угу ага-ага конечно точно верно хм кхм эээ ммм у-гу м-м мм-м хм-м добро ясненько понятненько"""
)
"""A listener's words: said into a reply, they ask us to go on."""
STOPS = _set("стоп стой стойте подожди подождите погоди погодите хватит тише оператор оператора нет помолчи достаточно")
"""These stop a reply at once."""
SHORT_ANSWERS = _set(
    """да нет ага угу конечно верно правильно неверно неправильно хорошо ладно спасибо алло ало давайте не-а
    первый второй оператор оператора менеджера человека точно понятно нету здравствуйте до-свидания пожалуйста"""
)
"""A turn that is nothing but these is complete."""
HANGING = _set(
    """и а но или что чтобы как когда где куда откуда если то на в во с со по к ко у от до для из за о об про при без
    под над между через это этот эта мой моя мне меня нам нас наш наша хочу хотел хотела хотелось хотели нужно надо бы
    можно скажите подскажите пожалуйста значит короче потому который которая которые такой такая какой какая какие
    сколько почему зачем улица улице улицы дом доме дома номер номера номеру проспект проспекте квартира квартире
    подъезд подъезде вот ну эээ эм мм э ещё еще не моего моей нашего нашем нашей там сейчас меня-зовут"""
)
"""A turn does not end on these."""
ASKS_ALONE = _set("что как где когда куда почему зачем сколько какой какая какие можно")
"""Hanging words that are a whole question when nothing stands before them."""

NUMBER_WORDS = re.compile(
    r"^(?:ноль|нол\w+|один|одна|одно|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|\w+надцать|двадцать|"
    r"тридцать|сорок|\w+десят|девяносто|сто|двести|триста|четыреста|\w+сот|тысяч\w*|плюс)$"
)
STREET_SIGNS = _set(
    "улица улице улицы улицу проспект проспекте переулок переулке бульвар бульваре шоссе площадь площади"
)
STREET_ENDINGS = re.compile(r"(?:ова|ева|ина|ына|ича|ого|его|ской|цкой|ской|ная|ной|ская|цкая|ский)$")
SAYS_PLACE = _set("на по улица улице улицы улицу проспект проспекте")


def words(text: str) -> list[str]:
    """Lower-case words, «ё» as «е»."""
    return _WORD.findall(text.lower().replace("ё", "е"))


def is_backchannel(text: str) -> bool:
    found = words(text)
    return bool(found) and all(word in BACKCHANNELS for word in found)


def stops(text: str) -> bool:
    return any(word in STOPS for word in words(text))


def is_short_answer(text: str) -> bool:
    found = words(text)
    return 0 < len(found) <= 3 and all(word in SHORT_ANSWERS or word in BACKCHANNELS for word in found)


def is_number(word: str) -> bool:
    return word.isdecimal() or NUMBER_WORDS.match(word) is not None


def same(one: str, other: str) -> bool:
    """The same words, whatever the marks and the capitals."""
    return words(one) == words(other)
