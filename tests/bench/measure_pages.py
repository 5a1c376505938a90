"""Pages and API over 10,000 houses with twelve months of visits, through a real web process."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.bench import dataset
from tests.bench.load import crowd, in_turn
from tests.bench.report import Figure, p95
from tests.bench.site import web

API_KEY = "bench"
REQUESTS = 200
PAGES = 60
USERS = 50
CROWD_SECONDS = 30.0
PAUSE_SECONDS = (2.0, 4.0)
HOUSE_LIST = "/admin/houses/house/"


def page_figures(env: Mapping[str, str], today: date) -> list[Figure]:
    dataset.fill(today)
    cookie = _sign_in()
    with web({**env, "API_SECRET_KEY": API_KEY}) as site:
        return [
            _api_list(site, today),
            *_admin_list(site, cookie, today),
            *_fifty_users(site, cookie, today),
        ]


def _sign_in() -> str:
    """A session of a new superuser; returns the Cookie header."""
    user = get_user_model().objects.create_superuser("bench", password=None)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _range_query(dice: random.Random, today: date) -> str:
    start = today + timedelta(days=dice.randrange(-200, 60))
    end = start + timedelta(days=dice.choice((0, 6, 30)))
    return f"date_from={start}&date_to={end}&brigade={dice.randrange(1, dataset.BRIGADES + 1)}"


def _api_list(site: str, today: date) -> Figure:
    dice = random.Random(3)
    paths = [f"/api/cleaning/houses?{_range_query(dice, today)}" for _ in range(REQUESTS)]
    timings = in_turn(site, {"X-API-Key": API_KEY}, paths)
    _no_failures(timings.failures)
    name = "GET /api/cleaning/houses, date range + brigade, p95"
    return Figure(name, p95(timings.milliseconds), "ms", 60, f"{REQUESTS} requests")


def _admin_list(site: str, cookie: str, today: date) -> list[Figure]:
    dice = random.Random(4)
    paths = [HOUSE_LIST + f"?p={dice.randrange(1, 50)}" for _ in range(PAGES // 2)]
    paths += [HOUSE_LIST + "?" + _range_query(dice, today) for _ in range(PAGES // 2)]
    timings = in_turn(site, {"Cookie": cookie}, paths)
    _no_failures(timings.failures)
    queries = _queries_of(paths[-1])
    return [
        Figure("admin house list: queries", queries, "", 15, "1 page"),
        Figure("admin house list, p95", p95(timings.milliseconds), "ms", 300, f"{PAGES} pages"),
    ]


def _queries_of(path: str) -> int:
    """How many queries the page asks, once its caches are warm."""
    client = Client(headers={"host": "localhost"})
    client.force_login(get_user_model().objects.get(username="bench"))
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    if answer.status_code != 200 or not len(queries):
        raise RuntimeError(f"{path} answered {answer.status_code} with {len(queries)} queries")
    return len(queries)


def _fifty_users(site: str, cookie: str, today: date) -> list[Figure]:
    def pick(dice: random.Random) -> str:
        return dice.choice(
            (
                "/admin/",
                HOUSE_LIST,
                HOUSE_LIST + "?" + _range_query(dice, today),
                "/admin/houses/cleaningvisit/",
                "/api/cleaning/houses?" + _range_query(dice, today),
                "/api/dashboard/stats",
                "/api/cleaning/filters",
                f"/api/visits?date={today}",
            )
        )

    timings = crowd(site, {"Cookie": cookie}, pick, users=USERS, seconds=CROWD_SECONDS, pause=PAUSE_SECONDS)
    server_errors = [failure for failure in timings.failures if not failure.startswith("4")]
    _no_failures([failure for failure in timings.failures if failure not in server_errors])
    over = f"{len(timings.milliseconds)} requests"
    crowd_name = f"{USERS} users, {PAUSE_SECONDS[0]:.0f}–{PAUSE_SECONDS[1]:.0f} s between requests"
    return [
        Figure(
            f"{crowd_name}, p95",
            p95(timings.milliseconds),
            "ms",
            500,
            over,
        ),
        Figure(f"{crowd_name}: 5xx and broken connections", len(server_errors), "", 0, over),
    ]


def _no_failures(failures: list[str]) -> None:
    if failures:
        raise RuntimeError(f"{len(failures)} requests were refused, the first: {failures[0]}")
