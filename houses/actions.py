"""What people do with visits and acts: each function is one transaction under a row lock, and audited.

The same report sent twice changes nothing and returns the same row; one that contradicts an earlier report raises
Conflict. `employee` is who reports; None is the office or a script, whose right to do it the caller has checked.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import IO, TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from houses import access, photos
from houses.audit import acting
from houses.models import Act, Brigade, CleaningVisit, Employee, House, OfficeSettings, VisitPhoto
from houses.models.visit import photo_path
from houses.schedule import Month, first_day, month_title
from vasdom.errors import Conflict, Forbidden, InvalidInput, NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

Status = CleaningVisit.Status
CLOCK_SLACK = timedelta(minutes=10)
MOST_PHOTOS = 100
LONGEST_TEXT = 2000


def start_visit(visit_id: int, *, employee: Employee | None, at: datetime | None = None) -> CleaningVisit:
    """Begin a planned visit. A start that arrives again, even after «done», changes nothing."""
    with _locked(visit_id, employee) as visit:
        if visit.status in {Status.IN_PROGRESS, Status.DONE}:
            return visit
        if visit.status == Status.NOT_POSSIBLE:
            raise Conflict("Уборка уже отмечена как невыполненная. Если это ошибка, позвоните в офис.")
        _check_day(visit, employee)
        visit.status = Status.IN_PROGRESS
        visit.started_at = _moment(visit, at)
        return _report(visit, employee)


def finish_visit(
    visit_id: int, *, employee: Employee | None, at: datetime | None = None, comment: str = ""
) -> CleaningVisit:
    """End a visit that was begun."""
    with _locked(visit_id, employee) as visit:
        if visit.status == Status.DONE:
            return visit
        if visit.status == Status.NOT_POSSIBLE:
            raise Conflict("Уборка уже отмечена как невыполненная. Если это ошибка, позвоните в офис.")
        if visit.status == Status.PLANNED:
            raise Conflict("Сначала отметьте начало уборки.")
        _check_day(visit, employee)
        finished = _moment(visit, at)
        visit.status = Status.DONE
        visit.finished_at = max(finished, visit.started_at) if visit.started_at else finished
        visit.comment = _text(comment, "comment") or visit.comment
        return _report(visit, employee)


def report_not_possible(
    visit_id: int, *, employee: Employee | None, reason: str, comment: str = "", at: datetime | None = None
) -> CleaningVisit:
    """Report that the house could not be cleaned; `reason` is a `CleaningVisit.Reason` value."""
    if reason not in CleaningVisit.Reason.values:
        raise InvalidInput("Укажите причину из списка.", field="reason")
    comment = _text(comment, "comment")
    with _locked(visit_id, employee) as visit:
        if visit.status == Status.NOT_POSSIBLE:
            if visit.reason == reason and comment in {"", visit.comment}:
                return visit
            raise Conflict("Об этой уборке уже отчитались иначе. Чтобы исправить отчёт, позвоните в офис.")
        if visit.status == Status.DONE:
            raise Conflict("Уборка уже отмечена выполненной. Если это ошибка, позвоните в офис.")
        _check_day(visit, employee)
        visit.status = Status.NOT_POSSIBLE
        visit.reason = reason
        visit.comment = comment
        visit.finished_at = _moment(visit, at)
        return _report(visit, employee)


def reopen_visit(visit_id: int, *, user: User | AnonymousUser | None) -> CleaningVisit:
    """Take a brigade's report back: the visit is planned again, its photos stay. `user` None is a trusted script."""
    if user is not None and not access.may_correct_visits(user):
        raise Forbidden("Отменить отчёт может только офис.")
    with transaction.atomic(), acting(_person(user)):
        visit = _lock(visit_id)
        if visit.status == Status.PLANNED:
            return visit
        visit.status = Status.PLANNED
        visit.reason, visit.started_at, visit.finished_at = "", None, None
        visit.save()
        return visit


def add_photo(visit_id: int, *, employee: Employee | None, key: uuid.UUID, file: IO[bytes]) -> VisitPhoto:
    """Keep a photo of a visit; the same key or the same content again returns the photo there is."""
    with _locked(visit_id, employee) as visit:
        if (known := visit.photos.filter(key=key).first()) is not None:
            return known
        _check_day(visit, employee)
    # Decoding takes a while, so the row is not held meanwhile; the second look under the lock settles races.
    prepared = photos.prepare(file)
    with _locked(visit_id, employee) as visit:
        if known := visit.photos.filter(key=key).first() or visit.photos.filter(sha256=prepared.sha256).first():
            return known
        if visit.photos.count() >= MOST_PHOTOS:
            raise Conflict(f"У этой уборки уже {MOST_PHOTOS} фото, больше не принимается.")
        photo = VisitPhoto(
            visit=visit,
            key=key,
            width=prepared.width,
            height=prepared.height,
            sha256=prepared.sha256,
            taken_at=prepared.taken_at,
            uploaded_by=employee,
            is_demo=visit.is_demo,
        )
        name = photo_path(photo, "")
        path = photos.write(name, prepared.jpeg)
        photo.image.name = name
        try:
            with transaction.atomic():
                photo.save(force_insert=True)
        except IntegrityError:
            path.unlink(missing_ok=True)
            raise
        return photo


