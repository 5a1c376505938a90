"""The tools by name: who may have them, what a model is told of them, and how one is run."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, transaction

from providers.llm import ToolSpec
from vasdom.errors import VasdomError
from voice.access import Caller
from voice.dates import find_dates
from voice.events import Outcome
from voice.tools import figures, houses, visits, work
from voice.tools.places import is_street
from voice.tools.spec import Context, Result, Slots, Tool
from voice.tools.vocabulary import CALL_BACK, COMPLAINT, NOT_DONE, REQUEST

logger = logging.getLogger(__name__)
ADDRESS = {"address": {"type": "string", "description": "Улица и номер дома, как их назвали: «Кибальчича 3»"}}
DAY = {"date": {"type": "string", "description": "День или период словами или числами: «завтра», «15.10», «в октябре»"}}
BRIGADE = {"brigade": {"type": "string", "description": "Номер бригады"}}
COMPANY = {"company": {"type": "string", "description": "Часть названия управляющей компании"}}
WORDS = {"what": {"type": "string", "description": "Что случилось или что нужно, словами собеседника"}}
LONGEST_ARGUMENT = 500
OFFICE_ONLY = "Это я сообщаю только сотрудникам офиса. Могу соединить с сотрудником."


def anyone(caller: Caller) -> bool:
    return True


TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "next_visits",
            "Когда уборка дома: ближайшие даты или уборки в названный день",
            visits.next_visits,
            anyone,
            ADDRESS | DAY,
            ("address",),
        ),
        Tool(
            "past_visits",
            "Была ли уборка дома в названный день, когда была последняя",
            visits.past_visits,
            anyone,
            ADDRESS | DAY,
            ("address",),
        ),
        Tool(
            "house_by_address",
            "Убираем ли мы этот дом, как часто; сотруднику также бригада, УК и размеры дома",
            houses.house_by_address,
            anyone,
            ADDRESS,
            ("address",),
        ),
        Tool(
            "elder_contact",
            "Имя и телефон старшего дома",
            houses.elder_contact,
            lambda caller: caller.sees_phones,
            ADDRESS,
            ("address",),
            refusal=OFFICE_ONLY,
        ),
        Tool(
            "company_contact",
            "Телефон, почта и адрес управляющей компании, по её названию или по дому",
            houses.company_contact,
            lambda caller: caller.is_office,
            COMPANY | ADDRESS,
        ),
        Tool(
            "brigade_plan",
            "Какие дома бригада убирает в названный день; без номера — сколько уборок у каждой бригады",
            figures.brigade_plan,
            lambda caller: caller.is_staff,
            BRIGADE | DAY,
        ),
        Tool(
            "totals",
            "Сколько домов, квартир, подъездов, этажей, уборок, задач; по бригаде, УК, дню и состоянию; или их список",
            figures.totals,
            lambda caller: caller.is_staff,
            BRIGADE
            | COMPANY
            | DAY
            | {
                "measure": {
                    "type": "string",
                    "enum": ["houses", "apartments", "entrances", "floors", "visits", "brigades", "tasks"],
                },
                "state": {
                    "type": "string",
                    "enum": ["planned", "in_progress", "done", "not_possible", figures.MISSED],
                    "description": "Состояние уборок; missed — день прошёл, а отчёта нет",
                },
                "list": {"type": "boolean", "description": "Нужен список, а не число"},
            },
            ("measure",),
        ),
        Tool(
            "register_complaint",
            "Записать жалобу, если собеседник сам жалуется",
            work.register_complaint,
            anyone,
            ADDRESS | WORDS,
            ("what",),
            effect=True,
        ),
        Tool(
            "register_request",
            "Записать заявку, если собеседник сам просит что-то сделать",
            work.register_request,
            anyone,
            ADDRESS | WORDS,
            ("what",),
            effect=True,
        ),
        Tool(
            "call_back",
            "Записать, что собеседник просит перезвонить",
            work.call_back,
            anyone,
            {"phone": {"type": "string"}} | WORDS,
            effect=True,
        ),
    )
}
ASKED_FOR = {
    "register_complaint": (COMPLAINT, NOT_DONE),
    "register_request": (REQUEST, COMPLAINT, NOT_DONE),
    "call_back": (CALL_BACK,),
}
"""Words of the caller without which a model may not use a tool that changes something."""


def specs_for(caller: Caller) -> tuple[ToolSpec, ...]:
    """The tools a model may use for this caller."""
    return tuple(
        ToolSpec(
            tool.name,
            tool.description,
            {"type": "object", "properties": dict(tool.parameters), "required": list(tool.required)},
        )
        for tool in TOOLS.values()
        if tool.allowed(caller)
    )


def run(name: str, ctx: Context, slots: Slots) -> Result:
    """Use a tool. What it refuses is said; a defect is logged and answered with an apology by the conversation."""
    tool = TOOLS.get(name)
    if tool is None:
        return Result("Такого инструмента нет.", Outcome.FAILED)
    if not tool.allowed(ctx.caller):
        text = tool.refusal or OFFICE_ONLY
        return Result(text, Outcome.REFUSED, offers_person=True)
    try:
        return rehearsed(tool, ctx, slots) if tool.effect and ctx.caller.rehearses else tool.run(ctx, slots)
    except DatabaseError:
        raise
    except VasdomError as exc:
        return Result(exc.message, Outcome.REFUSED)


def rehearsed(tool: Tool, ctx: Context, slots: Slots) -> Result:
    """What the tool would say; what it does is taken back before anybody sees it."""
    with transaction.atomic():
        result = tool.run(ctx, slots)
        transaction.set_rollback(True)
    waits = result.pending if result.task_id is None else None
    return replace(result, task_id=None, pending=waits)


def exists_for(name: str, caller: Caller) -> bool:
    """A tool that is not for this caller, and of which nothing is said, is as good as none."""
    tool = TOOLS[name]
    return tool.allowed(caller) or bool(tool.refusal)


def has_effect(name: str) -> bool:
    """Does it change something?"""
    tool = TOOLS.get(name)
    return tool is not None and tool.effect


def may_model_use(name: str, folded: str) -> bool:
    """Whether the caller's own words ask for what a tool changes: a document cannot."""
    tool = TOOLS.get(name)
    if tool is None or not tool.effect:
        return tool is not None
    return any(pattern.search(folded) for pattern in ASKED_FOR[name])


def slots_of(arguments: Mapping[str, Any], ctx: Context, heard: str) -> Slots:
    """A model's arguments. Everything is read again by our own rules; the words of a complaint are the caller's."""

    def text(name: str) -> str:
        value = arguments.get(name, "")
        return str(value)[:LONGEST_ARGUMENT].strip() if isinstance(value, str | int | float) else ""

    said = text("date")
    when = find_dates(said, ctx.today, is_street=is_street).when if said else None
    slots = Slots(
        address=text("address"),
        when=when,
        past=when is not None and when.end < ctx.today + timedelta(days=1),
        brigade=text("brigade"),
        company=text("company"),
        measure=text("measure"),
        state=text("state"),
        names=arguments.get("list") is True,
        words=heard,
        phone=text("phone"),
    )
    if slots.state and slots.state not in {*figures.STATES, figures.MISSED}:
        slots = replace(slots, state="")
    return slots
