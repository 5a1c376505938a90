"""What a message means after what was said before: an answer to our question, or the last one of something else."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from houses.models import House
from houses.numerals import CARDINALS
from knowledge.wording import part_of_speech
from providers.extractive.families import family_of
from providers.extractive.parts import NO_THING, things_of
from providers.extractive.words import stems
from voice.events import Outcome
from voice.memory import Session
from voice.tools import registry, work
from voice.tools.places import Place, find_place
from voice.tools.reading import Read, fold
from voice.tools.spec import Asked, Context, Pending, Result, Slots
from voice.tools.vocabulary import CONTACT, MEASURES, OFTEN

YES = re.compile(
    r"^(?:да|ага|угу|конечно|давай\w*|хорошо|ладно|пожалуйста|запиш\w*|записыва\w*|запиши\w*|передай\w*|верно)\b"
)
NO = re.compile(r"^(?:нет|не надо|не нужно|не стоит|спасибо|отмена|отбой)\b")
WRONG = re.compile(r"^нет\b(?!.*спасибо)")
WHICH_THEN = "Тогда назовите, пожалуйста, улицу и номер дома."
CONFIRM = re.compile(r"запи(?:ши|са)\w*|остав\w* жалоб\w*|передай\w*")
DONT_KNOW = re.compile(r"не (?:знаю|помню|скажу|важно)|без адреса|любой|анонимно")
ORDER = {"перв": 0, "втор": 1, "трет": 2, "четверт": 3, "пят": 4, "последн": -1}
BEGINS = re.compile(r"^(?:а|и|ну|тогда|еще|а если|а вот|хорошо|так)\b")
PRONOUN = re.compile(
    r"\b(?:он|она|они|оно|его|ее|их|ему|ей|им|него|нее|них|нем|ней|ними|это|этого|этот|эта|эти|этой|этом|тот|такой|"
    r"такие|таких|там)\b"
)
NO_SUBJECT = re.compile(
    r"сто[ия]т|стоимость|цен[аыу]|дела(?:ют|ет|ете)|быва\w+|будет|входит|нужн\w+|можно|такое|работа(?:ет|ют|ете)|"
    r"происходит|включает|говор\w+|значит|вес\w*|держать|ждать|долго|котор\w+|год\w*|так"
)
FEW_WORDS = 6
PROPERTY = re.compile(
    r"нагрузк|усили|напряжени|питани|скорост|точност|класс(?!ич)|диаметр|размер|высот|ширин|частот|температур|срок|"
    r"гаранти|цвет|объем|процент|максимум|минимум|суббот|воскресен|понедельник|вторник|сред[ауые]\b|четверг|пятниц|выходн|"
    r"утр[оа]|вечер|час[ыа]?\b|часов|д(?:ень|ня|ни|ней|нем)\b|недел|месяц|дат[аыу]|памятк|документ|прайс|инструкц|"
    r"тысяч|миллион"
)
THINGS = frozenset({"NOUN", "LATN", "CODE"})
BEGINS_MORE = 2  # «а …» goes on, even when it is a little longer
DATED = frozenset({"next_visits", "past_visits", "brigade_plan", "totals"})  # what a day changes the answer of


def answered(session: Session, read: Read, ctx: Context) -> tuple[Asked, Result] | None:
    """The message as an answer to what we asked, with the tool that it completes; None when it is something else."""
    pending = session.pending
    if pending is None:
        return None
    tool, slots = pending.asked.tool, pending.asked.slots
    if pending.waits_for == "house":
        return _house(pending, read, ctx)
    if pending.waits_for == "words" and len(read.folded.split()) > 1:
        return _words(pending, read, ctx)
    if pending.waits_for == "task_phone" and read.phone and pending.task_id is not None:
        return pending.asked, work.add_phone(ctx, pending.task_id, read.phone)
    if pending.waits_for == "task_phone" and NO.search(read.folded) and len(read.folded.split()) <= FEW_WORDS:
        return pending.asked, Result("Хорошо. Что ещё подсказать?", Outcome.TALK)
    if pending.waits_for == "phone" and read.phone:
        return _run(tool, replace(slots, phone=read.phone), ctx)
    if pending.waits_for == "note" and len(read.folded.split()) <= FEW_WORDS:
        if CONFIRM.search(read.folded):
            return _run(tool, slots, ctx)
        if YES.search(read.folded):
            again = Result("Записать вопрос или соединить с сотрудником?", Outcome.CLARIFY, pending=pending)
            return pending.asked, again
    if pending.waits_for == "confirm" and len(read.folded.split()) <= FEW_WORDS:
        if YES.search(read.folded) or CONFIRM.search(read.folded):
            return _run(tool, slots, ctx)
        if NO.search(read.folded):
            return pending.asked, Result("Хорошо, не записываю.", Outcome.TALK)
    return None


def _run(tool: str, slots: Slots, ctx: Context) -> tuple[Asked, Result]:
    return Asked(tool, slots), registry.run(tool, ctx, slots)


def _words(pending: Pending, read: Read, ctx: Context) -> tuple[Asked, Result]:
    """What happened, told after we asked for it."""
    slots = replace(
        pending.asked.slots, words=read.text, detail=work.TOLD, phone=read.phone or pending.asked.slots.phone
    )
    if find_place(read.address, ctx.caller):
        slots = replace(slots, address=read.address, house=None)
    return _run(pending.asked.tool, slots, ctx)


def _house(pending: Pending, read: Read, ctx: Context) -> tuple[Asked, Result] | None:
    tool, slots = pending.asked.tool, pending.asked.slots
    registers = tool.startswith("register_")
    if len(pending.houses) == 1 and len(read.folded.split()) <= FEW_WORDS and not find_place(read.address, ctx.caller):
        if YES.search(read.folded):
            return _run(tool, replace(slots, house=pending.houses[0], address=""), ctx)
        if registers and NO.search(read.folded):
            return _run(tool, replace(slots, detail=work.NOT_HOME), ctx)
        if WRONG.search(read.folded):
            return pending.asked, Result(WHICH_THEN, Outcome.CLARIFY, pending=Pending(pending.asked, "house"))
    if read.when is not None and slots.when is None:
        slots = replace(slots, when=read.when)
    if registers and read.text != slots.words:
        slots = replace(slots, words=f"{slots.words} {read.text}".strip(), phone=read.phone or slots.phone)
    if pending.houses and (chosen := _chosen(pending.houses, read, ctx)):
        return _run(tool, replace(slots, house=chosen, address=""), ctx)
    place = find_place(read.address, ctx.caller)
    if place.house is not None:
        return _run(tool, replace(slots, house=place.house.pk, address=""), ctx)
    if place:
        return _run(tool, replace(slots, house=None, address=read.address), ctx)
    if registers and (read.phone or CONFIRM.search(read.folded)) and len(read.folded.split()) <= FEW_WORDS:
        return _run(tool, slots, ctx)  # a phone, or «запишите жалобу» again: the address is still asked for
    if registers and (DONT_KNOW.search(read.folded) or NO.search(read.folded)):
        return _run(tool, replace(slots, detail=work.NO_ADDRESS), ctx)
    return None


def _chosen(keys: tuple[int, ...], read: Read, ctx: Context) -> int | None:
    """«Дом 3», «3 к2», «второй»: one of the offered houses, by its number first, then by its place in our question."""
    among = find_place(read.address, ctx.caller)
    if among.house is not None and among.house.pk in keys:
        return among.house.pk
    offered = list(House.objects.filter(pk__in=keys))
    if len({house.street_key for house in offered}) == 1:
        place = find_place(f"{offered[0].street_key} {read.address}", ctx.caller)
        if place.house is not None and place.house.pk in keys:
            return place.house.pk
    words = read.folded.split()
    for word in words if len(words) <= 3 else ():
        number = next((place for start, place in ORDER.items() if word.startswith(start)), None)
        if number is not None and -1 <= number < len(keys):
            return keys[number]
    return None


def carried(session: Session, read: Read, ctx: Context) -> Asked | None:
    """«А на Ленина 5?», «а завтра?», «а вторая бригада?», «а как часто?»: the last tool, asked of something else."""
    last = session.request
    if last is None or last.tool.startswith(("register_", "call_")):
        return None
    words = read.folded.split()
    if CONTACT.search(read.folded) and last.tool not in {"elder_contact", "company_contact"}:
        return None
    if len(words) > FEW_WORDS + 2 or not (BEGINS.search(read.folded) or len(words) <= 4):
        return None
    slots = last.slots
    place = find_place(read.address, ctx.caller) if read.address else Place()
    if place:
        house = place.house.pk if place.house else None
        when = read.when or slots.when
        return Asked(last.tool, replace(slots, address=read.address, house=house, when=when, words=read.text))
    house = slots.house or session.house
    if house is not None and not session.topic and read.when is None and OFTEN.search(read.folded):
        return Asked("house_by_address", replace(slots, house=house, detail="periodicity"))
    if read.when is not None and last.tool in DATED:
        tool = last.tool
        if tool in {"next_visits", "past_visits"}:
            tool = "past_visits" if read.when.end < ctx.today or read.past else "next_visits"
        return Asked(tool, replace(slots, when=read.when, house=house, past=read.past, doubt=read.doubt))
    if read.brigade and last.tool in {"brigade_plan", "totals"}:
        return Asked(last.tool, replace(slots, brigade=read.brigade))
    counted = next((name for name, pattern in MEASURES if pattern.search(read.folded)), "")
    if last.tool == "totals" and counted and counted != slots.measure and len(words) <= 3:
        return Asked("totals", replace(slots, measure=counted))
    if read.company and last.tool in {"company_contact", "totals"}:
        return Asked(last.tool, replace(slots, company=read.company))
    return None


# --- questions to the knowledge bases


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question that is understood by itself. `unsure`: it leans on the conversation, and the rules found no subject
    to put in."""

    question: str
    unsure: bool = False


