"""«Звонки» in the office: the list, the card, clearing."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from calls.actions import TurnRecord, hide_calls, open_call, record_turn
from calls.models import Call
from calls.tests.factories import PHONE, make_call
from houses.tests.factories import make_brigade, make_house, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/calls/call/"


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user("Оператор"))
    return client


@pytest.fixture
def director(client: Client) -> Client:
    client.force_login(make_user("Директор"))
    return client


def shown(client: Client, query: str = "") -> list[str]:
    return [call.caller for call in client.get(f"{LIST}?{query}").context["cl"].result_list]


def card(call: Call) -> str:
    return f"{LIST}{call.pk}/change/"


def test_the_list_shows_its_five_columns_newest_first_and_the_last_base(office: Client) -> None:
    make_call("а", "б", at=timezone.now() - timedelta(days=1), seconds=125, answer={"base": "tech"})
    make_call("а", caller="гость", channel="ws", status="InProgress")
    assert shown(office) == ["гость", PHONE]
    text = office.get(LIST).content.decode()
    for words in ("ID", "Номер", "Начало", "Длительность", "Статус", "2 м 05 с", "[tech]", "идёт", PHONE):
        assert words in text


def test_totals_follow_every_filter_and_chips_all_but_the_status(office: Client) -> None:
    make_call(channel="ws")
    make_call(status="Failed")
    make_call(status="Interrupted")
    make_call(status="InProgress")
    listed = office.get(f"{LIST}?status=Failed").context["cl"]
    assert (listed.totals.total, listed.totals.completed, listed.totals.failed) == (1, 0, 1)
    chips = {label: (number, chosen) for label, number, _, chosen in listed.chips}
    assert chips == {
        "Все": (4, False),
        "Завершённые": (1, False),
        "Прерванные": (1, False),
        "Неудачные": (1, True),
        "Идут": (1, False),
    }
    narrowed = office.get(f"{LIST}?channel=ws").context["cl"]
    assert (narrowed.totals.total, narrowed.chips[0][1]) == (1, 1)
    assert shown(office, "status=going") == [PHONE]


def test_the_presets_are_days_of_the_company(office: Client) -> None:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    make_call(caller="сегодня", at=midnight)
    make_call(caller="вчера", at=midnight - timedelta(seconds=1))
    make_call(caller="давно", at=midnight - timedelta(days=20))
    form = office.get(f"{LIST}?channel=phone").context["cl"].filter_form
    presets = {preset.label: preset for preset in form.presets()}
    assert list(presets) == ["Сегодня", "Вчера", "Эта неделя", "Все"]
    assert presets["Все"].is_active
    assert shown(office, presets["Сегодня"].address[1:]) == ["сегодня"]
    assert shown(office, presets["Вчера"].address[1:]) == ["вчера"]
    assert "давно" not in shown(office, presets["Эта неделя"].address[1:])
    assert len(shown(office, presets["Все"].address[1:])) == 3


def test_filters_narrow_by_house_base_and_marks(office: Client) -> None:
    house = make_house()
    make_call("а", "б", caller="дом", house=house, answer={"base": "general"})
    make_call("а", "не знаю", caller="без ответа", answer={"answered": False})
    assert shown(office, f"house={house.pk}") == ["дом"]
    assert shown(office, "base=general") == ["дом"]
    assert shown(office, "mark=unanswered") == ["без ответа"]
    assert shown(office, "q=знаю") == ["без ответа"]
    wrong = office.get(f"{LIST}?date_from=вчера&status=odd")
    assert wrong.context["cl"].result_list == []
    assert "Нужна дата" in wrong.content.decode()


def test_the_list_can_be_sorted_by_each_column(office: Client) -> None:
    make_call(caller="a", seconds=10)
    make_call(caller="b", seconds=99, status="Failed")
    for column in range(1, 6):
        for order in ("", "-"):
            assert set(shown(office, f"o={order}{column}")) == {"a", "b"}
    assert shown(office, "o=4") == ["a", "b"]
    assert shown(office, "o=-4") == ["b", "a"]


def test_the_list_asks_the_database_the_same_number_of_times_however_long_it_is(office: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert office.get(f"{LIST}?per_page=100").status_code == 200
        return len(asked)

    make_call("а", "б", house=make_house())
    queries()
    before = queries()
    for _ in range(12):
        make_call("а", "б", house=make_house())
    assert queries() == before


def test_the_page_learns_of_new_calls_turns_and_clearing(office: Client) -> None:
    def state(query: str = "") -> str:
        return str(office.get(f"{LIST}state/?{query}").json()["state"])

    empty = state()
    call = open_call("ws", "гость", 1)
    begun, failed = state(), state("status=Failed")
    record_turn(call.pk, TurnRecord(number=1, speaker="caller", text="а"))
    told = state()
    assert len({empty, begun, told}) == 3
    assert failed == empty == state("status=Failed"), "what the filter leaves out changes nothing"
    assert f'data-live-state="{told}"' in office.get(LIST).content.decode()
    card_state = office.get(f"{LIST}{call.pk}/state/").json()["state"]
    record_turn(call.pk, TurnRecord(number=2, speaker="assistant", text="б"))
    assert office.get(f"{LIST}{call.pk}/state/").json()["state"] != card_state


def test_the_card_tells_the_dialogue_with_labels_sources_and_times(office: Client) -> None:
    cited = {
        "document": "Цены",
        "heading": "Подъезд",
        "text": "Зависит от <b>этажей</b>",
        "base": "general",
        "version": 2,
    }
    call = make_call(
        "Сколько <i>стоит</i>?",
        "Зависит|от этажей.",
        answer={
            "base": "general",
            "citations": [cited],
            "tool_calls": [{"name": "next_visit", "arguments": {"house": "Кубяка 5"}}],
            "timings": {"search": 25, "generation": 75},
            "answered": True,
        },
    )
    text = office.get(card(call)).content.decode()
    for words in (
        "Сколько &lt;i&gt;стоит&lt;/i&gt;?",
        "Зависитот этажей.",
        "[general]",
        "Цены",
        "версия 2",
        "Кубяка 5",
    ):
        assert words in text
    assert "Зависит от &lt;b&gt;этажей&lt;/b&gt;" in text
    assert 'x="25.0" width="75.0"' in text
    assert "поиск в базе: 25 мс" in text
    assert "понято как" not in text, "only the case differs"


def test_an_answer_is_rated_with_and_without_a_script(office: Client) -> None:
    call = make_call("а", "б")
    address = f"{LIST}{call.pk}/turns/2/rate/"
    page = office.post(address, {"rating": "4", "comment": "хорошо"})
    assert page["Location"] == f"{card(call)}#turn-2"
    turn = call.turns.get(number=2)
    assert (turn.rating, turn.comment) == (4, "хорошо")
    answer = office.post(address, {"rating": ""}, HTTP_X_REQUESTED_WITH="fetch")
    assert answer.json() == {"message": "Оценка снята.", "failed": False}
    refused = office.post(f"{LIST}{call.pk}/turns/1/rate/", {"rating": "5"}, HTTP_X_REQUESTED_WITH="fetch")
    assert (refused.status_code, refused.json()["failed"]) == (400, True)
    assert office.get(address).status_code == 405


def test_the_viewer_reads_no_number_rates_nothing_and_clears_nothing(client: Client) -> None:
    call = make_call(
        f"Мой номер {PHONE}", "Записала", answer={"tool_calls": [{"name": "call_back", "arguments": {"phone": PHONE}}]}
    )
    client.force_login(make_user("Просмотр"))
    for address in (LIST, card(call), f"{LIST}export/csv/"):
        answer = client.get(address)
        text = (answer.getvalue() if answer.streaming else answer.content).decode()
        assert "0000001" not in text, address
        assert "data-rate" not in text
        assert "Очистить" not in text
    assert "•••01" in client.get(LIST).content.decode()
    assert (
        client.post(f"{LIST}{call.pk}/turns/2/rate/", {"rating": "5"}, HTTP_X_REQUESTED_WITH="fetch").status_code == 400
    )
    assert client.get(f"{LIST}clear/").status_code == 403
    assert client.post(f"{LIST}restore/").status_code == 403


def test_the_file_holds_the_filtered_calls(office: Client) -> None:
    make_call("=1+1", "ответ", seconds=65)
    make_call("другое", status="Failed")
    text = office.get(f"{LIST}export/csv/?status=Completed").getvalue().decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "[USER] =1+1\n[BOT] ответ" in text
    assert "другое" not in text
    assert ";65;Телефон;" in text


def test_clearing_asks_twice_says_what_goes_and_can_be_undone(director: Client) -> None:
    old = make_call("а", status="Failed")
    make_call("б")
    first = director.get(f"{LIST}clear/?status=Failed")
    assert "статус: Неудачные" in first.content.decode()
    assert first.context["number"] == 1
    sent = {"until": first.context["until"], "step": "1"}
    later = make_call("после вопроса", status="Failed")
    second = director.post(f"{LIST}clear/?status=Failed", sent)
    assert "Точно очистить?" in second.content.decode()
    assert Call.objects.hidden().count() == 0, "the first answer does nothing yet"
    done = director.post(f"{LIST}clear/?status=Failed", {**sent, "step": "2"}, follow=True)
    assert "Журнал очищен: 1 звонок." in done.content.decode()
    assert list(Call.objects.hidden()) == [old]
    assert later in Call.objects.kept()
    assert old.pk not in [call.pk for call in director.get(LIST).context["cl"].result_list]
    assert [call.pk for call in director.get(f"{LIST}?hidden=1").context["cl"].result_list] == [old.pk]
    assert "Вернуть" in director.get(card(old)).content.decode()
    back = director.post(f"{LIST}restore/", follow=True)
    assert "Возвращено: 1 звонок." in back.content.decode()
    assert Call.objects.hidden().count() == 0


def test_what_was_cleared_is_gone_for_everybody_else(office: Client) -> None:
    secret = f"тайна{uuid4().hex[:8]}"
    call = make_call(secret)
    hide_calls(Call.objects.all(), user=None)
    assert shown(office) == []
    assert shown(office, f"hidden=1&q={secret}") == []
    assert office.get(card(call)).status_code == 302
    assert office.get(f"{LIST}{call.pk}/state/").status_code == 404
    assert "Найдено: 0" in office.get(f"/admin/search/?s={secret}&extended=1").content.decode()


def test_the_audit_trail_leads_back_to_the_log(director: Client) -> None:
    make_call("а")
    first = director.get(f"{LIST}clear/")
    director.post(f"{LIST}clear/", {"until": first.context["until"], "step": "2"})
    trail = director.get("/admin/auditlog/logentry/").content.decode()
    assert "Журнал звонков очищен" in trail
    assert director.get(f"{LIST}log/change/")["Location"] == LIST


def test_a_brigade_has_no_way_in(client: Client) -> None:
    call = make_call("а")
    client.force_login(make_user("Бригада", make_brigade(1)))
    for address in (LIST, card(call), f"{LIST}state/", "/admin/calls/analytics/"):
        assert client.get(address).status_code in {302, 403}


def test_nothing_can_be_typed_in_or_deleted(director: Client) -> None:
    call = make_call("а")
    assert director.post(f"{LIST}{call.pk}/delete/", {"post": "yes"}).status_code == 403
    assert director.get(f"{LIST}add/").status_code == 403


def test_the_director_sets_how_long_calls_are_kept(director: Client) -> None:
    address = director.get("/admin/calls/calllogsettings/")["Location"]
    assert director.post(address, {"redact_after_days": "30", "delete_after_days": ""}).status_code == 302
    from calls.models import CallLogSettings

    kept = CallLogSettings.load()
    assert (kept.redact_after_days, kept.delete_after_days) == (30, None)


def test_the_sidebar_leads_to_the_calls_and_ctrl_k_finds_them(office: Client) -> None:
    word = f"гирлянда{uuid4().hex[:8]}"  # what Ctrl+K finds is cached under what was typed
    call = make_call(f"про {word}")
    assert f'href="{LIST}"' in office.get("/admin/").content.decode()
    found = office.get(f"/admin/search/?s={word}&extended=1").content.decode()
    assert f"{LIST}{call.pk}/change/" in found
