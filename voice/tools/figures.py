"""Counts, lists and plans for the staff, out of the same queries as the pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from houses.freshness import freshness, nothing_read
from houses.models import Brigade, CleaningVisit, House, Stage
from tasks.models import Task
from voice import wording
from voice.dates import When
from voice.events import Outcome
from voice.tools.spec import Context, Result, Slots, rows
from voice.wording import capital, counted, say_near, say_when

if TYPE_CHECKING:
    from houses.querysets import HouseQuerySet, VisitQuerySet

NAMED = 12
MISSED = "missed"
Status = CleaningVisit.Status
STATES = {
    Status.DONE: "выполнено",
    Status.IN_PROGRESS: "в работе",
    Status.PLANNED: "запланировано",
    Status.NOT_POSSIBLE: "не выполнено",
}
SUMS = {
    "apartments": ("квартира", "квартиры", "квартир"),
    "entrances": ("подъезд", "подъезда", "подъездов"),
    "floors": ("этаж", "этажа", "этажей"),
}


def brigade_plan(ctx: Context, slots: Slots) -> Result:
    """What a brigade cleans on a day; without a brigade, how much each of them has."""
    own = ctx.caller.brigade
    if ctx.caller.is_brigade and slots.brigade and (own is None or str(own.number) != slots.brigade):
        return Result("Вижу план только вашей бригады.", Outcome.REFUSED)
    when = slots.when or When(ctx.today, ctx.today)
    visits = _visits(ctx, slots).filter(date__range=(when.start, when.end))
    shown = list(visits.select_related("house", "house__brigade").order_by("date", "house__street_key"))
    scope = [*_scope(ctx, slots), _span(when, ctx.today)]
    if not shown:
        return _told("План бригад", scope, "уборок в графике нет")
    count = wording.visits(len(shown))
    if not slots.brigade and not ctx.caller.is_brigade:
        by_brigade = Counter(str(visit.house.brigade or "бригада не назначена") for visit in shown)
        parts = [f"{name} — {number}" for name, number in sorted(by_brigade.items())]
        return _told("План бригад", scope, f"{count}: {'; '.join(parts)}")
    days = not when.is_day
    parts = [
        (f"{visit.date:%d.%m} " if days else "") + f"{visit.house} ({STATES[Status(visit.status)]})"
        for visit in shown[:NAMED]
    ]
    more = f" и ещё {len(shown) - NAMED}" if len(shown) > NAMED else ""
    return _told("План бригад", scope, f"{count}: {'; '.join(parts)}{more}")


def totals(ctx: Context, slots: Slots) -> Result:
    """How many, or which: houses, flats, entrances, floors, visits, brigades, tasks."""
    if slots.measure == "tasks":
        return _tasks(ctx, slots)
    if slots.measure == "brigades":
        return _brigades(ctx, slots)
    if slots.measure == "visits" or slots.state:
        return _visit_counts(ctx, slots)
    return _houses(ctx, slots)


def _houses(ctx: Context, slots: Slots) -> Result:
    houses = House.objects.visible_to(ctx.caller.person)
    archived = slots.detail == "archived"
    houses = _filtered(houses.exclude(archived_at=None) if archived else houses.active(), slots)
    scope = [*_scope(ctx, slots), *(["в архиве"] if archived else [])]
    if slots.detail == "by_brigade":
        return _by_brigade(houses, scope)
    if slots.when:
        houses = houses.on_dates(slots.when.start, slots.when.end)
        scope.append(f"уборки {_span(slots.when, ctx.today)}")
    if slots.names:
        names = [str(house) for house in houses.order_by("street_key", "number_key")[: NAMED + 1]]
        number = houses.count()
        if not names:
            return _told("Дома", scope, "таких домов нет")
        more = f" и ещё {number - NAMED}" if number > NAMED else ""
        return _told("Дома", scope, f"{wording.houses(number)}: {', '.join(names[:NAMED])}{more}")
    found = houses.totals()
    if slots.measure not in SUMS:
        return _told("Дома", scope, wording.houses(found.houses))
    total, missing = getattr(found, slots.measure), getattr(found, f"without_{slots.measure}")
    unit = SUMS[slots.measure]
    if total is None:
        return _told("Дома", scope, f"{unit[2]} — нет данных")
    note = f"; ещё у {counted(missing, 'дома', 'домов', 'домов')} число не указано" if missing else ""
    within = counted(found.houses - missing, "доме", "домах", "домах")
    return _told("Дома", scope, f"{counted(total, *unit)} в {within}{note}")


def _by_brigade(houses: HouseQuerySet, scope: list[str]) -> Result:
    counts = Counter(name or "бригада не назначена" for name in houses.values_list("brigade__name", flat=True))
    parts = [f"{name} — {number}" for name, number in counts.most_common()]
    return _told("Дома", scope, f"домов по бригадам: {'; '.join(parts) or 'нет данных'}")


def _visit_counts(ctx: Context, slots: Slots) -> Result:
    visits = _visits(ctx, slots)
    scope = _scope(ctx, slots)
    when = slots.when or (None if slots.state == MISSED else When(ctx.today, ctx.today))
    if when:
        scope.append(_span(when, ctx.today))
        visits = visits.filter(date__range=(when.start, when.end))
    label = ""
    if slots.state == MISSED:
        visits, label = visits.missed(ctx.today), "без отчёта"
    elif slots.state:
        visits, label = visits.filter(status=slots.state), STATES[Status(slots.state)]
    if slots.names:
        return _visit_names(visits, scope, label)
    by_state = Counter(visits.order_by().values_list("status", flat=True))
    total = by_state.total()
    if label:
        return _told("Уборки", scope, f"{label} — {wording.visits(total) if total else 'нет'}")
    parts = [f"{STATES[state]} — {by_state[state]}" for state in STATES if by_state[state]]
    text = f"{wording.visits(total)}: {', '.join(parts)}" if parts else "уборок в графике нет"
    return _told("Уборки", scope, text)


def _visit_names(visits: VisitQuerySet, scope: list[str], label: str) -> Result:
    shown = list(visits.select_related("house").order_by("date", "house__street_key")[: NAMED + 1])
    number = visits.count()
    if not shown:
        return _told("Уборки", scope, f"{label} — нет" if label else "уборок в графике нет")
    names = ", ".join(f"{visit.house} ({visit.date:%d.%m})" for visit in shown[:NAMED])
    more = f" и ещё {number - NAMED}" if number > NAMED else ""
    return _told("Уборки", scope, f"{wording.visits(number)}{f' {label}' if label else ''}: {names}{more}")


def _brigades(ctx: Context, slots: Slots) -> Result:
    if slots.when is not None:
        return brigade_plan(ctx, Slots(when=slots.when))
    names = [str(brigade) for brigade in Brigade.objects.filter(is_active=True)]
    return _told("Бригады", [], f"{counted(len(names), 'бригада', 'бригады', 'бригад')}: {', '.join(names)}")


def _tasks(ctx: Context, slots: Slots) -> Result:
    tasks, title = Task.objects.visible_to(ctx.caller.person), "Задачи"
    for kind, sign, name in ((Task.Kind.COMPLAINT, "жалоб", "Жалобы"), (Task.Kind.REQUEST, "заяв", "Заявки")):
        if sign in slots.words.lower():
            tasks, title = tasks.filter(kind=kind), name
    found = tasks.counts(ctx.today)
    text = f"{title}: к выполнению — {found.todo}, в работе — {found.in_progress}, просрочено — {found.overdue}."
    now = timezone.localtime()
    return Result(text, Outcome.ANSWERED, (rows("Задачи", "", text, f"на {now:%H:%M}"),))


# --- what the figures are of


def _visits(ctx: Context, slots: Slots) -> VisitQuerySet:
    visits = CleaningVisit.objects.visible_to(ctx.caller.person).filter(house__archived_at__isnull=True)
    if slots.brigade or slots.company or slots.stage:
        visits = visits.filter(house__in=_filtered(House.objects.all(), slots))
    return visits


def _filtered(houses: HouseQuerySet, slots: Slots) -> HouseQuerySet:
    if slots.brigade:
        houses = houses.for_brigade_text(slots.brigade)
    if slots.company:
        houses = houses.for_company_text(slots.company)
    return houses.filter(stage_id=slots.stage) if slots.stage else houses


def _scope(ctx: Context, slots: Slots) -> list[str]:
    """What the figures are of: «бригада 3», «ООО «Уют»», «стадия «Обслуживаем»»."""
    parts = []
    if slots.brigade:
        parts.append(f"бригада {slots.brigade}" if slots.brigade.isdecimal() else slots.brigade)
    elif ctx.caller.is_brigade:
        parts.append("ваша бригада")
    if slots.company:
        parts.append(slots.company)
    if slots.stage:
        parts.append(f"стадия «{Stage.objects.filter(pk=slots.stage).first()}»")
    return parts


def _span(when: When, today: date) -> str:
    return say_near(when.start, today) if when.is_day else say_when(when, today)


def _told(document: str, scope: Sequence[str], fact: str) -> Result:
    """Figures always say what they are of and how old they are."""
    state = freshness()
    if nothing_read(state):
        return Result(f"{capital(state.sentence)}.", Outcome.UNKNOWN)
    of = capital(", ".join(scope))
    mark = " —" if ":" in fact else ":"
    text = f"{of}{mark} {fact}." if of else f"{capital(fact)}."
    cited = rows(document, of, text, state.sentence)
    return Result(f"{text} {capital(state.sentence)}.", Outcome.ANSWERED, (cited,))