def resolve(text: str, folded: str, topic: tuple[str, ...]) -> Resolved:
    """Put the subject of the conversation into a question that lacks one: «а сколько они стоят?», «а переносной?»."""
    own = [word for word in subject(text) if is_thing(word)]
    leans = PRONOUN.search(folded) is not None
    short = len(folded.split()) <= FEW_WORDS + BEGINS_MORE * (BEGINS.search(folded) is not None)
    if not (leans and len(own) <= 3) and not (short and not own):
        return Resolved(text, unsure=leans)
    missing = [word for word in topic if not stems(word) & stems(text)]
    if not missing:
        return Resolved(text, unsure=leans and not topic)
    return Resolved(f"{text.rstrip(' ?.!')} ({' '.join(missing)})?")


def subject(text: str) -> tuple[str, ...]:
    """The nouns, names and adjectives of a question that say what it is about, at most six."""
    words = re.findall(r"[^\W_]+(?:-[^\W_]+)*", text)
    return tuple(word for word in words if len(word) > 1 and stems(word) and _names_something(word))[:6]


def is_thing(word: str) -> bool:
    """A noun, a name, or a word of the trade; an adjective says of which kind it is («а переносной?»)."""
    return part_of_speech(word) in THINGS or (family_of(fold(word)) is not None)


def has_no_subject(question: str) -> bool:
    """«А сколько они стоят?», «почём?» when nothing was spoken of before."""
    asked = fold(question)
    says_nothing = bool(stems(asked)) and not things_of(asked)
    return not subject(question) and (PRONOUN.search(asked) is not None or says_nothing)


def _names_something(word: str) -> bool:
    """Neither a pronoun nor a number, nor what is asked of a thing (its price, its weight, a day), nor a mere verb."""
    plain = fold(word)
    if plain.isdecimal() or plain in CARDINALS or PRONOUN.fullmatch(plain) or NO_SUBJECT.fullmatch(plain):
        return False
    if PROPERTY.match(plain):
        return False
    family = family_of(plain)
    return family.name not in NO_THING if family is not None else part_of_speech(word) in {*THINGS, "ADJF"}


def slots_after(result: Result, slots: Slots) -> Slots:
    """What is remembered of a tool's question: the house by its key."""
    return replace(slots, house=result.house, address="") if result.house is not None else slots