def sign_act(
    house: House,
    month: Month,
    *,
    signed_by: str,
    signed_date: date,
    user: User | AnonymousUser | None,
    notes: str = "",
    brigade: Brigade | None = None,
) -> Act:
    """Note that a house's act of a month is signed; signing again corrects the note.

    `user` is None for a trusted script. The brigade is the house's own unless given.
    """
    if user is not None and not access.may_sign_acts(user):
        raise Forbidden("Отмечать акты может только офис.")
    if signed_date > timezone.localdate():
        raise InvalidInput("Дата подписания ещё не наступила.", field="signed_date")
    if len(signed_by) > 200:
        raise InvalidInput("Слишком длинно, не больше 200 знаков.", field="signed_by")
    values = {
        "signed_by": signed_by.strip(),
        "signed_date": signed_date,
        "notes": _text(notes, "notes"),
        "brigade": brigade or house.brigade,
    }
    made = {"created_by": _person(user), "is_demo": house.is_demo}
    with transaction.atomic(), acting(_person(user)):
        act, created = Act.objects.select_for_update(of=("self",)).get_or_create(
            house=house, month=first_day(month), defaults=values | made
        )
        if not created and any(getattr(act, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(act, name, value)
            act.save(update_fields=list(values))
        return act


def unsign_act(house: House, month: Month, *, user: User | AnonymousUser | None) -> None:
    """Take the note of a signed act back; NotFound when there is none."""
    if user is not None and not access.may_sign_acts(user):
        raise Forbidden("Отмечать акты может только офис.")
    with transaction.atomic(), acting(_person(user)):
        act = Act.objects.select_for_update(of=("self",)).filter(house=house, month=first_day(month)).first()
        if act is None:
            raise NotFound(f"Акт за {month_title(month).lower()} не отмечен подписанным.")
        act.delete()


# --- who, when


@contextmanager
def _locked(visit_id: int, employee: Employee | None) -> Iterator[CleaningVisit]:
    """The visit under a lock, for one who may report on it."""
    with transaction.atomic(), acting(employee.user if employee else None):
        visit = _lock(visit_id)
        if employee is not None:
            _check_employee(visit, employee)
        yield visit


def _lock(visit_id: int) -> CleaningVisit:
    rows = CleaningVisit.objects.select_for_update(of=("self",)).select_related("house")
    visit = rows.filter(pk=visit_id).first()
    if visit is None:
        raise NotFound("Уборка не найдена.")
    return visit


def _check_employee(visit: CleaningVisit, employee: Employee) -> None:
    user = employee.user
    if access.may_correct_visits(user):
        return
    if not access.is_brigade(user):
        raise Forbidden("Отчитываться об уборках может только бригада.")
    brigade = access.brigade_of(user)
    house = visit.house
    if brigade is None or house.brigade_id != brigade.pk or house.archived_at is not None:
        raise NotFound("Уборка не найдена.")  # another brigade's visit is not even said to exist


def _check_day(visit: CleaningVisit, employee: Employee | None) -> None:
    today = timezone.localdate()
    if visit.date > today:
        raise Conflict(f"Уборка назначена на {visit.date:%d.%m.%Y}, отчитаться можно в этот день.")
    if employee is None or access.may_correct_visits(employee.user):
        return
    if visit.date < today - timedelta(days=OfficeSettings.load().late_report_days):
        raise Conflict("Срок отчёта об этой уборке прошёл. Позвоните в офис.")


def _moment(visit: CleaningVisit, at: datetime | None) -> datetime:
    """When it happened: what the sender says, unless that is still to come or before the visit's day."""
    now = timezone.now()
    if at is None:
        return now
    if timezone.is_naive(at):
        at = timezone.make_aware(at)
    if at > now + CLOCK_SLACK or timezone.localdate(at) < visit.date:
        raise InvalidInput("Время отчёта не похоже на правду, проверьте часы телефона.", field="at")
    return min(at, now)


def _report(visit: CleaningVisit, employee: Employee | None) -> CleaningVisit:
    visit.employee = employee or visit.employee
    visit.brigade_id = visit.house.brigade_id or visit.brigade_id  # the office reports in the brigade's stead
    visit.save()
    return visit


def _person(user: User | AnonymousUser | None) -> User | None:
    return user if user is not None and user.is_authenticated else None


def _text(text: str, field: str) -> str:
    """A person's text as kept."""
    text = text.replace("\x00", "").strip()
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(f"Слишком длинно, не больше {LONGEST_TEXT} знаков.", field=field)
    return text
