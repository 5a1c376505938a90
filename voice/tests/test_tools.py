"""Questions about houses, answered by rules alone. Today is Saturday, 21 November 2026."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from houses.models import Brigade, House, SyncRun
from houses.tests.factories import make_brigade, make_company, make_contact, make_house, make_user, make_visit
from tasks.models import Task
from voice.access import Caller
from voice.events import CRM_BASE, Outcome
from voice.tools import registry, rules
from voice.tools.reading import read
from voice.tools.spec import Context, Result

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)
STRANGER = Caller()


def day(number: int, month: int = 11) -> date:
    return date(2026, month, number)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    now = timezone.now()
    SyncRun.objects.create(kind="full", state="done", data_as_of=now, finished_at=now)


@pytest.fixture
def house() -> House:
    """Кибальчича 3: done on the 9th, nobody reported on the 16th, not possible on the 19th; next on the 27th."""
    brigade = make_brigade(3)
    contact = make_contact("+70000000013", name="Анна", last_name="")
    one = make_house(
        title="Кибальчича 3", address="улица Кибальчича, 3, Калуга", brigade=brigade, contact=contact, entrances=4
    )
    for number, status in ((2, "done"), (9, "done"), (16, "planned"), (19, "not_possible"), (27, "planned")):
        make_visit(one, day(number), status=status, reason="no_access" if status == "not_possible" else "")
    make_visit(one, day(4, 12), cleaning_type="T3")
    return one


def answer(text: str, caller: Caller = STRANGER, remembered: int | None = None, today: date = TODAY) -> Result | None:
    asked = rules.understand(read(text, today, staff=caller.is_staff), caller, remembered)
    if asked is None or not registry.exists_for(asked.tool, caller):
        return None
    return registry.run(asked.tool, Context(caller, today), asked.slots)


def said(text: str, caller: Caller = STRANGER, remembered: int | None = None) -> str:
    result = answer(text, caller, remembered)
    assert result is not None, "no tool was asked"
    return result.text


def staff(role: str, brigade: Brigade | None = None) -> Caller:
    return Caller("web", make_user(role, brigade))


# --- when


@pytest.mark.parametrize(
    "question",
    [
        "когда уборка на Кибальчича 3?",
        "Кибальчича 3 когда уборка",
        "Подскажите, когда будут мыть подъезд на кибальчича дом три",
        "график уборки Кибальчича 3",
        "когда приедут убирать на Кибальчича, 3",
        "ближайшая уборка Кибальчича 3",
    ],
)
def test_the_next_cleaning_is_told_with_its_type(house: House, question: str) -> None:
    result = answer(question)

    assert result is not None
    assert result.text.startswith(
        "Ближайшая уборка на Кибальчича 3 — в пятницу, 27 ноября: влажная уборка всех этажей."
    )
    assert "Потом — 4 декабря." in result.text
    assert result.citations[0].base == CRM_BASE
    assert "27.11.2026" in result.citations[0].text


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (
            "будет ли уборка завтра на Кибальчича 3",
            "Завтра, 22 ноября, уборки на Кибальчича 3 в графике нет. Ближайшая",
        ),
        ("уборка на Кибальчича 3 в пятницу?", "Да, в пятницу, 27 ноября, на Кибальчича 3 запланирована уборка"),
        (
            "график уборки Кибальчича 3 декабрь",
            "В декабре на Кибальчича 3 — 1 уборка: 4 декабря — влажная уборка 1 этажа",
        ),
        ("Кибальчича 3 октябрь график", "В октябре уборок на Кибальчича 3 в графике нет."),
        ("когда уборка на Кибальчича 3 на следующей неделе", "С 23 по 29 ноября на Кибальчича 3 — 1 уборка: 27 ноября"),
    ],
)
def test_a_named_time_is_answered(house: House, question: str, words: str) -> None:
    assert words in said(question)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("была ли уборка девятого на Кибальчича 3", "Да, 9 ноября, уборка на Кибальчича 3 выполнена"),
        ("Была уборка на Кибальчича 3 09.11?", "Да, 9 ноября, уборка на Кибальчича 3 выполнена"),
        ("убирали 19 числа Кибальчича 3?", "сделать не удалось. Причина: нет доступа в подъезд."),
        ("была ли уборка 16 ноября на Кибальчича 3", "отчёта бригады о ней нет. Утверждать, что она была, не могу."),
        (
            "была ли уборка на Кибальчича 3 десятого",
            "уборки на Кибальчича 3 в графике нет. Ближайшие к этому дню — 9 ноября",
        ),
        ("когда была последняя уборка на Кибальчича 3", "Последняя выполненная уборка на Кибальчича 3 — 9 ноября"),
        ("на Кибальчича 3 не было уборки 9 числа", "скажите «записать жалобу»"),
    ],
)
def test_what_was_done_is_told_as_it_was_reported(house: House, question: str, words: str) -> None:
    assert words in said(question)


def test_a_house_number_is_never_a_month() -> None:
    ten = make_house(title="Ленина 10", address="улица Ленина, 10, Калуга")
    eleven = make_house(title="Чичерина 11", address="улица Чичерина, 11, Калуга")
    make_visit(ten, day(24))
    make_visit(eleven, day(25))

    assert "24 ноября" in said("Когда уборка Ленина 10")
    assert "25 ноября" in said("Чичерина 11 когда уборка")


def test_a_house_that_is_not_ours_is_said_to_be_unknown(house: House) -> None:
    result = answer("когда уборка на Лунной 5")

    assert result is not None
    assert result.outcome == Outcome.UNKNOWN
    assert result.text.startswith("Не нашла такого дома среди домов, которые мы убираем: «Лунной 5».")


def test_a_male_assistant_speaks_of_himself_so(house: House) -> None:
    slots = rules.understand(read("когда уборка на Лунной 5", TODAY, staff=False), STRANGER)
    assert slots is not None

    assert registry.run(slots.tool, Context(STRANGER, TODAY, female=False), slots.slots).text.startswith("Не нашёл")


def test_several_houses_bring_one_question(house: House) -> None:
    make_house(title="Кибальчича 5", address="улица Кибальчича, 5, Калуга")

    result = answer("когда уборка на Кибальчича")

    assert result is not None
    assert result.outcome == Outcome.CLARIFY
    assert result.text == "Уточните, пожалуйста, какой дом: Кибальчича 3 или Кибальчича 5?"


def test_without_an_address_it_asks_for_one(house: House) -> None:
    assert "улицу и номер дома" in said("Когда у нас уборка?")


def test_the_exact_number_wins_over_blocks_of_it() -> None:
    plain = make_house(title="Чичерина 14", address="улица Чичерина, 14, Калуга")
    make_house(title="Чичерина 14 к1", address="улица Чичерина, 14 к1, Калуга")
    make_visit(plain, day(25))

    assert "на Чичерина 14 —" in said("когда уборка на Чичерина 14")


def test_stale_data_say_so(house: House) -> None:
    SyncRun.objects.update(data_as_of=timezone.now() - timedelta(hours=3))

    assert "синхронизация давно не выполнялась" in said("когда уборка на Кибальчича 3")


def test_what_nobody_did_is_answered_by_reports_before_it_becomes_a_complaint(house: House) -> None:
    result = answer("почему не убирали?", remembered=house.pk)

    assert result is not None
    assert result.text.startswith("Последняя выполненная уборка на Кибальчича 3 — 9 ноября")
    assert result.pending is not None
    assert not Task.objects.exists()


def test_the_general_cleaning_of_a_house_has_dates_of_its_own(house: House) -> None:
    assert said("когда генеральная уборка на Кибальчича 3").startswith(
        "Дата генеральной уборки на Кибальчича 3 не указана."
    )
    House.objects.filter(pk=house.pk).update(general_dates=[day(1, 5), day(28)])

    assert "Генеральная уборка на Кибальчича 3 — в субботу, 28 ноября." in said("Кибальчича 3 генеральная уборка когда")


def test_a_street_that_is_called_like_a_date_is_said_whole(house: House) -> None:
    assert "«8 Марта 5»" in said("8 Марта 5 когда уборка")


@pytest.mark.parametrize(
    "question",
    [
        "как часто моют подъезды",
        "можете ли вы помыть окна",
        "надо убрать снег",
        "сколько стоит генеральная уборка",
        "когда моют окна",
        "как подать жалобу",
        "куда пожаловаться на уборку",
        "чем вы моете полы",
        "что такое Т2",
        "у вас есть кукуруза",
        "сколько у вас домов",
    ],
)
def test_what_documents_know_is_left_to_them(house: House, question: str) -> None:
    assert answer(question) is None


# --- what is for the staff


@pytest.mark.parametrize(
    "question",
    ["Сколько стоит уборка подъезда?", "сколько будут стоить две уборки в неделю", "сколько платят за уборку дома"],
)
def test_a_price_is_no_count(question: str) -> None:
    assert rules.understand(read(question, timezone.localdate(), staff=True), staff("Директор"), None) is None


def test_the_elder_is_told_to_those_who_see_phones_only(house: House) -> None:
    question = "контакты старшего Кибальчича 3"

    assert "Анна, телефон +70000000013" in said(question, staff("Оператор"))
    for caller in (STRANGER, staff("Просмотр"), staff("Бригада", house.brigade)):
        result = answer(question, caller)
        assert result is not None
        assert result.outcome == Outcome.REFUSED
        assert "70000000013" not in result.text


def test_facts_of_a_house_are_the_staff_s(house: House) -> None:
    manager = staff("Менеджер")

    assert said("какая бригада на Кибальчича 3", manager).startswith("Кибальчича 3 убирает 3 бригада.")
    assert "подъездов — 4" in said("сколько подъездов на Кибальчича 3", manager)
    assert answer("какая бригада на Кибальчича 3") is None
    assert "бригада" not in said("обслуживаете ли вы Кибальчича 3")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Сколько домов в системе?", "3 дома."),
        ("сколько домов у бригады 3", "Бригада 3: 1 дом."),
        ("сколько домов у второй бригады", "Бригада 2: 1 дом."),
        ("сколько домов без бригады", "Бригада не назначена: 1 дом."),
        ("сколько подъездов у бригады 2", "Бригада 2: подъездов — нет данных."),
        ("список домов УК Уютный дом", "ООО «Уютный дом» — 1 дом: Ленина 10."),
        ("сколько уборок сегодня", "Сегодня, 21 ноября — 1 уборка: в работе — 1."),
        ("сколько выполнено 9 ноября", "9 ноября: выполнено — 1 уборка."),
        ("какие уборки пропущены", "1 уборка без отчёта: Кибальчича 3 (16.11)."),
        ("что у бригады 3 в пятницу", "Бригада 3, в пятницу, 27 ноября — 1 уборка: Кибальчича 3 (запланировано)."),
        ("Какие бригады сегодня работают?", "Сегодня, 21 ноября — 1 уборка: 2 бригада — 1."),
        ("какие дома убирают в пятницу", "Уборки в пятницу, 27 ноября — 1 дом: Кибальчича 3."),
        ("сколько задач открыто", "Задачи: к выполнению — 0"),
        ("сколько жалоб", "Жалобы: к выполнению — 0"),
        ("кто сегодня работает", "Сегодня, 21 ноября — 1 уборка: 2 бригада — 1."),
        ("какие дома не убраны на этой неделе", "С 16 по 22 ноября"),
        ("у какой бригады больше домов", "Домов по бригадам: "),
        ("сколько домов в архиве", "В архиве: 0 домов."),
    ],
)
def test_figures_come_from_the_same_rows_as_the_pages_with_their_age(house: House, question: str, words: str) -> None:
    company = make_company(title="ООО «Уютный дом»")
    other = make_house(
        title="Ленина 10", address="улица Ленина, 10", brigade=make_brigade(2), company=company, entrances=None
    )
    make_house(title="Кирова 48", address="улица Кирова, 48")
    make_visit(other, TODAY, status="in_progress")

    text = said(question, staff("Менеджер"))

    assert text.startswith(words)
    assert "Данные на" in text or "к выполнению" in text


def test_a_brigade_hears_of_its_own_houses_only(house: House) -> None:
    other = make_house(title="Ленина 10", address="улица Ленина, 10", brigade=make_brigade(2))
    make_visit(other, day(27))
    crew = staff("Бригада", house.brigade)

    assert said("что у нас в пятницу", crew).startswith("Ваша бригада, в пятницу, 27 ноября — 1 уборка: Кибальчича 3")
    assert said("план бригады 2", crew) == "Вижу план только вашей бригады."
    assert said("сколько у нас домов", crew).startswith("Ваша бригада: 1 дом.")
    assert "среди домов вашей бригады" in said("когда уборка на Ленина 10", crew)


# --- what people leave for others to do


def test_a_complaint_becomes_a_task_with_who_where_and_what(house: House) -> None:
    result = answer("Хочу пожаловаться: на Кибальчича 3 грязно в лифте", Caller("phone", phone="+70000000001"))

    task = Task.objects.get()
    assert result is not None
    assert result.task_id == task.pk
    assert f"Записала жалобу по дому Кибальчича 3. Номер обращения — {task.pk}." in result.text
    assert (task.kind, task.house, task.brigade, task.source) == ("complaint", house, house.brigade, "phone")
    assert task.contact_phone == "+70000000001"
    assert "грязно в лифте" in task.text


def test_a_complaint_without_an_address_asks_for_it_and_one_without_words_for_them(house: House) -> None:
    assert "По какому адресу?" in said("у нас в подъезде очень грязно, жалоба")
    assert "что случилось" in said("Хочу пожаловаться")
    assert not Task.objects.exists()


def test_the_staff_s_complaint_names_them(house: House) -> None:
    caller = staff("Оператор")
    said("на Кибальчича 3 грязно в лифте", caller)

    assert Task.objects.get().author == caller.user


def test_a_call_back_needs_a_phone_and_is_due_today(house: House) -> None:
    assert "По какому номеру" in said("перезвоните мне, пожалуйста")
    answer("перезвоните мне на 8 000 000-00-02", STRANGER, today=timezone.localdate())

    task = Task.objects.get()
    assert task.contact_phone == "80000000002" or task.contact_phone == "+70000000002"
    assert task.due is not None


def test_a_model_s_arguments_are_read_by_our_own_rules(house: House) -> None:
    ctx = Context(STRANGER, TODAY)
    arguments: dict[str, Any] = {"address": "Кибальчича 3", "date": "в пятницу", "state": "x'; drop", "list": "yes"}

    slots = registry.slots_of(arguments, ctx, "слова")

    assert slots.when is not None
    assert (slots.when.start, slots.state, slots.names, slots.words) == (day(27), "", False, "слова")


def test_a_model_gets_only_the_tools_of_the_caller() -> None:
    names = {spec.name for spec in registry.specs_for(STRANGER)}

    assert {"next_visits", "register_complaint", "call_back"} <= names
    assert not {"elder_contact", "totals", "brigade_plan", "company_contact"} & names
    assert {"elder_contact", "totals"} <= {spec.name for spec in registry.specs_for(staff("Директор"))}
