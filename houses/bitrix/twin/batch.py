"""`batch`: up to fifty commands in one request, each answering or failing by itself.

https://apidocs.bitrix24.com/settings/how-to-call-rest-api/batch.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from houses.bitrix.twin.calls import Reply
from houses.bitrix.twin.errors import RestError
from houses.bitrix.twin.values import as_map, is_yes, parse_form, php_array

MAX_COMMANDS = 50
REFERENCE = re.compile(r"\$result((?:\[[^\[\]]*\])+)")


@dataclass(frozen=True, slots=True)
class Command:
    """One line of a batch: `crm.item.list?entityTypeId=2&start=50` under its key."""

    key: str
    method: str
    query: str

    def params(self, results: dict[str, Any]) -> dict[str, Any]:
        """Parameters with every `$result[key][field]` replaced by what earlier commands gave, or by nothing."""
        return {key: _substitute(value, results) for key, value in parse_form(self.query).items()}


def parse_commands(params: dict[str, Any]) -> list[Command]:
    """Raises RestError when there are more than fifty."""
    lines = as_map(params.get("cmd", params.get("CMD")))
    if len(lines) > MAX_COMMANDS:
        raise RestError(400, "ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")
    commands = []
    for key, line in lines.items():
        method, _, query = str(line).partition("?")
        commands.append(Command(key, method.removesuffix(".json"), query))
    return commands


def run_batch(params: dict[str, Any], run: Callable[[Command, dict[str, Any]], tuple[Reply, dict[str, Any]]]) -> Reply:
    """Runs the commands in order; `run` gives a reply and its `time`, or raises RestError."""
    halt = is_yes(params.get("halt", params.get("HALT")))
    results: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    totals: dict[str, Any] = {}
    following: dict[str, Any] = {}
    times: dict[str, Any] = {}
    for command in parse_commands(params):
        try:
            if command.method == "batch":
                raise RestError(405, "ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage")
            reply, times[command.key] = run(command, command.params(results))
        except RestError as error:
            errors[command.key] = error.body()
            if halt:
                break
            continue
        results[command.key] = reply.result
        if reply.total is not None:
            totals[command.key] = reply.total
        if reply.next is not None:
            following[command.key] = reply.next
    parts = {
        "result": results,
        "result_error": errors,
        "result_total": totals,
        "result_next": following,
        "result_time": times,
    }
    return Reply({name: php_array(values) for name, values in parts.items()})


def _substitute(value: Any, results: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _substitute(item, results) for key, item in value.items()}
    return REFERENCE.sub(lambda match: _look_up(match.group(1), results), str(value))


def _look_up(path: str, results: Any) -> str:
    found = results
    for step in re.findall(r"\[([^\[\]]*)\]", path):
        if isinstance(found, list) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        elif isinstance(found, dict) and step in found:
            found = found[step]
        else:
            return ""
    return "" if isinstance(found, dict | list) or found is None else str(found)
