"""deploy/asterisk in a real Asterisk: it loads without a warning, and calls go where its README says."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from vasdom.env import ROOT
from voice.caller import SipCaller, tone
from voice.engine.g711 import encode
from voice.pbx import AsteriskTree, LocalAsterisk, config
from voice.pbx.config import SOUNDS, fill

FILES = ROOT / "deploy" / "asterisk"
WHOLE = ("http.conf", "rtp.conf", "logger.conf")
INCLUDED = ("pjsip.conf", "extensions.conf", "ari.conf", "queues.conf", "voicemail.conf", "websocket_client.conf")
BEGINNINGS = {
    "pjsip.conf": "[global]\ntype = global\nendpoint_identifier_order = username,ip\n",
    "ari.conf": "[general]\nenabled = yes\n",
}
BESIDES = ("app_queue", "app_voicemail", "func_cut", "func_groupcount", "func_module")
APPS = "Set(APPS=asterisk-bot)"


class Office(LocalAsterisk):
    """An Asterisk of an office: its own modules and folders, and our files as an administrator would put them in."""

    def configure(self) -> None:
        config.write(self.tree, self.settings)
        etc = self.settings.etc
        (etc / "vasdom").mkdir(exist_ok=True)
        for name in INCLUDED:
            text = fill((FILES / name).read_text(), self.values()).replace(":5060", f":{self.settings.sip_port}")
            (etc / "vasdom" / name).write_text(text.replace(APPS, "Set(APPS=first&second)"))
            (etc / name).write_text(f"{BEGINNINGS.get(name, '[general]')}\n#include vasdom/{name}\n")
        for name in WHOLE:
            (etc / name).write_text((FILES / name).read_text().replace("8088", str(self.settings.http_port)))
        modules = (etc / "modules.conf").read_text()
        (etc / "modules.conf").write_text(modules + "".join(f"load = {name}.so\n" for name in BESIDES))
        (self.settings.sounds / "beep.alaw").write_bytes(encode(tone(0.3)))  # of Asterisk's own sounds, not fetched
        shutil.copytree(SOUNDS, self.settings.sounds / "vasdom", dirs_exist_ok=True)

    def values(self) -> dict[str, str]:
        return {
            "sip_address": "127.0.0.1",
            "provider_host": "127.0.0.1:9",
            "provider_network": "127.0.0.1",
            "password_200": "operator-secret",
            "password_201": "operator-secret",
            "ari_password": self.settings.ari_password,
            "voicemail_pin": "4711",
        }


@pytest.fixture(scope="module")
def office(asterisk_tree: AsteriskTree) -> Iterator[Office]:
    folder = Path(tempfile.mkdtemp(prefix="pbx-"))
    try:
        with Office.on_free_ports(asterisk_tree, folder) as instance:
            yield instance
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_it_loads_without_a_warning(office: Office) -> None:
    bad = [line for line in office.log().splitlines() if "ERROR" in line or "WARNING" in line]
    assert [line for line in bad if "vasdom" in line or "config" in line or "pjsip" in line] == []
    assert "vasdom-provider" in office.cli("pjsip show endpoints")
    assert "127.0.0.1/32" in office.cli("pjsip show identifies")
    assert "vasdom-office" in office.cli("queue show")
    assert "1000" in office.cli("voicemail show users for vasdom")


def test_from_the_line_there_is_no_way_but_to_the_assistant(office: Office) -> None:
    incoming = office.cli("dialplan show vasdom-incoming")
    assert set(re.findall(r"\d+\. (\w+)\(", incoming)) == {"Goto"}
    assert set(re.findall(r"Goto\(([\w-]+)", incoming)) == {"vasdom-assistant"}
    assert "Dial(" not in office.cli("dialplan show vasdom-assistant")
    assert "vasdom-outgoing" not in office.cli("dialplan show vasdom-office")


async def test_a_call_finds_the_one_assistant_that_is_there_and_the_net_when_it_gives_up(office: Office) -> None:
    settings = office.settings
    account = {"Authorization": aiohttp.encode_basic_auth(settings.ari_user, settings.ari_password)}
    events = f"{settings.ari_url}/ari/events?app=second"
    async with aiohttp.ClientSession(headers=account) as session, session.ws_connect(events) as assistant:
        for _ in range(4):  # the first to be asked is drawn by lot
            async with SipCaller(*office.sip) as phone:
                call = phone.dial("74950000000")
                event = await asyncio.wait_for(assistant.receive_json(), 10)
                while event["type"] != "StasisStart":
                    event = await asyncio.wait_for(assistant.receive_json(), 10)
                assert event["args"] == ["74950000000"]
                await call.hangup()
        async with SipCaller(*office.sip) as phone:
            call = phone.dial("74950000000")
            while (event := await asyncio.wait_for(assistant.receive_json(), 10))["type"] != "StasisStart":
                pass
            channel = event["channel"]["id"]
            await session.post(f"{settings.ari_url}/ari/channels/{channel}/continue")
            await call.answered()
            await call.sound(after=0.0)
            await call.hangup()


async def test_without_an_assistant_the_queue_rings_an_operator(office: Office) -> None:
    async with SipCaller(*office.sip, "200", "operator-secret") as person, SipCaller(*office.sip) as phone:
        await person.register()
        call = phone.dial("1000")
        incoming = await person.next_call(timeout=20)
        await incoming.answer()
        await call.answered()
        await call.dtmf("1")
        await incoming.digit()
        await call.hangup()
        await incoming.ended()


async def test_with_nobody_there_at_all_a_message_can_be_left(office: Office) -> None:
    async with SipCaller(*office.sip) as phone, await phone.call("1000") as call:
        await call.sound(after=0.0)
        deadline = call.now() + 40
        while "VoiceMail" not in office.cli("core show channels") and call.now() < deadline:
            assert call.ended_at is None, office.log()[-2000:]
            await asyncio.sleep(0.2)
        assert "VoiceMail" in office.cli("core show channels")


def test_every_setting_to_fill_in_is_named_in_the_readme() -> None:
    readme = (FILES / "README.md").read_text()
    places = {
        name for path in FILES.iterdir() for name in config.PLACE.findall(path.read_text()) if path.name != "README.md"
    }
    assert {name for name in places if f"`@{name}@`" not in readme} == set()
    assert {path.name for path in FILES.iterdir() if path.name != "README.md" and path.name not in readme} == set()
