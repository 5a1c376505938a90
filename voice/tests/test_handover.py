"""Putting through: the allow-list, chains over working hours, what the operator hears, the call back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from auditlog.models import LogEntry
from django.core.exceptions import ValidationError

from houses.tests.factories import make_house
from tasks.models import Task
from voice import handover
from voice.handover import Said
from voice.models import TransferTarget
from voice.phone import hours
from voice.phone.rules import Escalation, Reason
from voice.tests.phone_rows import ALWAYS, NEVER, make_target

pytestmark = pytest.mark.django_db
MOSCOW = ZoneInfo("Europe/Moscow")
FRIDAY_NOON = datetime(2026, 11, 27, 12, 0, tzinfo=MOSCOW)
FRIDAY_NIGHT = datetime(2026, 11, 27, 23, 0, tzinfo=MOSCOW)
SUNDAY = datetime(2026, 11, 29, 12, 0, tzinfo=MOSCOW)
OFFICE_HOURS = NEVER | dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "9–13, 14–18")


def names(targets: tuple[Any, ...]) -> list[str]:
    return [target.name for target in targets]


# --- the allow-list


@pytest.mark.parametrize(
    "endpoint", ["PJSIP/200", "PJSIP/office-1.main", "PJSIP/+74950000000@trunk", "PJSIP/84950000000@my-trunk_1"]
)
def test_an_endpoint_or_a_number_at_a_trunk_may_be_dialled(endpoint: str) -> None:
    assert make_target(endpoint=endpoint).endpoint == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "200",
        "SIP/200",
        "PJSIP/200&PJSIP/+79990000000@trunk",
        "PJSIP/200,30,tT",
        "PJSIP/200/extra",
        "PJSIP/+7 495@trunk",
        "PJSIP/200\n",
        "PJSIP/sip:evil@example.com",
        "Local/100@default",
        "Local/100@default/n",
        "PJSIP/${EXTEN}",
    ],
)
def test_nothing_else_may_be_dialled(endpoint: str) -> None:
    with pytest.raises(ValidationError):
        make_target(endpoint=endpoint)


def test_a_queue_may_be_an_extension_of_the_dialplan_and_is_not_briefed() -> None:
    queue = make_target("Очередь", kind="queue", endpoint="Local/600@office", attended=False)

    assert queue.frozen().is_queue
    with pytest.raises(ValidationError, match="предупредить некого"):
        make_target("Ещё", kind="queue", endpoint="Local/600@office")


def test_a_chain_that_comes_back_to_its_beginning_is_refused() -> None:
    first = make_target("Первый")
    second = make_target("Второй", next_target=first)
    first.next_target = second

    with pytest.raises(ValidationError, match="по кругу"):
        first.full_clean()
    first.next_target = first
    with pytest.raises(ValidationError, match="по кругу"):
        first.full_clean()


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("9-18", "09:00–18:00"),
        ("9:30—18.15", "09:30–18:15"),
        ("9–13, 14–18", "09:00–13:00, 14:00–18:00"),
        ("0-24", "00:00–24:00"),
        ("", ""),
    ],
)
def test_hours_are_kept_in_one_way_of_writing(written: str, kept: str) -> None:
    assert make_target(monday=written).monday == kept


@pytest.mark.parametrize("written", ["с утра", "18-9", "9-25", "9:75-18", "9-13, 12-18", "14-18, 9-13", "9"])
def test_hours_that_are_none_are_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        hours.parse(written)


def test_a_change_of_a_target_is_in_the_audit_trail() -> None:
    target = make_target()
    target.endpoint = "PJSIP/201"
    target.save()

    entry = LogEntry.objects.get_for_object(target).first()
    assert entry is not None
    assert "endpoint" in entry.changes


# --- whom


def test_the_chain_goes_on_to_the_next_one() -> None:
    duty = make_target("Дежурный")
    office = make_target("Офис", next_target=duty)

    assert names(handover.plan(office.frozen(), FRIDAY_NOON)) == ["Офис", "Дежурный"]


def test_who_does_not_work_now_is_passed_over() -> None:
    duty = make_target("Дежурный")
    office = make_target("Офис", next_target=duty, **OFFICE_HOURS)

    assert names(handover.plan(office.frozen(), FRIDAY_NIGHT)) == ["Дежурный"]
    assert names(handover.plan(office.frozen(), SUNDAY)) == ["Дежурный"]
    assert names(handover.plan(office.frozen(), FRIDAY_NOON)) == ["Офис", "Дежурный"]


@pytest.mark.parametrize(
    ("clock", "works"),
    [("08:59", False), ("09:00", True), ("12:59", True), ("13:30", False), ("17:59", True), ("18:00", False)],
)
def test_hours_begin_at_their_minute_and_end_before_theirs(clock: str, works: bool) -> None:
    hour, minute = map(int, clock.split(":"))
    office = make_target("Офис", **OFFICE_HOURS).frozen()

    assert bool(handover.plan(office, FRIDAY_NOON.replace(hour=hour, minute=minute))) is works


def test_the_hours_are_of_moscow_whatever_the_clock_of_the_question() -> None:
    office = make_target("Офис", **OFFICE_HOURS).frozen()

    assert handover.plan(office, datetime(2026, 11, 27, 14, 30, tzinfo=ZoneInfo("UTC")))  # 17:30
    assert not handover.plan(office, datetime(2026, 11, 27, 15, 30, tzinfo=ZoneInfo("UTC")))  # 18:30


def test_a_target_that_was_switched_off_during_the_call_is_not_dialled() -> None:
    duty = make_target("Дежурный")
    office = make_target("Офис", next_target=duty)
    kept = office.frozen()
    TransferTarget.objects.filter(pk=office.pk).update(enabled=False)

    assert handover.plan(kept, FRIDAY_NOON) == ()


def test_a_new_endpoint_is_the_one_that_is_dialled() -> None:
    office = make_target("Офис")
    kept = office.frozen()
    TransferTarget.objects.filter(pk=office.pk).update(endpoint="PJSIP/300")

    assert [target.endpoint for target in handover.plan(kept, FRIDAY_NOON)] == ["PJSIP/300"]


def test_a_circle_made_behind_our_back_ends() -> None:
    first, second = make_target("Первый"), make_target("Второй")
    TransferTarget.objects.filter(pk=first.pk).update(next_target=second)
    TransferTarget.objects.filter(pk=second.pk).update(next_target=first)

    assert names(handover.plan(TransferTarget.objects.get(pk=first.pk).frozen(), FRIDAY_NOON)) == ["Первый", "Второй"]


def test_a_rule_without_a_target_goes_to_the_first_of_the_list_that_works() -> None:
    make_target("Ночью никого", position=1, **OFFICE_HOURS)
    make_target("Дежурный", position=2)

    rule = Escalation(Reason.ASKED_FOR)

    assert names(handover.plan(rule, FRIDAY_NIGHT)) == ["Дежурный"]
    assert names(handover.plan(None, FRIDAY_NOON)) == ["Ночью никого"]


def test_an_empty_list_means_that_nobody_is_dialled() -> None:
    assert handover.plan(Escalation(Reason.ASKED_FOR), FRIDAY_NOON) == ()
    make_target("Выключен", enabled=False)
    assert handover.plan(None, FRIDAY_NOON) == ()


def test_a_person_sees_all_targets_and_who_works_now() -> None:
    make_target("Офис", position=1, **OFFICE_HOURS)
    make_target("Дежурный", position=2, **ALWAYS)

    assert [(target.name, works) for target, works in handover.allowed_targets(SUNDAY)] == [
        ("Офис", False),
        ("Дежурный", True),
    ]


# --- what is told


def test_the_briefing_says_who_where_why_and_the_last_question() -> None:
    turns = [
        Said("caller", "Когда приедут мыть подъезд на Кибальчича"),
        Said("assistant", "Завтра."),
        Said("caller", "Да."),
    ]

    said = handover.briefing("Иванова Анна, старший дома", "Кибальчича 3", "unknown", turns)

    assert said == (
        "Звонок от помощника. Звонит Иванова Анна, старший дома. Дом: Кибальчича 3. "
        "Не знает ответа несколько раз подряд. Последние слова: Когда приедут мыть подъезд на Кибальчича. "
        "Чтобы принять звонок, нажмите 1."
    )


def test_the_briefing_of_a_stranger_who_has_said_nothing_is_short() -> None:
    assert handover.briefing("", "", "digit_zero", []) == (
        "Звонок от помощника. Нажат ноль. Чтобы принять звонок, нажмите 1."
    )


def test_a_long_speech_is_cut_at_a_word() -> None:
    said = handover.last_question([Said("caller", "слово " * 100)])

    assert len(said) <= handover.LONGEST_SAID + 1
    assert said.endswith("слово.")


# --- nobody answered


def test_a_call_back_is_a_task_of_today_with_the_call_in_its_history() -> None:
    house = make_house(title="Кибальчича 3")
    turns = [Said("caller", "Почему третью неделю не моют подъезд?")]

    task = handover.callback("0f6c2c1e-1111", phone="84950000000", house=house, reason="asked_for", turns=turns)

    row = Task.objects.get(pk=task.pk)
    assert row.contact_phone == "+74950000000"
    assert row.house == house
    assert row.source == "phone"
    assert row.text.startswith("Перезвонить")
    assert "Почему третью неделю не моют подъезд?" in row.text
    assert row.events.get().comment == "Звонок 0f6c2c1e"


@pytest.mark.parametrize("phone", ["", "anonymous"])
def test_an_unusable_number_does_not_cost_the_task(phone: str) -> None:
    task = handover.callback("0f6c2c1e", phone=phone, reason="no such reason")

    assert task.contact_phone == ""
    assert "Номер не определился" in task.text
