"""Ask the evaluation set on servers of its own: `python -m tests.evaluation [--accept] [--show] [class …]`.

Without a key the assistant quotes; with OPENAI_API_KEY it answers with the model of LLM_MODEL_PRIMARY, and its figures
have a baseline of their own.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.site import environment, manage

KEPT = ("OPENAI_API_KEY", "OPEN_AI_KEY", "OPENAI_BASE_URL", "LLM_MODEL_PRIMARY", "LLM_MODEL_FALLBACK")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make eval", description="Оценка ответов помощника")
    parser.add_argument("--accept", action="store_true", help="записать итог как исходный")
    parser.add_argument("--show", action="store_true", help="показать каждый неверный ответ")
    parser.add_argument("classes", nargs="*", help="только эти классы")
    options = parser.parse_args(arguments)
    provider = {name: os.environ[name] for name in KEPT if os.environ.get(name)}
    with tempfile.TemporaryDirectory(prefix="vasdom-eval-") as folder:
        env = environment(Path(folder), **provider)
        os.environ.clear()
        os.environ.update(env | {"DJANGO_SETTINGS_MODULE": "vasdom.settings"})
        from vasdom.embedded import EmbeddedServers
        from vasdom.env import ignore_dotenv

        ignore_dotenv()
        with EmbeddedServers(Path(folder), durable=False) as servers:
            servers.start()
            manage("migrate", "--noinput", "-v0", env=env)
            return _evaluate(options)


def _evaluate(options: argparse.Namespace) -> int:
    import django

    django.setup()
    logging.disable(logging.WARNING)
    from django.db import connections

    from voice.brain import OPENAI, vendor_of
    from voice.learning import cases, clock, evaluation, scores, world
    from voice.snapshot import active_settings

    classes = [one for one in cases.load() if not options.classes or one.name in options.classes]
    started = time.monotonic()
    with clock.standing_at(world.NOW):
        judged = evaluation.run(classes, world.build())
        settings = active_settings()
    connections.close_all()
    vendor = vendor_of(settings.model_vendor)
    how = settings.model if vendor == OPENAI else vendor
    by_class, total = scores.score(judged)
    write(f"{how}, {total.cases} вопросов за {time.monotonic() - started:.0f} с\n")
    write(scores.table(classes, by_class, total))
    if options.show:
        show(judged)
    if options.accept:
        scores.write_baseline(how, by_class)
        write("\nИтог записан как исходный.")
    problems = [] if options.classes else scores.unmet(total)
    lost = scores.losses(by_class, scores.read_baseline(how))
    for line in (*problems, *lost):
        write(f"\nХУЖЕ НУЖНОГО  {line}")
    return 1 if problems or lost else 0


def show(judged: dict) -> None:  # type: ignore[type-arg]
    """Every wrong answer with what is wrong."""
    for name, rows in judged.items():
        for one in rows:
            if one.is_right and one.recall in {None, 1.0}:
                continue
            write(f"\n[{name}] {one.case.key}\n  → {one.answer.text}")
            write(f"  {one.answer.outcome} {one.answer.tools} recall={one.recall} q={one.answer.end.question}")
            write(f"  цитаты: {[(c.document, c.heading) for c in one.answer.citations]}")
            for fault in (*one.faults, *one.dishonest):
                write(f"  ✗ {fault}")


def write(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
