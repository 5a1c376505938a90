"""What has to be true before the site serves: schema, static files, and on the very first start data and an admin."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.db import OperationalError, connection
from django.db.models import Q

from vasdom.env import wrong

OLDEST_POSTGRES = 16
PREPARATION_LOCK = 0x5641_5344  # an arbitrary number that every launcher agrees on: "VASD"
ADMIN_LOGIN = "admin"
UNUSED_STATIC = ["redoc"]  # the second viewer of drf-spectacular's sidecar: a third of all bytes
EVERY_ADDRESS = {"0.0.0.0", "::"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """The login of the admin that was just made; the password is stored nowhere else."""

    login: str
    password: str


def prepare() -> Credentials | None:
    """Bring the database and the static files up to the code; safe to run at once from several machines.

    Returns the new admin's credentials on the first start, otherwise None.

    Raises:
        Misconfigured: the database of DATABASE_URL is away, too old or has no pgvector.
    """
    check_database()
    with _one_at_a_time():
        call_command("migrate", interactive=False, verbosity=0)
        collect_static(settings.VAR_DIR / "static.stamp")
        return _first_start()


def check_database() -> None:
    """Refuse a server that the product cannot work on, in words."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
            (version,) = cursor.fetchone()
            cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'")
            (has_vector,) = cursor.fetchone()
    except OperationalError as exc:
        raise wrong(
            "DATABASE_URL", "PostgreSQL по этому адресу не отвечает или не пускает; ожидается рабочая база"
        ) from exc
    if version < OLDEST_POSTGRES:
        raise wrong("DATABASE_URL", f"ожидается PostgreSQL {OLDEST_POSTGRES} или новее, отвечает версия {version}")
    if not has_vector:
        raise wrong("DATABASE_URL", "ожидается PostgreSQL с установленным расширением pgvector")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold an advisory lock on a connection of its own, so that of two launchers the second finds the work done."""
    guard = connection.copy()
    try:
        with guard.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [PREPARATION_LOCK])
        yield
    finally:
        guard.close()


def collect_static(stamp: Path) -> bool:
    """Gather the static files if any of them changed since the stamp was written; tells whether it did."""
    current = _digest_of_static_files()
    if stamp.exists() and stamp.read_text(encoding="ascii") == current and settings.STATIC_ROOT.exists():
        return False
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED_STATIC)
    stamp.write_text(current, encoding="ascii")
    return True


def _digest_of_static_files() -> str:
    """Names, sizes and times of all static files, and how they are to be stored."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _first_start() -> Credentials | None:
    """Seed the demo and make the admin; the admin comes last and marks that the first start is over."""
    users = get_user_model()._default_manager
    if users.filter(Q(is_superuser=True) | Q(username=ADMIN_LOGIN)).exists():
        return None
    if settings.DEMO and not settings.BITRIX24_WEBHOOK_URL and not apps.get_model("houses", "House").objects.exists():
        _seed_demo()
    password = secrets.token_urlsafe(12)
    users.create_superuser(ADMIN_LOGIN, password=password)
    return Credentials(ADMIN_LOGIN, password)


def _seed_demo() -> None:
    if "seed_demo" in get_commands():
        call_command("seed_demo", verbosity=0)


def site_address() -> str:
    """Where a person opens the site, with a slash at the end."""
    if settings.SITE_URL:
        return f"{settings.SITE_URL}/"
    host = "127.0.0.1" if settings.HOST in EVERY_ADDRESS else settings.HOST
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.PORT}/"


def announcement(credentials: Credentials | None) -> list[str]:
    """The lines that show the password of the admin that was just made; none when there was one already."""
    if credentials is None:
        return []
    line = "─" * 64
    return [
        line,
        "Создан администратор, пароль показывается один раз:",
        f"  адрес   {site_address()}admin/",
        f"  логин   {credentials.login}",
        f"  пароль  {credentials.password}",
        line,
    ]
