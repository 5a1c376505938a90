"""When a house is cleaned, and whether it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils import timezone

from houses.cleaning import CleaningType
from houses.freshness import freshness
from houses.models import CleaningVisit, House
from voice import wording
from voice.events import Outcome
from voice.tools.places import with_house
from voice.tools.reading import fold
from voice.tools.spec import Asked, Context, Pending, Result, Slots, rows
from voice.tools.vocabulary import HOUR
from voice.wording import capital, listed, say_day, say_near, say_when

if TYPE_CHECKING:
    from houses.querysets import VisitQuerySet

SHOWN = 8
NO_HOUR = "Час в графике не указан, только день."
SCHEDULE = "График уборок"
Status = CleaningVisit.Status
COMING = (Status.PLANNED, Status.IN_PROGRESS)


def next_visits(ctx: Context, slots: Slots) -> Result:
    """The coming cleanings of a house, or those of the asked time."""
    return with_house("next_visits", ctx, slots, lambda house: _hourless(slots, _coming(ctx, slots, house)))


def past_visits(ctx: Context, slots: Slots) -> Result:
    """What was done at a house, on the asked day or lately."""
    return with_house("past_visits", ctx, slots, lambda house: _done(ctx, slots, house))


def _coming(ctx: Context, slots: Slots, house: House) -> Result:
    visits = _of(ctx, house)
    if slots.when is not None:
        shown = list(visits.filter(date__range=(slots.when.start, slots.when.end)))
        if slots.when.is_day and slots.when.start < ctx.today:
            return _done(ctx, slots, house)
        text = _on_day(ctx, house, shown, slots) if slots.when.is_day else _in_span(ctx, house, shown, slots)
        if not shown:
            shown = list(visits.filter(date__gte=ctx.today, status__in=COMING)[:1])
        return _result(ctx, house, text, shown)
    shown = list(visits.filter(date__gte=ctx.today, status__in=COMING)[:4])
    if not shown:
        return _nothing_ahead(ctx, house)
    today = [visit for visit in shown if visit.date == ctx.today and visit.status == Status.IN_PROGRESS]
    first = shown[0]
    begun = " Бригада уже работает." if today else ""
    text = f"Ближайшая уборка на {house} — {say_near(first.date, ctx.today)}{_kind(first)}.{begun}"
    later = [visit for visit in shown if visit.date > first.date]
    if later:
        text += f" Потом — {_dates([visit.date for visit in later], ctx)}."
    return _result(ctx, house, text, shown)


def _hourless(slots: Slots, result: Result) -> Result:
    """«Во сколько придут?»: the schedule knows days, and says so."""
    if HOUR.search(fold(slots.words)) is None:
        return result
    return replace(result, text=f"{NO_HOUR} {result.text}")


def _nothing_ahead(ctx: Context, house: House) -> Result:
    last = list(_of(ctx, house).filter(date__lt=ctx.today).order_by("-date")[:1])
    if last:
        text = f"Впереди уборок на {house} в графике пока нет. Последняя дата в графике — "
        text += f"{say_day(last[0].date, ctx.today)}."
    else:
        text = f"Для дома {house} график уборок не заполнен, поэтому дату назвать не могу."
    return _result(ctx, house, f"{text} Могу соединить с сотрудником.", last, person=True)


def _on_day(ctx: Context, house: House, shown: Sequence[CleaningVisit], slots: Slots) -> str:
    assert slots.when is not None
    day = say_near(slots.when.start, ctx.today)
    if not shown:
        near = _of(ctx, house).filter(date__gte=ctx.today, status__in=COMING).first()
        coming = f" Ближайшая — {say_near(near.date, ctx.today)}{_kind(near)}." if near else ""
        return f"{capital(day)}, уборки на {house} в графике нет.{coming}"
    visit = shown[0]
    if visit.status == Status.PLANNED:
        return f"Да, {day}, на {house} запланирована уборка{_kind(visit)}."
    return _fact(ctx, house, visit)


def _in_span(ctx: Context, house: House, shown: Sequence[CleaningVisit], slots: Slots) -> str:
    assert slots.when is not None
    span = say_when(slots.when, ctx.today)
    if not shown:
        near = _of(ctx, house).filter(date__gte=ctx.today, status__in=COMING).first()
        coming = f" Ближайшая — {say_near(near.date, ctx.today)}{_kind(near)}." if near else ""
        return f"{capital(span)} уборок на {house} в графике нет.{coming}"
    parts = [f"{say_day(visit.date, ctx.today)}{_kind(visit, ' — ')}{_state(visit, ctx)}" for visit in shown[:SHOWN]]
    more = f" И ещё {wording.visits(len(shown) - SHOWN)}." if len(shown) > SHOWN else ""
    return f"{capital(span)} на {house} — {wording.visits(len(shown))}: {'; '.join(parts)}.{more}"


def _done(ctx: Context, slots: Slots, house: House) -> Result:
    visits = _of(ctx, house).annotate(photo_count=Count("photos"))
    complain = Pending(Asked("register_complaint", Slots(house=house.pk, words=slots.words)), "confirm")
    if slots.when is None or not slots.when.is_day:
        span = visits.filter(date__lte=ctx.today)
        if slots.when is not None:
            span = span.filter(date__range=(slots.when.start, slots.when.end))
        shown = list(span.order_by("-date")[:4])
        text = _lately(ctx, house, shown, slots)
        doubtful = slots.doubt or any(visit.status == Status.NOT_POSSIBLE for visit in shown[:1])
    else:
        day = slots.when.start
        shown = list(visits.filter(date=day))
        doubtful = slots.doubt or any(visit.status in {Status.PLANNED, Status.NOT_POSSIBLE} for visit in shown)
        if shown:
            text = " ".join(_fact(ctx, house, visit) for visit in shown)
        else:
            shown = _around(ctx, house, slots)
            near = _dates([visit.date for visit in shown], ctx)
            text = f"{capital(say_day(day, ctx.today))} уборки на {house} в графике нет."
            text += f" Ближайшие к этому дню — {near}." if near else ""
    if doubtful and slots.words:
        text += " Если это не так или осталось грязно, скажите «записать жалобу», и я передам её."
        return _result(ctx, house, text, shown, pending=complain)
    return _result(ctx, house, text, shown)


def _around(ctx: Context, house: House, slots: Slots) -> list[CleaningVisit]:
    assert slots.when is not None
    before = _of(ctx, house).filter(date__lt=slots.when.start).order_by("-date")[:1]
    after = _of(ctx, house).filter(date__gt=slots.when.start)[:1]
    return [*before, *after]


def _lately(ctx: Context, house: House, shown: Sequence[CleaningVisit], slots: Slots) -> str:
    if not shown:
        span = f" {say_when(slots.when, ctx.today)}" if slots.when else ""
        return f"Прошедших уборок на {house}{span} в графике нет."
    done = next((visit for visit in shown if visit.status == Status.DONE), None)
    if done is None:
        first = f"Отчётов о выполненных уборках на {house} за последнее время нет."
    else:
        first = f"Последняя выполненная уборка на {house} — {say_near(done.date, ctx.today)}{_kind(done)}."
    others = [visit for visit in shown if visit is not done]
    if not others:
        return first
    parts = [f"{say_day(visit.date, ctx.today)}{_state(visit, ctx)}" for visit in others]
    return f"{first} Остальные даты: {'; '.join(parts)}."


def _fact(ctx: Context, house: House, visit: CleaningVisit) -> str:
    """One visit as what became of it."""
    day = say_near(visit.date, ctx.today)
    if visit.status == Status.DONE:
        at = f" Отметка бригады — в {timezone.localtime(visit.finished_at):%H:%M}." if visit.finished_at else ""
        photos = getattr(visit, "photo_count", 0)
        proof = f" Есть {wording.counted(photos, 'фотография', 'фотографии', 'фотографий')}." if photos else ""
        return f"Да, {day}, уборка на {house} выполнена{_kind(visit)}.{at}{proof}"
    if visit.status == Status.IN_PROGRESS:
        return f"Уборка на {house} ({day}) начата, отчёта о завершении ещё нет."
    if visit.status == Status.NOT_POSSIBLE:
        reason = f" Причина: {visit.get_reason_display().lower()}." if visit.reason else ""
        return f"Нет, {day}, уборку на {house} сделать не удалось.{reason}"
    if visit.date < ctx.today:
        return (
            f"По графику уборка на {house} стояла на {say_day(visit.date, ctx.today)}, но отчёта бригады о ней нет. "
            "Утверждать, что она была, не могу."
        )
    return f"{capital(day)}, на {house} запланирована уборка{_kind(visit)}."


def _state(visit: CleaningVisit, ctx: Context) -> str:
    if visit.status == Status.PLANNED:
        return " (отчёта нет)" if visit.date < ctx.today else ""
    if visit.status == Status.NOT_POSSIBLE and visit.reason:
        return f" (не выполнена: {visit.get_reason_display().lower()})"
    return {
        Status.DONE: " (выполнена)",
        Status.IN_PROGRESS: " (идёт)",
        Status.NOT_POSSIBLE: " (не выполнена)",
    }.get(Status(visit.status), "")


def _kind(visit: CleaningVisit, mark: str = ": ") -> str:
    """«: влажная уборка всех этажей»; nothing for a type that is none of the three."""
    if not visit.cleaning_type:
        return ""
    label = str(CleaningType(visit.cleaning_type).label)
    return f"{mark}{label[0].lower()}{label[1:]}"


def _dates(days: Sequence[object], ctx: Context) -> str:
    return listed(list(dict.fromkeys(say_day(day, ctx.today) for day in days)))  # type: ignore[arg-type]


def _of(ctx: Context, house: House) -> VisitQuerySet:
    return ctx.caller.visits().filter(house=house).order_by("date", "slot")


def _result(
    ctx: Context,
    house: House,
    text: str,
    shown: Sequence[CleaningVisit],
    *,
    pending: Pending | None = None,
    person: bool = False,
) -> Result:
    state = freshness()
    lines = [f"{visit.date:%d.%m.%Y}{_kind(visit, ' — ')} — {visit.get_status_display().lower()}" for visit in shown]
    told = "\n".join([text, *lines])
    said = f"{text} {wording.age(state)}".strip()
    return Result(
        said,
        Outcome.ANSWERED,
        (rows(SCHEDULE, str(house), told, state.sentence),),
        pending=pending,
        house=house.pk,
        offers_person=person,
    )
