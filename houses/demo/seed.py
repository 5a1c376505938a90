"""Making the demo: a portal twin is read by the real sync, then a month of work is reported on what came."""

from __future__ import annotations

import hashlib
import random
from datetime import date, datetime, time, timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from houses import photos
from houses.access import Role, setup_roles
from houses.bitrix.client import BitrixClient
from houses.bitrix.sync import run_sync
from houses.bitrix.twin import PortalTwin
from houses.contacts import refresh_contact_index
from houses.demo.logins import DemoLogin, demo_logins
from houses.demo.pictures import HEIGHT, WIDTH, draw_stairwell
from houses.errors import DemoRefused
from houses.models import (
    Act,
    Brigade,
    CleaningVisit,
    Contact,
    Employee,
    EnumOption,
    House,
    ManagementCompany,
    ScheduleField,
    Stage,
    SyncRun,
    VisitPhoto,
)
from houses.models.visit import photo_path
from houses.signals import demo_seeded

HOUSES = 60
DAYS_BACK = 62  # the twin fills the month before the present one
PHOTO_COUNT = 24
DONE_SHARE, NOT_POSSIBLE_SHARE = 0.88, 0.06  # of past visits; the rest stays unreported, that is missed
DONE_TODAY_SHARE = 0.4
ACTS_SIGNED_SHARE = 0.6
QUICK_HASH_ROUNDS = 20_000
WORKDAY_STARTS = time(8, 30)
MARKED = (House, Stage, ManagementCompany, Brigade, Contact, ScheduleField, EnumOption, SyncRun, CleaningVisit)


def seed_demo(*, today: date | None = None) -> int:
    """Fill an empty installation with demo rows, in one transaction; the photos come last and may come short.

    Returns:
        The number of houses made.

    Raises:
        DemoRefused: there are houses already.
    """
    today = today or timezone.localdate()
    if House.objects.exists():
        raise DemoRefused("Демо-данные создаются только в пустой базе, а дома в ней уже есть.")
    setup_roles()
    dice = random.Random(today.toordinal())
    with transaction.atomic(), PortalTwin(houses=HOUSES, limits=False, today=today) as twin:
        run = run_sync(SyncRun.Kind.FULL, client=BitrixClient(twin.url))
        if run.state != SyncRun.State.DONE:
            raise DemoRefused(f"Демо не создано: {' '.join(run.errors)}")
        for model in MARKED:
            model._default_manager.update(is_demo=True)
        employees = {login.brigade: _make_employee(login) for login in demo_logins()}
        visits = _report_past_visits(today, dice, employees)
        _report_today(today, dice, employees)
        _sign_acts(today, dice)
        demo_seeded.send(sender=None, today=today)
        refresh_contact_index()
    _draw_photos(visits, dice)
    return House.objects.count()


def _make_employee(login: DemoLogin) -> Employee:
    user = get_user_model().objects.create(
        username=login.username, password=_quick_hash(login.password), is_staff=login.role != Role.BRIGADE
    )
    user.groups.add(Group.objects.get(name=login.role))
    return Employee.objects.create(
        user=user,
        brigade=Brigade.objects.filter(number=login.brigade).first() if login.brigade else None,
        full_name=login.full_name,
        position=login.position,
        is_demo=True,
    )


def _quick_hash(password: str) -> str:
    """A hash with fewer rounds, which Django replaces at the first sign-in: eleven full ones would take seconds."""
    hasher = PBKDF2PasswordHasher()
    return hasher.encode(password, hasher.salt(), iterations=QUICK_HASH_ROUNDS)


def _report_past_visits(today: date, dice: random.Random, employees: dict[int | None, Employee]) -> list[CleaningVisit]:
    """Report most of last month's visits; returns the done ones."""
    visits = list(
        CleaningVisit.objects.filter(
            date__gte=today - timedelta(days=DAYS_BACK), date__lt=today, house__brigade__isnull=False
        ).select_related("house__brigade")
    )
    for visit in visits:
        luck = dice.random()
        if luck < DONE_SHARE:
            _mark_done(visit, dice, employees)
        elif luck < DONE_SHARE + NOT_POSSIBLE_SHARE:
            _mark_not_possible(visit, dice, employees)
    _save(visits)
    return [visit for visit in visits if visit.status == CleaningVisit.Status.DONE]


def _report_today(today: date, dice: random.Random, employees: dict[int | None, Employee]) -> None:
    """Some of today's visits are done, the next one is being worked on."""
    visits = list(
        CleaningVisit.objects.filter(date=today, house__brigade__isnull=False).select_related("house__brigade")
    )
    done = int(len(visits) * DONE_TODAY_SHARE)
    for visit in visits[:done]:
        _mark_done(visit, dice, employees)
    for visit in visits[done : done + 1]:
        _take(visit, employees)
        visit.status = CleaningVisit.Status.IN_PROGRESS
        visit.started_at = timezone.now() - timedelta(minutes=20)
    _save(visits)


def _take(visit: CleaningVisit, employees: dict[int | None, Employee]) -> None:
    visit.brigade = visit.house.brigade
    visit.employee = employees.get(visit.brigade.number) if visit.brigade else None


def _mark_done(visit: CleaningVisit, dice: random.Random, employees: dict[int | None, Employee]) -> None:
    _take(visit, employees)
    start = timezone.make_aware(datetime.combine(visit.date, WORKDAY_STARTS)) + timedelta(
        minutes=dice.randrange(0, 420)
    )
    visit.started_at = min(start, timezone.now() - timedelta(hours=1))
    visit.finished_at = visit.started_at + timedelta(minutes=dice.randrange(20, 55))
    visit.status = CleaningVisit.Status.DONE


def _mark_not_possible(visit: CleaningVisit, dice: random.Random, employees: dict[int | None, Employee]) -> None:
    _take(visit, employees)
    visit.status = CleaningVisit.Status.NOT_POSSIBLE
    visit.reason = dice.choice([CleaningVisit.Reason.NO_ACCESS, CleaningVisit.Reason.NO_WATER])
    visit.comment = "Демо: домофон не открыли" if visit.reason == CleaningVisit.Reason.NO_ACCESS else "Демо: нет воды"
    visit.finished_at = timezone.make_aware(datetime.combine(visit.date, WORKDAY_STARTS)) + timedelta(hours=2)


def _save(visits: list[CleaningVisit]) -> None:
    fields = ["brigade", "employee", "started_at", "finished_at", "status", "reason", "comment"]
    CleaningVisit.objects.bulk_update(visits, fields, batch_size=500)


def _sign_acts(today: date, dice: random.Random) -> None:
    """Most houses have last month's act signed."""
    last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    houses = [house for house in House.objects.active() if dice.random() < ACTS_SIGNED_SHARE]
    Act.objects.bulk_create(
        Act(
            house=house,
            month=last_month,
            signed_date=min(today, today.replace(day=1) + timedelta(days=dice.randrange(0, 10))),
            signed_by="Старший дома (демо)",
            brigade=house.brigade,
            is_demo=True,
        )
        for house in houses
    )


def _draw_photos(done: list[CleaningVisit], dice: random.Random) -> None:
    for visit in dice.sample(done, min(PHOTO_COUNT, len(done))):
        data = draw_stairwell(visit.date, visit.pk)
        photo = VisitPhoto(visit=visit, width=WIDTH, height=HEIGHT, sha256=hashlib.sha256(data).hexdigest())
        photo.is_demo, photo.taken_at, photo.uploaded_by = True, visit.finished_at, visit.employee
        photo.image.name = photo_path(photo, "")
        photos.write(photo.image.name, data)
        photo.save()
