"""`manage.py call_check` and `make phone`, as people run them."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command

from tests.phone.speech import QUESTIONS, clips
from tests.phone.twins import make_yandex
from vasdom.env import ROOT
from vasdom.errors import VasdomError
from vasdom.tests.launcher import Launcher, environment, processes_of, wait_until
from voice.caller import SipCaller, save_wav, tone
from voice.pbx import AsteriskTree, LocalAsterisk


def call_check(asterisk: LocalAsterisk, *arguments: str) -> tuple[int, str]:
    """The exit code, and what was printed."""
    printed = io.StringIO()
    try:
        call_command("call_check", *arguments, "--port", str(asterisk.sip[1]), stdout=printed)
    except SystemExit as exc:
        return int(exc.code or 0), printed.getvalue()
    return 0, printed.getvalue()


def test_a_line_that_speaks_is_measured_and_recorded(asterisk: LocalAsterisk, tmp_path: Path) -> None:
    talk = tmp_path / "talk.wav"
    code, printed = call_check(asterisk, "1000", "--save", str(talk))  # nobody but the net answers here
    assert code == 0
    assert re.search(r"станция ответила через \d+ мс", printed)
    assert re.search(r"первый звук через \d+ мс", printed)
    assert talk.stat().st_size > 8000


def test_a_question_without_an_answer_ends_with_code_1(asterisk: LocalAsterisk, tmp_path: Path) -> None:
    save_wav(tmp_path / "question.wav", tone(0.5))
    code, printed = call_check(asterisk, "1000", "--dtmf", "1", "--say", str(tmp_path / "question.wav"))
    assert code == 1
    assert "question.wav: ответа не слышно" in printed


def test_the_echo_test_is_told_from_an_answer(asterisk: LocalAsterisk, tmp_path: Path) -> None:
    save_wav(tmp_path / "question.wav", tone(0.5))
    code, printed = call_check(asterisk, "echo", "--say", str(tmp_path / "question.wav"))
    assert code == 0
    assert re.search(r"слышно через \d+ мс после начала нашей речи", printed)


def test_what_is_heard_is_told_in_words(asterisk: LocalAsterisk, tmp_path: Path, settings: Any) -> None:
    pytest.importorskip("espeakng_loader", reason="speech of the callers is made by espeak")
    question = QUESTIONS[1]
    save_wav(tmp_path / "question.wav", np.frombuffer(clips().say(question).pcm, np.int16))
    with make_yandex() as twin:
        for name, value in twin.settings.items():
            setattr(settings, name, value)
        code, printed = call_check(asterisk, "echo", "--words", "--say", str(tmp_path / "question.wav"))
    assert code == 0
    assert f"слышно: «{question}»" in printed


def test_without_a_recogniser_there_are_no_words(asterisk: LocalAsterisk, settings: Any) -> None:
    settings.YANDEX_API_KEY = settings.YANDEX_OAUTH_TOKEN = settings.OPENAI_API_KEY = ""
    with pytest.raises(VasdomError, match="--words"):
        call_check(asterisk, "1000", "--words")


def test_talking_over_what_does_not_listen_is_told(asterisk: LocalAsterisk, tmp_path: Path) -> None:
    save_wav(tmp_path / "question.wav", tone(0.5))
    _, printed = call_check(asterisk, "1000", "--interrupt", "--say", str(tmp_path / "question.wav"))
    assert "говорили поверх ответа, он не замолчал" in printed


@pytest.mark.parametrize("arguments", [("nosuch",), ("1000", "--say", "absent.wav"), ("1000", "--dtmf", "x")])
def test_a_refused_call_and_a_wrong_wish_are_one_sentence(asterisk: LocalAsterisk, arguments: tuple[str, ...]) -> None:
    with pytest.raises(VasdomError):
        call_check(asterisk, *arguments)


def test_on_the_command_line_such_a_sentence_is_code_2() -> None:
    command = [sys.executable, "manage.py", "call_check", "1000", "--say", "absent.wav"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False, timeout=90)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr


async def test_make_phone_starts_an_asterisk_beside_the_product_and_says_how_to_call(
    asterisk_tree: AsteriskTree, tmp_path: Path
) -> None:
    (tmp_path / "asterisk").symlink_to(asterisk_tree.home)
    launcher = Launcher(tmp_path, arguments=("--phone",))
    try:
        launcher.wait_ready()
        wait_until(lambda: "Телефон работает" in launcher.output, launcher.output)
        found = re.search(r"127\.0\.0\.1:(\d+), UDP, логин (\d+), пароль (\w+)", launcher.output)
        assert found is not None, launcher.output
        async with SipCaller("127.0.0.1", int(found[1]), found[2], found[3]) as softphone:
            await softphone.register()
            async with await softphone.call("1000", timeout=30) as call:
                await call.sound(after=0.0, timeout=30)
    finally:
        launcher.stop()
    assert not processes_of(tmp_path)


def test_make_phone_and_an_asterisk_of_ones_own_are_one_too_many(tmp_path: Path) -> None:
    env = environment(tmp_path, ARI_URL="http://127.0.0.1:8088")
    command = [sys.executable, "manage.py", "run", "--phone"]
    refused = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "ARI_URL" in refused.stderr


@pytest.mark.parametrize("text", ["Когда уборка на Кибальчича, 3?"])
def test_a_text_is_said_by_espeak_where_that_is_installed(asterisk: LocalAsterisk, text: str) -> None:
    pytest.importorskip("espeakng_loader", reason="espeak-ng is an extra")
    assert f"1. «{text}»: ответа не слышно" in call_check(asterisk, "1000", "--text", text)[1]
