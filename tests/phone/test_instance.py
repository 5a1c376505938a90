"""The Asterisk of one's own: its life as a child process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vasdom.env import ROOT
from voice.caller import SipCaller
from voice.pbx import AsteriskFailed, AsteriskTree, LocalAsterisk, PbxSettings, fetch
from voice.pbx.fetch import TOOLS
from voice.pbx.settings import free_port, new_phones


def test_what_is_fetched_is_not_fetched_again(asterisk_tree: AsteriskTree) -> None:
    said: list[str] = []
    assert fetch(asterisk_tree.home, said.append) == asterisk_tree
    assert said == []
    assert asterisk_tree.release >= (16,)


def test_it_starts_without_a_warning(fresh_asterisk: LocalAsterisk) -> None:
    bad = [line for line in fresh_asterisk.log().splitlines() if " ERROR[" in line or " WARNING[" in line]
    assert bad == []


def test_all_that_the_assistant_needs_is_loaded(asterisk: LocalAsterisk) -> None:
    running = asterisk.cli("module show")
    for module in ("chan_pjsip", "chan_rtp", "res_ari_channels", "app_stasis", "res_pjsip_registrar", "app_dial"):
        assert f"{module}.so" in running
    assert "Not Running" not in running


async def test_after_a_crash_it_comes_back_on_the_same_ports(fresh_asterisk: LocalAsterisk) -> None:
    before = (fresh_asterisk.sip, fresh_asterisk.environment)
    fresh_asterisk.kill()
    assert not fresh_asterisk.running
    fresh_asterisk.start()
    assert (fresh_asterisk.sip, fresh_asterisk.environment) == before
    async with SipCaller(*fresh_asterisk.sip) as phone, await phone.call("echo") as call:
        assert call.answered_at is not None


def test_a_telephone_port_in_use_is_a_failure_and_not_a_silent_telephone(
    asterisk: LocalAsterisk, asterisk_tree: AsteriskTree, tmp_path: Path
) -> None:
    http = free_port(socket.SOCK_STREAM)
    taken = PbxSettings(tmp_path, http, asterisk.settings.sip_port, "password", phones=new_phones())
    with pytest.raises(AsteriskFailed, match="не полностью"):
        LocalAsterisk(asterisk_tree, taken).start()


def test_it_ends_with_the_process_that_started_it(asterisk_tree: AsteriskTree, tmp_path: Path) -> None:
    script = f"""
import os, sys
from pathlib import Path
from voice.pbx import LocalAsterisk
from voice.pbx.tree import open_tree
instance = LocalAsterisk.on_free_ports(open_tree(Path({str(asterisk_tree.home)!r})), Path({str(tmp_path)!r}))
print(instance.pid, flush=True)
os._exit(1)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    pid = int(done.stdout)
    deadline = time.monotonic() + 10
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{pid}")


def test_passwords_are_for_the_owner_only(asterisk: LocalAsterisk) -> None:
    for name in ("ari.conf", "pjsip.conf"):
        assert (asterisk.settings.etc / name).stat().st_mode & 0o077 == 0


def test_a_machine_without_apt_is_told_what_to_do_instead(tmp_path: Path) -> None:
    script = f"""
from pathlib import Path
from voice.pbx import AsteriskUnavailable, fetch
try:
    fetch(Path({str(tmp_path / "home")!r}))
except AsteriskUnavailable as exc:
    print(exc.message)
"""
    env = {**os.environ, "PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert "ARI_URL" in done.stdout
    assert TOOLS[0] in done.stdout


def test_a_machine_without_a_network_is_told_so_and_keeps_no_half_of_it(tmp_path: Path) -> None:
    probe = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip("no network namespaces here")
    script = f"""
from pathlib import Path
from voice.pbx import AsteriskUnavailable, fetch
try:
    fetch(Path({str(tmp_path / "home")!r}))
except AsteriskUnavailable as exc:
    print(exc.message)
"""
    command = ["unshare", "-rn", sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "не скачался" in done.stdout, done.stderr
    assert "ARI_URL" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home.lock"]
