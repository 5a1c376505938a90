"""What is SpeechKit's own: hints one by one, long texts, tokens, the older API's voices, addresses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

import pytest
from yandex.cloud.ai.stt.v3 import stt_pb2

from providers.errors import ProviderError, Rejected, Timeout, Unavailable
from providers.registry import close, probe_recognizer, probe_synthesizer, synthesizer
from providers.speech import Voice
from providers.tests.speech_adapters import KEY, QUESTION, TEXT, VOCABULARY, yandex_account
from providers.tests.yandex_twin import YandexTwin
from providers.yandex import access
from providers.yandex.config import RecognitionConfig, SynthesisConfig, YandexAccount
from providers.yandex.recognizer import Assembly, YandexRecognizer
from providers.yandex.texts import pieces
from providers.yandex.voices import in_v1
from vasdom.errors import InvalidInput


@pytest.fixture
def twin() -> Iterator[YandexTwin]:
    access._tokens.clear()
    with YandexTwin(vocabulary=VOCABULARY) as server:
        yield server


async def said(twin: YandexTwin, text: str = TEXT, key: str = "yandex", **fields: Any) -> float:
    config = SynthesisConfig(**{"account": yandex_account(twin), **fields})
    async with aclosing(synthesizer(key, config).synthesize(text)) as speech:
        return sum([len(audio) async for audio in speech]) / 16_000


async def heard(twin: YandexTwin, account: YandexAccount, **fields: Any) -> str:
    async def audio() -> AsyncIterator[bytes]:
        for at in range(0, len(QUESTION.pcm), 640):
            yield QUESTION.pcm[at : at + 640]
            await asyncio.sleep(0.005)

    text = ""
    async for transcript in YandexRecognizer(RecognitionConfig(account=account, **fields)).transcribe(audio()):
        text = transcript.text
    return text


async def test_voice_role_and_speed_all_arrive(twin: YandexTwin) -> None:
    await said(twin, voice=Voice("jane", "good", 1.15))
    fields = twin.asked("synthesize")[0].fields
    assert (fields["voice"], fields["role"], fields["speed"]) == ("jane", "good", 1.15)
    assert (fields["lufs"], fields["unsafe"]) == (True, False)


async def test_an_unknown_voice_is_refused_and_cools_nobody(twin: YandexTwin) -> None:
    with pytest.raises(Rejected, match="голос") as caught:
        await said(twin, voice=Voice("shrek"))
    assert not caught.value.retryable
    assert not caught.value.account_wide


async def test_a_long_text_is_sent_in_pieces_that_the_service_takes(twin: YandexTwin) -> None:
    text = f"{TEXT} " * 20
    assert await said(twin, text) == pytest.approx(len(text) * 0.06, rel=0.05)
    sent = [request.fields["text"] for request in twin.asked("synthesize")]
    assert " ".join(sent) == " ".join(text.split())
    assert max(map(len, sent)) <= 250


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Раз два. Три семь.", ["Раз два.", "Три семь."]),
        ("раз, два три четыре", ["раз,", "два три", "четыре"]),
        ("раздватричетыре", ["раздватрич", "етыре"]),
        ("  раз   два  ", ["раз два"]),
        ("", []),
    ],
)
def test_pieces_end_where_one_breathes(text: str, cut: list[str]) -> None:
    assert list(pieces(text, 10)) == cut


async def test_the_options_of_recognition_are_those_of_a_telephone(twin: YandexTwin) -> None:
    await heard(twin, yandex_account(twin))
    assert twin.asked("recognize")[0].fields == {
        "model": "general",
        "rate": 8000,
        "languages": ["ru-RU"],
        "normalization": True,
        "external_end": True,
    }
    assert twin.asked("recognize")[0].headers["x-folder-id"] == "folder"


async def test_without_normalization_the_final_comes_as_well(twin: YandexTwin) -> None:
    assert await heard(twin, yandex_account(twin), normalize=False) == QUESTION.text


def test_finals_refinements_and_partials_make_one_text() -> None:
    def update(text: str) -> Any:
        return stt_pb2.AlternativeUpdate(alternatives=[stt_pb2.Alternative(text=text)])

    def final(text: str, number: int) -> Any:
        cursors = stt_pb2.AudioCursors(final_index=number)
        return stt_pb2.StreamingResponse(final=update(text), audio_cursors=cursors)

    def refined(text: str, number: int) -> Any:
        refinement = stt_pb2.FinalRefinement(final_index=number, normalized_text=update(text))
        return stt_pb2.StreamingResponse(final_refinement=refinement)

    assembly, texts = Assembly(normalize=True), []
    for response in (
        stt_pb2.StreamingResponse(partial=update("дом")),
        final("дом три", 0),
        stt_pb2.StreamingResponse(partial=update("подъезд")),
        refined("Дом 3.", 0),
        final("подъезд два", 1),
    ):
        assembly.take(response)
        texts.append(assembly.text)
    assert texts == ["дом", "дом три", "дом три подъезд", "Дом 3. подъезд", "Дом 3. подъезд два"]
    assert not assembly.complete
    assembly.take(refined("Подъезд 2.", 1))
    assert (assembly.text, assembly.complete) == ("Дом 3. Подъезд 2.", True)


async def test_one_token_serves_all(twin: YandexTwin) -> None:
    account = yandex_account(twin, oauth=True)
    await asyncio.gather(*(said(twin, account=account) for _ in range(10)), heard(twin, account))
    await said(twin, key="yandex_http", account=account)
    assert len(twin.asked("iam")) == 1


async def test_a_refused_token_is_replaced_once_without_the_caller_noticing(twin: YandexTwin) -> None:
    account = yandex_account(twin, oauth=True)
    await said(twin, account=account)
    for ask in (said(twin, account=account), said(twin, key="yandex_http", account=account)):
        twin.forget_tokens()
        assert await ask > 2
    twin.forget_tokens()
    assert await heard(twin, account) == QUESTION.text
    assert len(twin.asked("iam")) == 4


async def test_a_token_is_renewed_before_it_ends_while_the_old_one_is_used(
    twin: YandexTwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = yandex_account(twin, oauth=True)
    await said(twin, account=account)
    (token,) = access._tokens.values()
    token.renewed_from = 0.0
    twin.fail("stall", method="iam", seconds=0.3)
    assert await said(twin, account=account) > 2
    await asyncio.sleep(1)
    assert len(twin.asked("iam")) == 2
    (renewed,) = access._tokens.values()
    assert renewed.renewed_from > 0


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "status", "code": "UNAUTHENTICATED"}, Rejected),
        ({"kind": "status", "code": "UNAVAILABLE"}, Unavailable),
        ({"kind": "garbage"}, Unavailable),
        ({"kind": "reset"}, Unavailable),
    ],
)
async def test_no_token_is_no_speech(twin: YandexTwin, fault: dict[str, Any], kind: type[ProviderError]) -> None:
    for _ in range(2):
        twin.fail(method="iam", **fault)
    with pytest.raises(kind) as caught:
        await said(twin, account=yandex_account(twin, oauth=True))
    assert KEY not in caught.value.message + caught.value.detail
    assert caught.value.account_wide == (kind is Rejected)


async def test_a_token_server_that_hangs_does_not_hang_us(twin: YandexTwin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "FETCH_SECONDS", 0.3)
    twin.fail("stall", method="iam")
    with pytest.raises(Timeout):
        await said(twin, account=yandex_account(twin, oauth=True))


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("", "alena"), ("jane", "jane"), ("dasha", "alena"), ("kirill", "filipp"), ("madi_ru", "madirus")],
)
def test_the_older_api_speaks_in_the_nearest_voice(name: str, nearest: str) -> None:
    assert in_v1(name) == nearest


async def test_a_role_goes_with_its_own_voice_only(twin: YandexTwin) -> None:
    await said(twin, key="yandex_http", voice=Voice("jane", "good", 1.1))
    await said(twin, key="yandex_http", voice=Voice("dasha", "friendly"))
    first, second = (request.fields for request in twin.asked("http"))
    assert (first["voice"], first["emotion"], first["speed"]) == ("jane", "good", "1.1")
    assert (second["voice"], second.get("emotion")) == ("alena", None)


def test_a_status_page_asks_each_one_once(twin: YandexTwin) -> None:
    account = yandex_account(twin)
    assert probe_recognizer("yandex", RecognitionConfig(account=account)) == ""
    assert probe_synthesizer("yandex", SynthesisConfig(account=account)) == ""
    assert probe_synthesizer("yandex_http", SynthesisConfig(account=account)) == ""
    assert [request.method for request in twin.requests] == ["recognize", "synthesize", "http"]
    twin.state.api_key = "another"
    for ask in (
        lambda: probe_recognizer("yandex", RecognitionConfig(account=account)),
        lambda: probe_synthesizer("yandex", SynthesisConfig(account=account)),
        lambda: probe_synthesizer("yandex_http", SynthesisConfig(account=account)),
    ):
        assert "не принял ключ" in ask()


async def test_a_server_that_is_not_there_is_told_at_once_and_found_again(twin: YandexTwin) -> None:
    await said(twin)
    twin.stop()
    with pytest.raises(ProviderError):
        await asyncio.wait_for(said(twin), 8)
    twin.start()
    for _ in range(50):
        try:
            assert await said(twin) > 2
            break
        except Unavailable:
            await asyncio.sleep(0.2)
    else:
        pytest.fail("not found again")
    await close()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, "api_key"),
        ({"api_key": "ключ"}, "api_key"),
        ({"api_key": "a b"}, "api_key"),
        ({"oauth_token": "token"}, "folder_id"),
        ({"api_key": "k", "stt_endpoint": "stt.api.cloud.yandex.net"}, "stt_endpoint"),
        ({"api_key": "k", "tts_endpoint": "grpc://tts.example:443"}, "tts_endpoint"),
        ({"api_key": "k", "tts_endpoint": "grpc://127.0.0.1:99999"}, "tts_endpoint"),
        ({"api_key": "k", "iam_url": "http://iam.example/v1"}, "iam_url"),
        ({"api_key": "k", "tts_http_url": "ftp://tts.example"}, "tts_http_url"),
    ],
)
def test_an_account_that_cannot_work_is_refused_where_it_is_written(fields: dict[str, str], wrong: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        YandexAccount(**fields)
    assert caught.value.field == wrong


def test_keys_are_in_no_repr() -> None:
    account = YandexAccount(api_key=KEY, oauth_token=KEY, folder_id="f")
    configs = [account, RecognitionConfig(account=account), SynthesisConfig(account=account)]
    assert KEY not in "".join(map(repr, configs)) + "".join(map(str, configs))


def test_a_speed_that_the_service_does_not_have_is_refused() -> None:
    with pytest.raises(InvalidInput):
        SynthesisConfig(account=YandexAccount(api_key="k"), voice=Voice(speed=4))
