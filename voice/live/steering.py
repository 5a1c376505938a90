"""A person of the office steps into a call that goes on: ends it, puts it through, speaks in it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4

from channels.layers import get_channel_layer
from django.contrib.auth.models import User
from redis.exceptions import RedisError

from calls import audit
from calls.models import Call
from vasdom.errors import Conflict, Forbidden, InvalidInput, VasdomError
from voice.live import store
from voice.live.feed import Command, group_of
from voice.live.state import COMMANDS, State
from voice.live.viewer import Viewer
from voice.threads import in_thread

LONGEST_SAYING = 500


async def answer(frame: str, viewer: Viewer) -> dict[str, Any]:
    """To a page's frame: `{"want": call}` for a state in which it has a gap, or a command (`steer`)."""
    try:
        asked = json.loads(frame)
    except ValueError:
        asked = {}
    asked = asked if isinstance(asked, dict) else {}
    try:
        if "want" in asked:
            state = await store.get(str(asked["want"]))
            return {"id": str(asked["want"]), "state": viewer.state(state) if state else None}
        return {"taken": (await steer(asked, viewer)).id, "error": ""}
    except VasdomError as exc:
        return {"taken": str(asked.get("id")), "error": exc.message}


async def steer(asked: dict[str, Any], viewer: Viewer) -> Command:
    """Hand the command to the process that runs the call. `asked` is `{"call", "kind", "text", "target", "id"}`.

    Raises:
        Forbidden: the role does not allow it.
        InvalidInput: no such command, nothing to say, or nowhere to put the call through to.
        Conflict: the call is over, or Valkey does not answer.
    """
    if not viewer.may_steer:
        raise Forbidden("Ваша роль не позволяет вмешиваться в звонки.")
    command, call_id = read(asked, viewer)
    try:
        state = await store.get(str(call_id))
        require(command, state)
        layer: Any = get_channel_layer()
        await in_thread(note, call_id, viewer, command, state or {})
        await layer.group_send(group_of(call_id), {"type": "live.command"} | asdict(command))
    except (RedisError, OSError) as exc:
        raise Conflict("Команда не передана: Valkey не отвечает.") from exc
    return command


def read(asked: dict[str, Any], viewer: Viewer) -> tuple[Command, UUID]:
    kind, text, target, key = (str(asked.get(name) or "").strip() for name in ("kind", "text", "target", "id"))
    if kind not in COMMANDS:
        raise InvalidInput("Такой команды нет.", field="kind")
    if kind == "say" and not 0 < len(text) <= LONGEST_SAYING:
        raise InvalidInput(f"Что сказать? От 1 до {LONGEST_SAYING} знаков.", field="text")
    try:
        call_id = UUID(str(asked.get("call")))
    except ValueError as exc:
        raise InvalidInput("Такого звонка нет.", field="call") from exc
    return Command(kind, text if kind == "say" else "", target, viewer.name, key[:64] or uuid4().hex), call_id


def require(command: Command, state: State | None) -> None:
    if state is None or state["ended"]:
        raise Conflict("Звонок уже закончен.")
    if command.kind == "transfer" and command.target not in {target["key"] for target in state["targets"]}:
        raise InvalidInput("Сюда перевести нельзя.", field="target")


def note(call_id: UUID, viewer: Viewer, command: Command, state: State) -> None:
    """Into the audit trail: who did what to the call."""
    call, user = Call.objects.filter(pk=call_id).first(), User.objects.filter(pk=viewer.key).first()
    if call is None or user is None:
        return
    labels = {target["key"]: target["label"] for target in state.get("targets", [])}
    what = ": ".join(filter(None, (COMMANDS[command.kind], command.text or labels.get(command.target, ""))))
    audit.note_command(call, user, what)
