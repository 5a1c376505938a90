"""The configuration of a local Asterisk, its unpacked tree, the apt that fetches it: without an Asterisk."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from voice.pbx import PbxSettings, Phone, config, local
from voice.pbx.errors import AsteriskFailed
from voice.pbx.fetch import apt_settings
from voice.pbx.mirrors import Suite
from voice.pbx.settings import free_port
from voice.pbx.tree import AsteriskTree, open_tree, stamp

ANSWERS_VERSION = "#!/bin/sh\necho 'Asterisk 22.9.3~dfsg+~cs6'\n"


def unpacked(home: Path, triplet: str, loader: str, script: str = ANSWERS_VERSION) -> Path:
    """A folder in which everything stands where a package would put it; the loader is a script that plays Asterisk."""
    libraries = home / "root" / "usr" / "lib" / triplet
    (libraries / "asterisk" / "modules").mkdir(parents=True)
    for name in ("chan_pjsip", "res_pjsip"):
        (libraries / "asterisk" / "modules" / f"{name}.so").touch()
    (libraries / "libc.so.6").touch()
    (libraries / loader).write_text(script)
    (libraries / loader).chmod(0o755)
    (home / "root" / "usr" / "sbin").mkdir()
    (home / "root" / "usr" / "sbin" / "asterisk").touch()
    (home / "root" / "usr" / "share" / "asterisk" / "rest-api").mkdir(parents=True)
    return home


@pytest.fixture
def tree(tmp_path: Path) -> AsteriskTree:
    return stamp(unpacked(tmp_path / "a", "x86_64-linux-gnu", "ld-linux-x86-64.so.2"))


def settings(folder: Path, **others: object) -> PbxSettings:
    return PbxSettings(folder, 8088, 5060, "ari-secret", phones=(Phone("200", "phone-secret"),), **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("triplet", "loader"),
    [("x86_64-linux-gnu", "ld-linux-x86-64.so.2"), ("aarch64-linux-gnu", "ld-linux-aarch64.so.1")],
)
def test_the_loader_and_the_libraries_are_those_of_the_unpacked_processor(
    tmp_path: Path, triplet: str, loader: str
) -> None:
    home = unpacked(tmp_path / "a", triplet, loader)
    assert open_tree(home) is None  # not stamped: not whole
    found = stamp(home)
    assert (found.version, found.release) == ("22.9.3", (22, 9, 3))
    assert found.command[0].endswith(f"{triplet}/{loader}")
    assert open_tree(home) == found


def test_a_tree_that_does_not_run_is_not_stamped(tmp_path: Path) -> None:
    home = unpacked(tmp_path / "a", "x86_64-linux-gnu", "ld-linux-x86-64.so.2", "#!/bin/sh\necho broken >&2\nexit 1\n")
    with pytest.raises(AsteriskFailed, match="broken"):
        stamp(home)
    assert open_tree(home) is None


def test_every_place_of_every_template_is_filled(tree: AsteriskTree, tmp_path: Path) -> None:
    written = config.files(tree, settings(tmp_path / "i", media_client="ws://127.0.0.1:9000/media"))
    assert not [name for name, text in written.items() if config.PLACE.search(text)]
    assert "password = phone-secret" in written["pjsip.conf"]
    assert "uri = ws://127.0.0.1:9000/media" in written["websocket_client.conf"]


def test_only_modules_that_the_version_has_are_loaded(tree: AsteriskTree, tmp_path: Path) -> None:
    loaded = config.files(tree, settings(tmp_path / "i"))["modules.conf"]
    assert [line for line in loaded.splitlines() if line.startswith("load")] == [
        "load = res_pjsip.so",
        "load = chan_pjsip.so",
    ]


def test_a_call_goes_from_one_assistant_to_the_next_and_then_into_the_net(tree: AsteriskTree, tmp_path: Path) -> None:
    dialplan = config.files(tree, settings(tmp_path / "i", apps=("first", "second")))["extensions.conf"]
    first, second, net = (dialplan.index(word) for word in ("Stasis(first", "Stasis(second", "Goto(vasdom-net"))
    assert first < second < net


def test_nothing_listens_beyond_loopback(tree: AsteriskTree, tmp_path: Path) -> None:
    written = config.files(tree, settings(tmp_path / "i"))
    assert "bindaddr = 127.0.0.1" in written["http.conf"]
    assert "bind = 127.0.0.1:5060" in written["pjsip.conf"]
    assert not any("0.0.0.0" in text for text in written.values())


def test_what_holds_passwords_is_for_the_owner_only(tree: AsteriskTree, tmp_path: Path) -> None:
    config.write(tree, settings(tmp_path / "i"))
    config.write(tree, settings(tmp_path / "i"))  # again over itself
    for path in (tmp_path / "i" / "etc").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (tmp_path / "i" / "data" / "rest-api").is_dir()


def test_a_long_path_gets_a_short_folder_for_its_socket(tmp_path: Path) -> None:
    deep = settings(tmp_path / ("d" * 90))
    assert len(os.fsencode(deep.run / "asterisk.ctl")) <= 100
    assert settings(Path("/v")).run == Path("/v/run")


def test_a_folder_that_cannot_be_written_to_is_said_to_be(tree: AsteriskTree, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AsteriskFailed, match="не записать"):
        config.write(tree, settings(tmp_path / "file"))


def test_passwords_are_made_once_and_a_lost_file_is_made_anew(tmp_path: Path) -> None:
    first = local.settings_in(tmp_path, "asterisk-bot")
    assert local.settings_in(tmp_path, "asterisk-bot").phones == first.phones
    accounts = tmp_path / "pbx" / local.ACCOUNTS_FILE
    assert stat.S_IMODE(accounts.stat().st_mode) == 0o600
    accounts.write_text("{broken")
    assert local.settings_in(tmp_path, "asterisk-bot").phones != first.phones


def test_a_wanted_port_is_taken_where_it_is_free() -> None:
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert free_port(socket.SOCK_DGRAM, port) != port
    assert free_port(socket.SOCK_DGRAM, port) == port


def test_the_isolated_apt_touches_nothing_of_the_machine(tmp_path: Path) -> None:
    lines = apt_settings(Suite("sid", ("deb x sid main",)), tmp_path)
    places = [line for line in lines if line.startswith(("Dir::State", "Dir::Cache", "Dir::Log"))]
    assert all(str(tmp_path) in line or '""' in line for line in places)
    assert 'Acquire::Check-Valid-Until "false";' in lines


def test_the_calling_port_is_read_where_the_local_asterisk_was_told_it(tree: AsteriskTree, tmp_path: Path) -> None:
    assert local.sip_port(tmp_path) == 5060
    config.write(tree, PbxSettings(tmp_path / "pbx", 8088, 5099, "ari-secret"))
    assert local.sip_port(tmp_path) == 5099
