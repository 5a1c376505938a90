"""The phone in the office: rules in the form of a revision, the allow-list, the line's page, listening to a voice."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from houses.tests.factories import make_user
from voice import actions, health
from voice.models import AssistantRevision, PhoneSettings, TransferTarget
from voice.phone.models import DAYS
from voice.tests.phone_rows import make_target
from voice.tests.test_admin import ADD, sent, signed_in, text_of

pytestmark = pytest.mark.django_db
TARGETS = reverse("admin:voice_transfertarget_changelist")
NEW_TARGET = reverse("admin:voice_transfertarget_add")


def rows(*rules: dict[str, Any]) -> dict[str, Any]:
    """Rules as the form sends them."""
    data: dict[str, Any] = {"rules-TOTAL_FORMS": len(rules), "rules-INITIAL_FORMS": 0}
    for index, rule in enumerate(rules):
        data |= {f"rules-{index}-{name}": value for name, value in ({"ORDER": index + 1} | rule).items()}
    return data


def target_form(**changed: Any) -> dict[str, Any]:
    values = {
        "name": "Офис",
        "kind": "person",
        "endpoint": "PJSIP/200",
        "enabled": "on",
        "position": 10,
        "ring_seconds": 20,
        "attended": "on",
        "next_target": "",
    }
    return values | dict.fromkeys(DAYS, "9-18") | changed


# --- rules of a revision


def test_the_form_shows_the_rules_and_saves_them_in_their_order() -> None:
    client = signed_in("Директор")
    office = make_target("Офис")
    page = text_of(client.get(ADD))
    assert "Когда нужен человек" in page
    assert page.count("data-rule>") == len(actions.active_revision().escalations.all()) + 1  # and the template's

    client.post(
        ADD,
        sent(
            **rows(
                {"reason": "unknown", "threshold": 3, "ORDER": 2},
                {"reason": "asked_for", "target": office.pk, "phrase": "Соединяю с офисом.", "ORDER": 1},
                {"reason": "", "phrase": "эту убрали", "ORDER": 3},
            )
        ),
    )

    revision = AssistantRevision.objects.get(number=2)
    kept = [(rule.reason, rule.threshold, rule.target) for rule in revision.escalations.all()]
    assert kept == [("asked_for", 1, office), ("unknown", 3, None)]


def test_the_card_shows_the_rules_and_their_difference() -> None:
    client = signed_in("Директор")
    client.post(ADD, sent(**rows({"reason": "complaint_words", "words": "прокуратура"})))
    revision = AssistantRevision.objects.get(number=2)

    page = text_of(client.get(reverse("admin:voice_assistantrevision_change", args=[revision.pk])))

    assert "Прозвучали слова: прокуратура → первому из списка" in page
    assert "<ins>Прозвучали слова: прокуратура" in page
    assert "<del>Собеседник просит человека" in page


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"reason": "complaint_words", "words": " "}, "Укажите слова"),
        ({"reason": "asked_for", "target": 999999}, "Выберите корректный вариант"),
        ({"reason": "asked_for", "phrase": "Соединяю {"}, "скобки"),
    ],
)
def test_a_rule_that_cannot_be_used_is_said_and_nothing_is_lost(rule: dict[str, Any], words: str) -> None:
    answer = signed_in("Директор").post(ADD, sent(**rows(rule)))

    assert words in text_of(answer)
    assert rule.get("phrase", "") in text_of(answer)
    assert AssistantRevision.objects.count() == 1


def test_vendors_are_chosen_in_their_order() -> None:
    signed_in("Директор").post(ADD, sent(synthesizers=["espeak", "", "yandex"], recognizers=["", ""]))

    revision = AssistantRevision.objects.get(number=2)
    assert revision.synthesizers == ["espeak", "yandex"]
    assert revision.recognizers == []


def test_switches_can_be_switched_off() -> None:
    without = {name: value for name, value in sent().items() if name not in {"speculate", "interruptible_greeting"}}
    signed_in("Директор").post(ADD, without)

    revision = AssistantRevision.objects.get(number=2)
    assert not revision.speculate
    assert not revision.interruptible_greeting


def test_what_works_with_a_loss_is_said_on_the_card() -> None:
    client = signed_in("Директор")
    page = text_of(client.get(reverse("admin:voice_assistantrevision_change", args=[actions.active_revision().pk])))

    assert "по телефону будет меню кнопок" in page


# --- the allow-list


def test_a_target_is_added_and_listed_with_whether_it_works_now() -> None:
    client = signed_in("Директор")
    always = dict.fromkeys(DAYS, "0-24")
    client.post(NEW_TARGET, target_form(**always))
    client.post(NEW_TARGET, target_form(name="Ночь", endpoint="PJSIP/300", **dict.fromkeys(DAYS, "")))

    page = text_of(client.get(TARGETS))

    assert TransferTarget.objects.get(name="Офис").monday == "00:00–24:00"
    assert "работает" in page
    assert "не рабочее время" in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"endpoint": "PJSIP/200&PJSIP/1@trunk"}, "Ожидается PJSIP/200"),
        ({"monday": "18-9"}, "Конец раньше начала"),
        ({"kind": "queue", "endpoint": "Local/600@office"}, "предупредить некого"),
        ({"ring_seconds": 2}, "5"),
    ],
)
def test_a_target_that_cannot_be_dialled_is_refused_in_the_form(changed: dict[str, Any], words: str) -> None:
    answer = signed_in("Директор").post(NEW_TARGET, target_form(**changed))

    assert words in text_of(answer)
    assert not TransferTarget.objects.exists()


def test_a_target_that_a_revision_names_can_be_switched_off_and_not_deleted() -> None:
    client = signed_in("Директор")
    named, free = make_target("Офис"), make_target("Лишний")
    actions.save_revision({}, author=None, rules=[{"reason": "asked_for", "target": named}])

    assert (
        client.post(reverse("admin:voice_transfertarget_delete", args=[named.pk]), {"post": "yes"}).status_code == 403
    )
    client.post(reverse("admin:voice_transfertarget_delete", args=[free.pk]), {"post": "yes"})

    assert [target.name for target in TransferTarget.objects.all()] == ["Офис"]


@pytest.mark.parametrize(
    ("role", "seen", "added"),
    [("Директор", 200, 200), ("Менеджер", 200, 403), ("Оператор", 200, 403), ("Просмотр", 403, 403)],
)
def test_only_the_director_changes_who_may_be_dialled(role: str, seen: int, added: int) -> None:
    client = signed_in(role)

    assert client.get(TARGETS).status_code == seen
    assert client.get(NEW_TARGET).status_code == added


# --- the line


def test_the_page_of_the_phone_says_how_the_line_is(settings: Any) -> None:
    client = signed_in("Директор")
    page = text_of(client.get(reverse("admin:voice_phonesettings_changelist"), follow=True))
    assert "Телефон выключен: не заданы ARI_URL" in page
    assert "YANDEX_API_KEY" in page

    settings.ARI_URL, settings.ARI_USER, settings.ARI_PASSWORD = "http://127.0.0.1:8088", "bot", "password-of-ari"
    health.beat(app="bot-a", calls=2, version="22.10.1", warnings=["Версия с известной ошибкой"])
    page = text_of(client.get(reverse("admin:voice_phonesettings_changelist"), follow=True))
    health.gone("bot-a")

    assert "Asterisk 22.10.1" in page
    assert "Звонков сейчас: 2" in page
    assert "Версия с известной ошибкой" in page
    assert "password-of-ari" not in page


def test_the_status_page_shows_the_same() -> None:
    health.beat(app="bot-a", calls=2, version="22.10.1")
    page = text_of(signed_in("Директор").get("/admin/status/"))
    health.gone("bot-a")

    assert "Голосовой помощник" in page
    assert "звонков сейчас: 2" in page


def test_too_few_ports_are_refused() -> None:
    line = PhoneSettings.load()
    address = reverse("admin:voice_phonesettings_change", args=[line.pk])
    values = {
        "max_calls": 50,
        "beyond": "phrase",
        "media": "rtp",
        "rtp_port_first": 21000,
        "rtp_port_last": 21098,
        "operator_sound": "on",
        "accept_digit": "1",
    }

    answer = signed_in("Директор").post(address, values)
    assert "нужно по два" in text_of(answer)

    signed_in("Директор").post(address, values | {"rtp_port_last": 21099, "accept_digit": "5"})
    assert PhoneSettings.load().accept_digit == "5"


def test_others_only_look_at_the_line() -> None:
    address = reverse("admin:voice_phonesettings_changelist")

    assert signed_in("Менеджер").get(address, follow=True).status_code == 200
    assert signed_in("Оператор").get(address, follow=True).status_code == 403


# --- «Прослушать»


def test_who_may_not_see_the_assistant_may_not_listen() -> None:
    client = Client()
    client.force_login(make_user("Бригада"))

    assert client.post(reverse("admin:voice_listen"), {"listen_text": "Раз"}).status_code in {302, 403}


def test_the_page_offers_to_listen() -> None:
    assert "Прослушать" in text_of(signed_in("Директор").get(ADD))
