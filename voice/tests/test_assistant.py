"""A conversation, with the real database and no model."""

from __future__ import annotations

import pytest

from voice.assistant import Conversation
from voice.events import Delta, End

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_question_outside_the_base_is_answered_with_i_do_not_know() -> None:
    events = [event async for event in Conversation("1").reply("Есть ли у вас кукуруза?")]

    assert isinstance(events[-1], End)
    assert events[-1].outcome == "unknown"
    assert "не знаю" in "".join(event.text for event in events if isinstance(event, Delta)).lower()
