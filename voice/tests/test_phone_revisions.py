"""What a revision sets up for the phone: kept, refused, compared, frozen."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from vasdom.errors import Conflict, InvalidInput
from voice import actions
from voice.models import EscalationRule
from voice.phone.rules import Reason
from voice.snapshot import active_settings, frozen
from voice.tests.phone_rows import make_target

pytestmark = pytest.mark.django_db


@pytest.fixture
def yandex(settings: Any) -> None:
    settings.YANDEX_API_KEY = "key-for-tests"


def saved(**values: Any) -> Any:
    return actions.save_revision(values, author=None)


def test_the_first_revision_speaks_listens_and_knows_when_a_person_is_needed() -> None:
    call = active_settings()

    assert call.synthesizers == ("yandex", "openai", "espeak")
    assert (call.endpoint_seconds, call.endpoint_short_seconds, call.endpoint_long_seconds) == (0.75, 0.45, 1.6)
    assert call.fillers[0] == "Секунду."
    assert [rule.reason for rule in call.escalations][:2] == [Reason.ASKED_FOR, Reason.DIGIT_ZERO]
    assert call.phrase_misheard == "Простите, я не расслышала. Повторите, пожалуйста."
    assert not call.record_calls


def test_phrases_follow_the_gender_and_the_name() -> None:
    revision = saved(gender="m", name="Пётр", phrase_menu="Это {name}. {Готова/Готов} слушать.")

    call = frozen(revision)

    assert call.phrase_menu == "Это Пётр. Готов слушать."
    assert "не расслышал." in call.phrase_misheard


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"recognizers": ["siri"]}, "recognizers", "siri"),
        ({"recognizers": ["espeak"]}, "recognizers", "espeak"),
        ({"synthesizers": ["yandex", "yandex"]}, "synthesizers", "дважды"),
        ({"speech_speed": 3}, "speech_speed", "скорость"),
        ({"endpoint_seconds": 0.3}, "endpoint_seconds", "не длиннее обычной"),
        ({"endpoint_long_seconds": 0.5}, "endpoint_seconds", "не короче обычной"),
        ({"silence_seconds": 0}, "silence_seconds", "молчащего"),
        ({"fillers": ""}, "fillers", "поставьте 0"),
        ({"vad": "ears"}, "vad", "слышать"),
        ({"record_calls": True, "phrase_consent": ""}, "phrase_consent", "фраза о записи"),
        ({"phrase_menu": "Нажмите {один"}, "phrase_menu", "скобки"),
        ({"phrase_menu": "Нажмите {context}"}, "phrase_menu", "неизвестное место"),
        ({"phrase_menu": ""}, "phrase_menu", "меню кнопок"),
        ({"stress_words": "замок=замок"}, "stress_words", "нет плюса"),
        ({"stress_words": "замок=зам+к"}, "stress_words", "разные слова"),
        ({"stress_words": "замок=з+амок\nзамок=зам+ок"}, "stress_words", "уже есть"),
        ({"stress_words": "замок=+замок"}, "stress_words", "перед гласной"),
        ({"stress_words": "просто слово"}, "stress_words", "ожидается"),
    ],
)
def test_what_cannot_be_used_on_the_phone_is_refused(values: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        saved(**values)

    assert refused.value.field == field


def test_stress_marks_and_hints_are_read_line_by_line() -> None:
    call = frozen(saved(stress_words="Кибальчича = Киб+альчича\n\nзамок=зам+ок", speech_hints=" РЭМ-600 \n\nротор"))

    assert call.stresses == {"кибальчича": "киб+альчича", "замок": "зам+ок"}
    assert call.hints == ("РЭМ-600", "ротор")


# --- activation


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"voice_yandex": "alisa"}, "Нет такого голоса Яндекса: «alisa»"),
        ({"voice_yandex": "jane", "role_yandex": "whisper"}, "нет манеры «whisper»"),
        ({"voice_yandex": "filipp", "role_yandex": "neutral"}, "Оставьте пусто"),
        ({"voice_openai": "jane"}, "Нет такого голоса OpenAI: «jane»"),
        ({"voice_espeak": "de"}, "Нет такого голоса eSpeak: «de»"),
        ({"vad": "silero"}, "onnxruntime"),
    ],
)
def test_a_voice_that_is_not_there_is_refused_at_activation(values: dict[str, Any], words: str) -> None:
    revision = saved(**values)

    with pytest.raises(Conflict, match=words):
        actions.activate_revision(revision.pk, user=None)

    assert active_settings().number == 1


def test_a_voice_of_a_vendor_that_does_not_speak_is_nobodys_business() -> None:
    revision = saved(synthesizers=["espeak"], voice_yandex="alisa")

    assert actions.activate_revision(revision.pk, user=None).active


def test_a_compatible_server_may_have_voices_of_its_own(settings: Any) -> None:
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"
    revision = saved(voice_openai="baya")

    assert actions.activate_revision(revision.pk, user=None).active


def test_with_the_phone_on_an_order_in_which_nobody_can_speak_is_refused(settings: Any) -> None:
    settings.ARI_URL = "http://127.0.0.1:8088"
    revision = saved(synthesizers=["yandex"])

    with pytest.raises(Conflict, match="YANDEX_API_KEY"):
        actions.activate_revision(revision.pk, user=None)


def test_without_the_phone_the_same_order_only_warns() -> None:
    revision = saved(synthesizers=["yandex"])

    assert actions.activate_revision(revision.pk, user=None).active
    assert any("Говорить некому" in warning for warning in actions.warnings(revision))


def test_without_a_key_for_recognition_the_line_works_by_its_keys_and_says_so(settings: Any) -> None:
    settings.ARI_URL = "http://127.0.0.1:8088"
    revision = saved(synthesizers=["espeak"])

    assert actions.activate_revision(revision.pk, user=None).active
    assert any("меню кнопок" in warning for warning in actions.warnings(revision))


def test_with_a_key_nothing_is_warned_of(yandex: None) -> None:
    assert actions.warnings(actions.active_revision()) == []


# --- rules that lead to a person


def test_an_edit_keeps_the_rules_of_the_revision_it_began_with() -> None:
    revision = saved(greeting="Привет!")

    assert frozen(revision).escalations == active_settings().escalations
    assert [change.field for change in actions.diff(actions.active_revision(), revision)] == ["greeting"]


def test_rules_are_replaced_shown_in_the_difference_and_frozen_with_their_target() -> None:
    office = make_target("Офис", endpoint="PJSIP/200")
    rules = [
        {"reason": "unknown", "threshold": 3, "target": office, "phrase": "Соединяю с офисом."},
        {"reason": "complaint_words", "words": "Прокуратура\n\nСУД ещё раз"},
    ]

    revision = actions.save_revision({}, author=None, rules=rules)

    first, second = frozen(revision).escalations
    assert (first.reason, first.threshold, first.phrase) == (Reason.UNKNOWN, 3, "Соединяю с офисом.")
    assert first.target is not None
    assert first.target.endpoint == "PJSIP/200"
    assert second.words == ("прокуратура", "суд еще раз")
    (change,) = actions.diff(actions.active_revision(), revision)
    assert change.field == "rules"
    assert ("+", "Не знает ответа несколько раз подряд: 3 → Офис, «Соединяю с офисом.»") in change.lines


def test_the_target_of_a_running_call_stays_as_it_was() -> None:
    office = make_target("Офис")
    revision = actions.save_revision({}, author=None, rules=[{"reason": "asked_for", "target": office}])
    call = frozen(revision)

    office.endpoint = "PJSIP/999"
    office.save()

    assert call.escalations[0].target is not None
    assert call.escalations[0].target.endpoint == "PJSIP/200"


def test_a_revision_may_have_no_rules_at_all() -> None:
    assert frozen(actions.save_revision({}, author=None, rules=[])).escalations == ()


def test_the_same_rules_again_are_no_new_revision() -> None:
    rules = [{"reason": "asked_for"}]
    actions.activate_revision(actions.save_revision({}, author=None, rules=rules).pk, user=None)

    with pytest.raises(Conflict, match="Ничего не изменилось"):
        actions.save_revision({}, author=None, rules=rules)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"reason": "boredom"}, "Правило 1"),
        ({"reason": "unknown", "threshold": 0}, "Правило 1"),
        ({"reason": "complaint_words", "words": " \n"}, "Укажите слова"),
        ({"reason": "asked_for", "phrase": "Соединяю {с"}, "скобки"),
        ({"reason": "asked_for", "revision_id": 1}, "поля"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused(rule: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        actions.save_revision({}, author=None, rules=[rule])


def test_a_rule_is_as_immutable_as_its_revision() -> None:
    rule = EscalationRule.objects.all()[0]
    rule.threshold = 9

    with pytest.raises(TypeError):
        rule.save()
    with pytest.raises(TypeError):
        rule.delete()


def test_the_settings_of_a_call_cost_one_query_until_something_changes() -> None:
    office = make_target()
    revision = actions.save_revision({}, author=None, rules=[{"reason": "asked_for", "target": office}] * 3)
    actions.activate_revision(revision.pk, user=None)

    active_settings()

    with CaptureQueriesContext(connection) as queries:
        active_settings()
    assert len(queries) == 1

    office.ring_seconds += 5
    office.save()
    assert {rule.target.ring_seconds for rule in active_settings().escalations if rule.target} == {office.ring_seconds}
