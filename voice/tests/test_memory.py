"""What a process remembers is bounded."""

from __future__ import annotations

from voice.memory import LONGEST_REMEMBERED, TURNS, Sessions


def test_a_thousand_conversations_do_not_grow_the_process() -> None:
    sessions = Sessions(limit=100)
    for number in range(1_000):
        session = sessions.get("ws", "", str(number))
        for _ in range(50):
            session.heard("вопрос " * 500)
            session.said("ответ " * 500)

    assert len(sessions) == 100
    kept = sessions.get("ws", "", "999")
    assert len(kept.messages) == TURNS
    assert all(len(message.content) <= LONGEST_REMEMBERED for message in kept.messages)


def test_the_conversation_that_was_used_last_is_kept() -> None:
    sessions = Sessions(limit=2)
    first = sessions.get("1")
    sessions.get("2")
    assert sessions.get("1") is first
    sessions.get("3")

    assert sessions.get("1") is first
    assert len(sessions) == 2


def test_a_conversation_nobody_continues_is_forgotten() -> None:
    now = [0.0]
    sessions = Sessions(kept_seconds=60, clock=lambda: now[0])
    old = sessions.get("1")
    now[0] = 61.0

    assert sessions.get("1") is not old
    assert len(sessions) == 1
