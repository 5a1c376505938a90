"""What is said of an Asterisk's version, and what is found of a lost process."""

from __future__ import annotations

import pytest

from voice.transports.asterisk.legs import Names
from voice.transports.asterisk.order import Conversation, leftovers
from voice.transports.asterisk.versions import shown, websocket_warnings


@pytest.mark.parametrize("version", ["20.22.0", "22.12.0", "22.13.1", "23.6.0-rc1", "24.0.0"])
def test_versions_with_a_sound_websocket_are_not_warned_of(version: str) -> None:
    assert websocket_warnings(version) == []


@pytest.mark.parametrize("version", ["20.16.0", "20.21.1", "21.11.0", "22.6.0", "22.10.1+dfsg+~cs6.17", "23.5.9"])
def test_known_bad_versions_are_named_with_what_to_do(version: str) -> None:
    (warning,) = websocket_warnings(version)
    assert version in warning
    assert "22.12" in warning


def test_a_build_without_a_number_is_warned_of() -> None:
    assert len(websocket_warnings("GIT-master-abc123")) == 1


def test_a_distributions_suffix_is_not_shown() -> None:
    assert shown("22.10.1+dfsg+~cs6.17.60671434-1") == "22.10.1"
    assert shown("22.11.0-rc2") == "22.11.0-rc2"


def test_only_what_is_ours_and_unknown_is_touched() -> None:
    names, others = Names("bot"), Names("bot-2")
    media, operator, known = names.new("media"), names.new("operator"), names.new("media")
    talk, talker, dead_bridge = names.new("bridge"), names.new("operator"), names.new("bridge")
    foreign = others.new("media")
    ids = [media, operator, known, talker, foreign, "17.1", "17.2", "17.3", "17.9"]
    found = leftovers(
        names,
        channels=[{"id": name} for name in ids],
        bridges=[
            {"id": talk, "channels": ["17.3", talker]},
            {"id": dead_bridge, "channels": ["17.1", media]},
            {"id": others.new("bridge"), "channels": [foreign]},
            {"id": "somebodys", "channels": ["17.9"]},
        ],
        in_app=["17.1", "17.2", "17.3", media, talker],
        known={known, "17.2"}.__contains__,
    )
    assert found.go_on == ["17.1"]
    assert sorted(found.hang_up) == sorted([media, operator])
    assert found.destroy == [dead_bridge]
    assert found.adopt == [Conversation(talk, "17.3", talker)]
