"""Two calls of the demo in all detail: what was heard and cut, what happened, and a recording in which tones speak."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from calls import recordings
from calls.actions import (
    TurnRecord,
    attach_recording,
    close_call,
    identify_caller,
    note_event,
    note_greeting,
    open_call,
    record_turn,
)
from calls.models import Call, CallEvent
from houses.models import House

Kind, Ending = CallEvent.Kind, Call.Ending
CALLER, OURS = "caller", "assistant"
PITCH = {CALLER: 124.0, OURS: 208.0}
GREETING = "Здравствуйте! Компания «ВасДом», меня зовут Алиса. Разговор записывается. Чем могу помочь?"


@dataclass(frozen=True, slots=True)
class Line:
    """A turn: when it sounds, in seconds from the beginning, and what more is kept of it."""

    speaker: str
    begin: float
    end: float
    text: str
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    at: float
    kind: str
    text: str = ""
    milliseconds: float | None = None


def reply(step: int, *, with_model: bool = True, **more: Any) -> dict[str, Any]:
    spent = timings(step, with_model=with_model)
    known = {"timings": spent, "first_audio_ms": sum(spent.values()), "synthesizer": "espeak", "answered": True}
    return known | more


def timings(step: int, *, with_model: bool) -> dict[str, float]:
    """Made up like everything here, and steady."""
    wave = step * 37 % 11
    whole = {"endpoint": 310.0 + wave * 14, "recognition": 70.0 + wave * 5, "search": 18.0 + wave}
    if with_model:
        whole |= {"first_token": 190.0 + wave * 22, "clause": 45.0 + wave * 3}
    return whole | {"synthesis": 88.0 + wave * 6, "playout": 24.0}


HEARD = {"recognizer": "yandex"}
QUESTIONS = (
    Line(OURS, 0.2, 5.4, GREETING, {"synthesizer": "espeak"}),
    Line(CALLER, 5.9, 8.8, "Здравствуйте, когда у нас уборка, {house}?", HEARD),
    Line(OURS, 9.3, 13.6, "{visit} Бригада моет все этажи,", reply(
        1, with_model=False, interrupted=True, cut_ms=84, cut="протирает перила и подоконники.",
        tool_calls=[{"name": "next_visit", "arguments": {"house": "{house}"}}],
    )),
    Line(CALLER, 11.2, 11.6, "угу", HEARD | {"spoken_to": False}),
    Line(CALLER, 13.5, 16.1, "Подождите, а сколько это стоит?", HEARD),
    Line(OURS, 16.8, 22.3, "Стоимость зависит от числа этажей и от графика. Сумму называет менеджер.", reply(
        4, base="general", citations=[{
            "document": "Общие сведения", "heading": "Услуги и цены", "base": "general", "version": 1,
            "text": "Стоимость уборки подъезда зависит от числа этажей и от графика.",
        }],
    )),
    Line(CALLER, 23.0, 24.6, "Понятно, спасибо, до свидания.", HEARD),
    Line(OURS, 25.1, 26.9, "Пожалуйста. Хорошего дня!", reply(2, with_model=False, answered=None)),
)  # fmt: skip
WHAT_HAPPENED = (
    Event(0.2, Kind.CONSENT),
    Event(11.9, Kind.RESUMED, "угу", 430),
)
COMPLAINT = (
    Line(OURS, 0.2, 5.4, GREETING, {"synthesizer": "espeak"}),
    Line(CALLER, 6.0, 9.9, "Третий раз не вымыли первый этаж, позовите человека!", HEARD),
    Line(OURS, 10.6, 13.9, "Понимаю вас. Записала жалобу и соединяю с сотрудником.", reply(
        6, handed_over=True, tool_calls=[{"name": "register_complaint", "arguments": {"house": "{house}"}}],
    )),
    Line(CALLER, 22.4, 23.0, "1", {"digits": True, "spoken_to": False}),
    Line("operator", 23.6, 27.2, "Добрый день, слушаю вас."),
)  # fmt: skip
HANDED_OVER = (
    Event(0.2, Kind.CONSENT),
    Event(10.1, Kind.SWITCHED, "распознавание: yandex → openai"),
    Event(13.9, Kind.HANDOVER_WANTED, "жалоба, просит человека"),
    Event(14.2, Kind.TRANSFER_TRIED, "Дежурный"),
    Event(18.2, Kind.TRANSFER_BUSY, "Дежурный"),
    Event(18.6, Kind.TRANSFER_TRIED, "Менеджер"),
    Event(23.3, Kind.TRANSFER_ACCEPTED, "Менеджер"),
)
EXAMPLES = (
    (0, time(8, 50), "+70000000011", "Анна Петровна (демо)", QUESTIONS, WHAT_HAPPENED, Ending.SAID_GOODBYE),
    (1, time(16, 20), "+70000000012", "", COMPLAINT, HANDED_OVER, Ending.HANDED_OVER),
)


def seed(house: House, visit: str, today: date) -> None:
    """Both are about this house; `visit` says when it is cleaned next."""
    for age, at, caller, contact, lines, events, ending in EXAMPLES:
        begun = timezone.make_aware(datetime.combine(today - timedelta(days=age), at))
        begun = min(begun, timezone.now() - timedelta(minutes=40))
        call_id = uuid5(NAMESPACE_URL, f"demo-phone-{caller}-{begun.date()}")
        call = open_call(
            "phone", caller, 1, house=house, call_id=call_id, started_at=begun, arrived_at=begun, dialled="100",
        )  # fmt: skip
        identify_caller(call.pk, contact=contact)
        note_greeting(call.pk, 1000 * lines[0].begin)
        _keep(call, lines, {"{house}": house.title, "{visit}": visit})
        for number, event in enumerate(events):
            note_event(
                call.pk,
                key=str(number),
                at=begun + timedelta(seconds=event.at),
                kind=event.kind,
                text=event.text,
                milliseconds=event.milliseconds,
            )
        _record(call, lines)
        last = max(line.end for line in lines) + 0.6
        close_call(call.pk, Call.Status.COMPLETED, ended_at=begun + timedelta(seconds=last), ending=ending)


def _keep(call: Call, lines: tuple[Line, ...], words: dict[str, str]) -> None:
    for number, line in enumerate(sorted(lines, key=lambda line: line.end), start=1):
        record = TurnRecord(
            number=number,
            speaker=line.speaker,
            text=_filled(line.text, words),
            revision_number=1,
            started_at=call.started_at + timedelta(seconds=line.begin),
            ended_at=call.started_at + timedelta(seconds=line.end),
            from_ms=1000 * line.begin,
            to_ms=1000 * line.end,
            **_filled(line.more, words),
        )
        record_turn(call.pk, record)


def _filled(value: Any, words: dict[str, str]) -> Any:
    """The value with the words put in, however deep."""
    if isinstance(value, str):
        for mark, word in words.items():
            value = value.replace(mark, word)
        return value
    if isinstance(value, dict):
        return {key: _filled(inner, words) for key, inner in value.items()}
    return [_filled(inner, words) for inner in value] if isinstance(value, list) else value


# --- tones that speak


def _record(call: Call, lines: tuple[Line, ...]) -> None:
    length = max(line.end for line in lines) + 0.6
    sides = {CALLER: _silence(length), OURS: _silence(length)}
    for line in lines:
        side = CALLER if line.speaker == CALLER else OURS
        if not line.more.get("digits"):
            _speak(sides[side], line, PITCH[side] * (0.8 if line.speaker == "operator" else 1))
    caller, ours = recordings.write(call.pk, call.started_at, *(recordings.a_law(sides[one]) for one in (CALLER, OURS)))
    attach_recording(call.pk, consent=True, caller_file=caller, ours_file=ours)


def _silence(seconds: float) -> Any:
    import numpy

    return numpy.zeros(round(seconds * recordings.BYTES_PER_SECOND))


def _speak(audio: Any, line: Line, pitch: float) -> None:
    """Three harmonics that swell four times a second, as syllables do, and fall towards the end."""
    import numpy

    rate = recordings.BYTES_PER_SECOND
    clock = numpy.arange(round((line.end - line.begin) * rate)) / rate
    whole = line.end - line.begin
    tune = 2 * numpy.pi * pitch * (1.06 * clock - 0.05 * clock**2 / max(whole, 0.1))
    voice = sum(numpy.sin(tune * harmonic) / harmonic for harmonic in (1, 2, 3))
    syllables = numpy.abs(numpy.sin(2 * numpy.pi * 2.1 * clock)) ** 0.7 * (0.75 + 0.25 * numpy.sin(clock * 1.7))
    edges = numpy.clip(numpy.minimum(clock, whole - clock) / 0.04, 0, 1)
    begin = round(line.begin * rate)
    audio[begin : begin + len(clock)] += 5200 * voice * syllables * edges
