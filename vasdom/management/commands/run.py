"""`make run`: the whole product in one terminal."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import redis
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from vasdom.connections import CONNECT_TIMEOUT_SECONDS
from vasdom.embedded import EmbeddedServers
from vasdom.env import wrong
from vasdom.preparation import EVERY_ADDRESS, announcement, prepare, site_address
from vasdom.processes import Program, die_with_parent
from vasdom.supervisor import Supervisor
from vasdom.version import version
from voice.pbx import LocalAsterisk, local


class Command(BaseCommand):
    """Check, prepare, supervise; stops cleanly at Ctrl-C, and leaves nothing behind even when killed."""

    help = "Запускает ВасДом: базы, сайт, фоновые работы и расписание."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--stop-with-parent", action="store_true", help="Остановиться, если родительский процесс исчез"
        )
        parser.add_argument("--phone", action="store_true", help="Запустить и телефон: свой Asterisk на этой машине")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["stop_with_parent"]:
            die_with_parent(signal.SIGTERM)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        started = time.monotonic()
        try:
            with EmbeddedServers(
                settings.VAR_DIR,
                postgres=not settings.ENV.text("DATABASE_URL"),
                valkey=not settings.ENV.text("REDIS_URL"),
            ) as servers:
                check_address(settings.HOST, settings.PORT)
                with own_telephone(options["phone"]) as asterisk:
                    servers.start()
                    check_redis(settings.REDIS_URL)
                    for line in announcement(prepare()):
                        say(line)
                    connections.close_all()
                    watched = [*servers.children, *([asterisk.child] if asterisk else [])]
                    found_by = asterisk.environment if asterisk else {}
                    Supervisor(programs(found_by), watched, say, Greeting(started, asterisk)).run()
        except KeyboardInterrupt:
            pass
        say("ВасДом остановлен.")


@contextmanager
def own_telephone(wanted: bool) -> Iterator[LocalAsterisk | None]:
    """A running Asterisk of this installation, where it is wanted.

    Raises:
        Misconfigured: another one is named in the environment.
        AsteriskUnavailable, AsteriskFailed: it cannot be had, or does not start.
    """
    if not wanted:
        yield None
        return
    if settings.ARI_URL:
        raise wrong("ARI_URL", "с телефоном этой машины (make phone) ожидается пусто; с вашим Asterisk — make run")
    with local.prepare(settings.VAR_DIR, settings.ARI_APP, say) as asterisk:
        yield asterisk


def programs(telephone: Mapping[str, str]) -> list[Program]:
    """The product's own processes; each is a unit of its own in production (deploy/systemd).

    Args:
        telephone: the variables of an Asterisk of our own; empty = that of the environment, if there is one.
    """
    env = {**os.environ, "PYTHONUNBUFFERED": "1", **telephone}
    celery = (sys.executable, "-m", "celery", "--quiet", "--app", "vasdom.celery")
    level = ("--loglevel", settings.LOG_LEVEL)
    commands = {
        "web": (
            *(sys.executable, "-m", "daphne", "--verbosity", "0", "--no-server-name"),
            *("--bind", settings.HOST, "--port", str(settings.PORT), "vasdom.asgi:application"),
        ),
        # Threads: jobs wait for Bitrix24 and other services, they compute little; and no forks that could outlive us.
        "worker": (
            *celery,
            "worker",
            "--pool",
            "threads",
            "--concurrency",
            "4",
            "--without-gossip",
            "--without-mingle",
            *level,
        ),
        "beat": (*celery, "beat", "--pidfile=", *level),
    }
    if telephone or settings.ARI_URL:
        commands["voice"] = (sys.executable, str(settings.BASE_DIR / "manage.py"), "run_voice")
    return [Program(name=name, command=command, env=env) for name, command in commands.items()]


def check_address(host: str, port: int) -> None:
    """Refuse an address that the site could not listen on.

    Raises:
        Misconfigured: naming HOST or PORT.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as exc:
        raise wrong("HOST", "ожидается адрес этой машины, например 127.0.0.1 или 0.0.0.0") from exc
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError as exc:
            raise wrong("PORT", f"порт {port} доступен только root; ожидается порт от 1024") from exc
        except OSError as exc:
            if exc.errno == errno.EADDRINUSE:
                raise wrong(
                    "PORT", f"порт {port} занят другой программой; ожидается свободный, например {port + 1}"
                ) from exc
            raise wrong("HOST", "ожидается адрес этой машины, например 127.0.0.1 или 0.0.0.0") from exc


def check_redis(url: str) -> None:
    """Refuse a Redis that does not answer.

    Raises:
        Misconfigured: naming REDIS_URL.
    """
    client = redis.from_url(url, socket_connect_timeout=CONNECT_TIMEOUT_SECONDS, socket_timeout=CONNECT_TIMEOUT_SECONDS)
    try:
        client.ping()
    except (redis.RedisError, OSError) as exc:
        raise wrong("REDIS_URL", "Redis по этому адресу не отвечает или не пускает; ожидается рабочий сервер") from exc
    finally:
        client.close()


class Greeting:
    """Says once that the site answers, as soon as it does; and how to call, where there is a telephone."""

    def __init__(self, started: float, asterisk: LocalAsterisk | None = None) -> None:
        self._started = started
        self._asterisk = asterisk
        self._said = False

    def __call__(self) -> None:
        if self._said or not _site_accepts():
            return
        self._said = True
        seconds = time.monotonic() - self._started
        say(f"ВасДом работает: {site_address()} (версия {version()}, запуск {seconds:.1f} с). Остановить: Ctrl-C.")
        if settings.HOST in EVERY_ADDRESS and not settings.SITE_URL and not settings.ENV.text("ALLOWED_HOSTS"):
            say("Чтобы открывать сайт с других машин, впишите его имя или адрес в ALLOWED_HOSTS или SITE_URL.")
        if self._asterisk is not None:
            for line in local.announcement(self._asterisk):
                say(line)


def _site_accepts() -> bool:
    host = "127.0.0.1" if settings.HOST in EVERY_ADDRESS else settings.HOST
    try:
        socket.create_connection((host, settings.PORT), timeout=0.2).close()
    except OSError:
        return False
    return True


def say(line: str) -> None:
    """One line for the person at the terminal; a terminal that has gone stops the launcher."""
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 -- for the rest of this process
        os.kill(os.getpid(), signal.SIGTERM)
