"""Reports of brigades, corrections of the office, acts; and who is on record for them."""

from __future__ import annotations

import io
import threading
import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.utils import timezone

from houses import actions
from houses.models import Act, CleaningVisit, Employee, OfficeSettings, VisitPhoto
from houses.tests.factories import make_brigade, make_house, make_user, make_visit
from houses.tests.pictures import jpeg
from vasdom.errors import Conflict, Forbidden, InvalidInput, NotFound

pytestmark = pytest.mark.django_db
Status = CleaningVisit.Status


def today() -> date:
    return timezone.localdate()


@pytest.fixture
def cleaner() -> Employee:
    return make_user("Бригада", make_brigade(1)).employee


@pytest.fixture
def visit(cleaner: Employee) -> CleaningVisit:
    return make_visit(make_house(brigade=cleaner.brigade))


@pytest.fixture(autouse=True)
def _media(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def old_visit(cleaner: Employee, days: int) -> CleaningVisit:
    return make_visit(make_house(brigade=cleaner.brigade), today() - timedelta(days=days))


# --- the way of a visit


def test_a_visit_goes_from_planned_to_done(visit: CleaningVisit, cleaner: Employee) -> None:
    begun = actions.start_visit(visit.pk, employee=cleaner)
    assert (begun.status, begun.brigade, begun.employee) == (Status.IN_PROGRESS, cleaner.brigade, cleaner)
    done = actions.finish_visit(visit.pk, employee=cleaner, comment=" чисто ")
    assert (done.status, done.comment) == (Status.DONE, "чисто")
    assert done.started_at is not None
    assert done.finished_at is not None
    assert done.started_at <= done.finished_at


def test_a_repeated_report_changes_nothing(visit: CleaningVisit, cleaner: Employee) -> None:
    begun = actions.start_visit(visit.pk, employee=cleaner)
    assert actions.start_visit(visit.pk, employee=cleaner).started_at == begun.started_at
    done = actions.finish_visit(visit.pk, employee=cleaner, comment="чисто")
    again = actions.finish_visit(visit.pk, employee=cleaner, comment="другое")
    assert (again.pk, again.finished_at, again.comment) == (done.pk, done.finished_at, "чисто")
    assert actions.start_visit(visit.pk, employee=cleaner).status == Status.DONE


@pytest.mark.parametrize("begun", [False, True])
def test_a_visit_may_turn_out_impossible_with_a_reason(visit: CleaningVisit, cleaner: Employee, begun: bool) -> None:
    if begun:
        actions.start_visit(visit.pk, employee=cleaner)
    report = {"employee": cleaner, "reason": "no_access", "comment": "домофон"}
    found = actions.report_not_possible(visit.pk, **report)
    assert (found.status, found.reason, found.comment) == (Status.NOT_POSSIBLE, "no_access", "домофон")
    assert actions.report_not_possible(visit.pk, **report).finished_at == found.finished_at


@pytest.mark.parametrize("reason", ["", "нет", "NO_ACCESS"])
def test_a_reason_must_be_one_of_the_list(visit: CleaningVisit, cleaner: Employee, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        actions.report_not_possible(visit.pk, employee=cleaner, reason=reason)
    assert refused.value.field == "reason"


def test_a_contradicting_report_is_a_conflict(visit: CleaningVisit, cleaner: Employee) -> None:
    with pytest.raises(Conflict):
        actions.finish_visit(visit.pk, employee=cleaner)
    actions.report_not_possible(visit.pk, employee=cleaner, reason="no_access")
    for report in (
        lambda: actions.start_visit(visit.pk, employee=cleaner),
        lambda: actions.finish_visit(visit.pk, employee=cleaner),
        lambda: actions.report_not_possible(visit.pk, employee=cleaner, reason="no_water"),
        lambda: actions.report_not_possible(visit.pk, employee=cleaner, reason="no_access", comment="ещё"),
    ):
        with pytest.raises(Conflict):
            report()
    visit.refresh_from_db()
    assert (visit.status, visit.reason) == (Status.NOT_POSSIBLE, "no_access")


def test_a_done_visit_cannot_become_impossible(visit: CleaningVisit, cleaner: Employee) -> None:
    actions.start_visit(visit.pk, employee=cleaner)
    actions.finish_visit(visit.pk, employee=cleaner)
    with pytest.raises(Conflict):
        actions.report_not_possible(visit.pk, employee=cleaner, reason="no_access")


def test_a_comment_too_long_is_refused(visit: CleaningVisit, cleaner: Employee) -> None:
    with pytest.raises(InvalidInput) as refused:
        actions.report_not_possible(visit.pk, employee=cleaner, reason="other", comment="а" * 2001)
    assert refused.value.field == "comment"


# --- whose and when


def test_another_brigades_visit_does_not_exist_for_a_brigade(visit: CleaningVisit) -> None:
    stranger = make_user("Бригада", make_brigade(2)).employee
    for report in (actions.start_visit, actions.finish_visit):
        with pytest.raises(NotFound):
            report(visit.pk, employee=stranger)
    with pytest.raises(NotFound):
        actions.report_not_possible(visit.pk, employee=stranger, reason="no_access")
    with pytest.raises(NotFound):
        actions.add_photo(visit.pk, employee=stranger, key=uuid.uuid4(), file=io.BytesIO(jpeg()))


def test_a_brigade_loses_a_house_that_moved_or_was_archived(visit: CleaningVisit, cleaner: Employee) -> None:
    house = visit.house
    house.archived_at = timezone.now()
    house.save()
    with pytest.raises(NotFound):
        actions.start_visit(visit.pk, employee=cleaner)
    house.archived_at, house.brigade = None, make_brigade(2)
    house.save()
    with pytest.raises(NotFound):
        actions.start_visit(visit.pk, employee=cleaner)


def test_a_missing_visit_is_not_found(cleaner: Employee) -> None:
    with pytest.raises(NotFound):
        actions.start_visit(999_999, employee=cleaner)


def test_a_viewer_reports_nothing(visit: CleaningVisit) -> None:
    viewer = make_user("Просмотр", visit.house.brigade).employee
    with pytest.raises(Forbidden):
        actions.start_visit(visit.pk, employee=viewer)


def test_a_visit_to_come_cannot_be_reported(cleaner: Employee) -> None:
    coming = old_visit(cleaner, -1)
    with pytest.raises(Conflict, match="Уборка назначена на"):
        actions.start_visit(coming.pk, employee=cleaner)
    with pytest.raises(Conflict):
        actions.report_not_possible(coming.pk, employee=None, reason="no_access")


def test_a_late_report_is_taken_for_the_days_the_office_allows(cleaner: Employee) -> None:
    settings = OfficeSettings.load()
    settings.late_report_days = 2
    settings.save()
    assert actions.start_visit(old_visit(cleaner, 2).pk, employee=cleaner).status == Status.IN_PROGRESS
    with pytest.raises(Conflict, match="Срок"):
        actions.start_visit(old_visit(cleaner, 3).pk, employee=cleaner)


def test_a_report_repeated_after_the_term_is_still_taken_as_the_same(cleaner: Employee) -> None:
    visit = old_visit(cleaner, 2)
    actions.start_visit(visit.pk, employee=cleaner)
    CleaningVisit.objects.filter(pk=visit.pk).update(date=today() - timedelta(days=30))
    assert actions.start_visit(visit.pk, employee=cleaner).status == Status.IN_PROGRESS


def test_the_office_reports_late_and_for_any_brigade(cleaner: Employee) -> None:
    manager = make_user("Менеджер", make_brigade(7)).employee
    begun = actions.start_visit(old_visit(cleaner, 30).pk, employee=manager)
    assert (begun.status, begun.employee, begun.brigade) == (Status.IN_PROGRESS, manager, cleaner.brigade)
    found = actions.report_not_possible(old_visit(cleaner, 30).pk, employee=None, reason="staff")
    assert (found.employee, found.brigade) == (None, cleaner.brigade)


def test_the_moment_of_a_late_submission_is_kept(visit: CleaningVisit, cleaner: Employee) -> None:
    moment = timezone.now()
    assert actions.start_visit(visit.pk, employee=cleaner, at=moment).started_at == moment


@pytest.mark.parametrize("shift", [timedelta(hours=2), timedelta(days=-2)])
def test_a_wrong_clock_is_refused(visit: CleaningVisit, cleaner: Employee, shift: timedelta) -> None:
    with pytest.raises(InvalidInput) as refused:
        actions.start_visit(visit.pk, employee=cleaner, at=timezone.now() + shift)
    assert refused.value.field == "at"


def test_a_naive_moment_is_the_companys_time(cleaner: Employee) -> None:
    visit = old_visit(cleaner, 1)
    moment = datetime.combine(visit.date, datetime.min.time()).replace(hour=12)
    begun = actions.start_visit(visit.pk, employee=cleaner, at=moment)
    assert begun.started_at is not None
    assert timezone.localtime(begun.started_at).replace(tzinfo=None) == moment


# --- taking a report back


def test_the_office_takes_a_report_back_and_keeps_the_photos(visit: CleaningVisit, cleaner: Employee) -> None:
    actions.start_visit(visit.pk, employee=cleaner)
    actions.add_photo(visit.pk, employee=cleaner, key=uuid.uuid4(), file=io.BytesIO(jpeg()))
    actions.finish_visit(visit.pk, employee=cleaner)
    reopened = actions.reopen_visit(visit.pk, user=make_user("Оператор"))
    assert (reopened.status, reopened.started_at, reopened.finished_at) == (Status.PLANNED, None, None)
    assert reopened.photos.count() == 1
    assert actions.start_visit(visit.pk, employee=cleaner).status == Status.IN_PROGRESS


def test_a_brigade_cannot_take_a_report_back(visit: CleaningVisit, cleaner: Employee) -> None:
    with pytest.raises(Forbidden):
        actions.reopen_visit(visit.pk, user=cleaner.user)


def test_reopening_clears_the_reason(visit: CleaningVisit, cleaner: Employee) -> None:
    actions.report_not_possible(visit.pk, employee=cleaner, reason="no_access", comment="домофон")
    reopened = actions.reopen_visit(visit.pk, user=None)
    assert (reopened.status, reopened.reason, reopened.comment) == (Status.PLANNED, "", "домофон")


# --- photos


def test_the_same_photo_sent_twice_is_one(visit: CleaningVisit, cleaner: Employee) -> None:
    key = uuid.uuid4()
    first = actions.add_photo(visit.pk, employee=cleaner, key=key, file=io.BytesIO(jpeg()))
    assert actions.add_photo(visit.pk, employee=cleaner, key=key, file=io.BytesIO(jpeg((1, 2, 3)))) == first
    assert actions.add_photo(visit.pk, employee=cleaner, key=uuid.uuid4(), file=io.BytesIO(jpeg())) == first
    assert VisitPhoto.objects.count() == 1
    other = actions.add_photo(visit.pk, employee=cleaner, key=uuid.uuid4(), file=io.BytesIO(jpeg((1, 2, 3))))
    assert other != first
    assert other.uploaded_by == cleaner


def test_one_key_at_two_visits_is_two_photos(cleaner: Employee) -> None:
    key = uuid.uuid4()
    photos = [
        actions.add_photo(old_visit(cleaner, 0).pk, employee=cleaner, key=key, file=io.BytesIO(jpeg())) for _ in "12"
    ]
    assert photos[0].image.path != photos[1].image.path


def test_photos_are_taken_as_long_as_reports(cleaner: Employee) -> None:
    with pytest.raises(Conflict):
        actions.add_photo(old_visit(cleaner, 4).pk, employee=cleaner, key=uuid.uuid4(), file=io.BytesIO(jpeg()))
    done = old_visit(cleaner, 3)
    CleaningVisit.objects.filter(pk=done.pk).update(status="done")
    assert actions.add_photo(done.pk, employee=cleaner, key=uuid.uuid4(), file=io.BytesIO(jpeg())).pk


def test_no_file_is_left_when_the_row_cannot_be_written(visit: CleaningVisit, cleaner: Employee, tmp_path: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE houses_visitphoto ADD CONSTRAINT refuse_all CHECK (id < 0)")
    with pytest.raises(Exception, match="refuse_all"):
        actions.add_photo(visit.pk, employee=cleaner, key=uuid.uuid4(), file=io.BytesIO(jpeg()))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


# --- acts


def test_an_act_is_noted_once_and_corrected_by_noting_again() -> None:
    house, user = make_house(brigade=make_brigade(3)), make_user("Менеджер")
    month = (today().year, today().month)
    act = actions.sign_act(house, month, signed_by=" Старший ", signed_date=today(), user=user)
    assert (act.month, act.signed_by, act.brigade, act.created_by) == (
        today().replace(day=1),
        "Старший",
        house.brigade,
        user,
    )
    again = actions.sign_act(house, month, signed_by="Старший", signed_date=today(), user=user)
    assert again == act
    before = LogEntry.objects.get_for_object(act).count()
    assert before == 1
    earlier = today() - timedelta(days=1)
    assert actions.sign_act(house, month, signed_by="Старший", signed_date=earlier, user=user).signed_date == earlier
    assert Act.objects.count() == 1
    assert LogEntry.objects.get_for_object(act).count() == 2


def test_an_act_of_the_future_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        actions.sign_act(
            make_house(), (2026, 11), signed_by="", signed_date=today() + timedelta(days=1), user=make_user("Менеджер")
        )
    assert refused.value.field == "signed_date"


def test_only_the_office_notes_acts(cleaner: Employee) -> None:
    house = make_house()
    for user in (cleaner.user, make_user("Просмотр"), make_user()):
        with pytest.raises(Forbidden):
            actions.sign_act(house, (2026, 10), signed_by="", signed_date=today(), user=user)
        with pytest.raises(Forbidden):
            actions.unsign_act(house, (2026, 10), user=user)


def test_an_act_is_taken_back_once() -> None:
    house, user = make_house(), make_user("Оператор")
    actions.sign_act(house, (2026, 10), signed_by="", signed_date=today(), user=user)
    actions.unsign_act(house, (2026, 10), user=user)
    assert not Act.objects.exists()
    with pytest.raises(NotFound):
        actions.unsign_act(house, (2026, 10), user=user)


# --- on record


def test_a_report_is_on_record_with_who_and_from_what_to_what(visit: CleaningVisit, cleaner: Employee) -> None:
    actions.start_visit(visit.pk, employee=cleaner)
    entry = LogEntry.objects.get_for_object(visit).first()
    assert entry is not None
    assert entry.actor == cleaner.user
    assert entry.changes["status"] == ["planned", "in_progress"]
    actions.start_visit(visit.pk, employee=cleaner)
    assert LogEntry.objects.get_for_object(visit).filter(action=LogEntry.Action.UPDATE).count() == 1


def test_taking_an_act_back_is_on_record() -> None:
    house, user = make_house(), make_user("Директор")
    act = actions.sign_act(house, (2026, 10), signed_by="", signed_date=today(), user=user)
    key = act.pk
    actions.unsign_act(house, (2026, 10), user=user)
    entry = LogEntry.objects.get(object_id=key, action=LogEntry.Action.DELETE, content_type__model="act")
    assert entry.actor == user


def test_an_employees_phone_is_masked_on_record(cleaner: Employee) -> None:
    cleaner.phone = "+70000000001"
    cleaner.save()
    assert "+70000000001" not in str(LogEntry.objects.get_for_object(cleaner).first().changes)


# --- at the same moment


@pytest.mark.django_db(transaction=True)
def test_the_same_photo_sent_by_two_connections_at_once_is_one(tmp_path: Any) -> None:
    cleaner = make_user("Бригада", make_brigade(1)).employee
    visit = make_visit(make_house(brigade=cleaner.brigade))
    key, found, failed = uuid.uuid4(), [], []
    gate = threading.Barrier(4)

    def send() -> None:
        try:
            gate.wait(10)
            found.append(actions.add_photo(visit.pk, employee=cleaner, key=key, file=io.BytesIO(jpeg())).pk)
        except Exception as exc:  # noqa: BLE001 - shown by the assertion below
            failed.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []
    assert len(set(found)) == 1
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
