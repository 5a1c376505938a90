"""What a caller leaves for people to do: a complaint, a request, a call back. Each becomes a task."""

from __future__ import annotations

from houses.models import House
from providers.extractive.words import stems
from tasks.actions import change_task, create_task
from tasks.models import Task
from vasdom.errors import InvalidInput
from voice.events import Outcome
from voice.tools.places import find_place, is_it_home, which_house
from voice.tools.spec import Asked, Context, Pending, Result, Slots

Kind = Task.Kind
LABELS = {Kind.COMPLAINT: "Жалоба", Kind.REQUEST: "Заявка"}
LONGEST_WORDS = 1_200
NO_ADDRESS = "none"
"""`Slots.detail` of a caller who has been asked for the address and does not say it."""
NOT_HOME = "not_home"
"""`Slots.detail` of a caller whose number has a house, and who means another one."""
TOLD = "told"
"""`Slots.detail` of a caller who has been asked what happened."""
SAYS_NOTHING = stems(
    "жалоба пожаловаться хочу хотел хотела заявка заявку обращение оставить подать записать запишите принять примите "
    "сделать оформить оформите нужна плохо претензия жалуюсь можете просьба хорошо давайте ладно тогда"
)


def register_complaint(ctx: Context, slots: Slots) -> Result:
    return _register(ctx, slots, Kind.COMPLAINT)


def register_request(ctx: Context, slots: Slots) -> Result:
    return _register(ctx, slots, Kind.REQUEST)


def _register(ctx: Context, slots: Slots, kind: Task.Kind) -> Result:
    """Put the task as soon as it is known what and where, or the caller does not say where."""
    tool = "register_complaint" if kind == Kind.COMPLAINT else "register_request"
    house = House.objects.filter(pk=slots.house).select_related("brigade").first() if slots.house else None
    unknown = ""
    if house is None:
        place = find_place(slots.address, ctx.caller) if slots.address else None
        if place and place.candidates:
            return which_house(place.candidates, Asked(tool, slots))
        house = place.house if place else None
        unknown = place.unknown if place else ""
    if slots.detail not in {TOLD, NO_ADDRESS, NOT_HOME} and not stems(slots.words) - SAYS_NOTHING - stems(
        slots.address and str(house or "")
    ):
        return Result(
            "Расскажите, пожалуйста, что случилось и по какому адресу.",
            Outcome.CLARIFY,
            pending=Pending(Asked(tool, slots), "words"),
            house=house.pk if house else None,
        )
    if house is None and not unknown and slots.detail not in {NO_ADDRESS, NOT_HOME} and ctx.caller.homes:
        homes = ctx.caller.homes
        return is_it_home(homes[0], Asked(tool, slots)) if len(homes) == 1 else which_house(homes, Asked(tool, slots))
    if house is None and not unknown and slots.detail != NO_ADDRESS:
        what = "Приму жалобу." if kind == Kind.COMPLAINT else "Запишу заявку."
        text = f"{what} По какому адресу? Назовите улицу, дом и, если можно, подъезд."
        return Result(text, Outcome.CLARIFY, pending=Pending(Asked(tool, slots), "house"))
    brigade = house.brigade if house and house.brigade and house.brigade.is_active else None
    phone = slots.phone or ctx.caller.phone
    text = _text(ctx, slots, kind, house, unknown, phone)
    try:
        task = _put(ctx, text, kind, house, brigade, phone)
    except InvalidInput as exc:
        if exc.field != "contact_phone":
            raise
        task = _put(ctx, text, kind, house, brigade, "")
        phone = ""
    return _said(ctx, task, kind, house, unknown, phone)


def _put(ctx: Context, text: str, kind: str, house: House | None, brigade: object, phone: str) -> Task:
    ctx.gate.check()
    author = ctx.caller.user if ctx.caller.is_staff else None
    return create_task(
        text,
        kind=kind,
        house=house,
        brigade=brigade,  # type: ignore[arg-type]
        author=author,
        source=ctx.caller.channel,
        contact_phone=phone,
    )


def _text(ctx: Context, slots: Slots, kind: Task.Kind, house: House | None, unknown: str, phone: str) -> str:
    """Who, where and what."""
    lines = [f"{LABELS[kind]}: {slots.words[:LONGEST_WORDS]}"]
    where = str(house) if house else f"{unknown} (такого дома в списке нет)" if unknown else "адрес не назван"
    lines.append(f"Где: {where}")
    user = ctx.caller.user
    who = str(user) if ctx.caller.is_staff and user is not None else "" if phone else "не представился"
    if who:
        lines.append(f"Кто: {who}")
    return "\n".join(lines)


def _said(ctx: Context, task: Task, kind: Task.Kind, house: House | None, unknown: str, phone: str) -> Result:
    noted = ctx.said("Записала", "Записал")
    what = "жалобу" if kind == Kind.COMPLAINT else "заявку"
    where = f" по дому {house}" if house else f" по адресу «{unknown}», такого дома в списке нет" if unknown else ""
    to = f"офису и бригаде ({task.brigade})" if task.brigade else "офису"
    text = f"{noted} {what}{where}. Номер обращения — {task.pk}. {ctx.said('Передала', 'Передал')} {to}."
    if phone or ctx.caller.is_staff:
        return Result(text, task_id=task.pk, house=house.pk if house else None)
    text += " Если оставите телефон, вам сообщат, что сделано."
    pending = Pending(Asked("register_complaint"), "task_phone", task_id=task.pk)
    return Result(text, task_id=task.pk, house=house.pk if house else None, pending=pending)


def add_phone(ctx: Context, task_id: int, phone: str) -> Result:
    """The phone that is left after the task was put."""
    ctx.gate.check()
    try:
        change_task(task_id, user=None, values={"contact_phone": phone})
    except InvalidInput as exc:
        pending = Pending(Asked("register_complaint"), "task_phone", task_id=task_id)
        return Result(exc.message, Outcome.CLARIFY, pending=pending, task_id=task_id)
    return Result(f"{ctx.said('Записала', 'Записал')} телефон к обращению {task_id}.", task_id=task_id)


def call_back(ctx: Context, slots: Slots) -> Result:
    """A person calls the caller back."""
    phone = slots.phone or ctx.caller.phone
    asked = Asked("call_back", slots)
    if not phone and not ctx.caller.is_staff:
        return Result("По какому номеру вам перезвонить?", Outcome.CLARIFY, pending=Pending(asked, "phone"))
    ctx.gate.check()
    words = slots.words[:LONGEST_WORDS] or "причина не названа"
    try:
        task = create_task(
            f"Перезвонить. Повод: {words}",
            kind=Kind.REQUEST,
            due=ctx.today,
            author=ctx.caller.user if ctx.caller.is_staff else None,
            source=ctx.caller.channel,
            contact_phone=phone,
        )
    except InvalidInput as exc:
        if exc.field != "contact_phone":
            raise
        return Result(exc.message, Outcome.CLARIFY, pending=Pending(asked, "phone"))
    noted = ctx.said("Записала", "Записал")
    return Result(f"{noted}: вам перезвонит сотрудник. Номер обращения — {task.pk}.", task_id=task.pk)
