"""The demo: through the real sync, all marked, all removable, gone with the first real houses."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import global_settings
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from django.test import Client

from houses.bitrix.client import BitrixClient
from houses.bitrix.sync import run_sync
from houses.bitrix.twin import PortalTwin
from houses.demo.logins import demo_logins
from houses.demo.removal import remove_demo
from houses.demo.seed import HOUSES, seed_demo
from houses.errors import DemoRefused
from houses.models import CleaningVisit, House, SyncRun, VisitPhoto
from houses.tests.factories import make_house, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def marked_models():
    models = apps.get_app_config("houses").get_models()
    return [model for model in models if any(field.name == "is_demo" for field in model._meta.fields)]


def look_at_a_photo():
    """Somebody opened a list: a small copy lies beside the photo."""
    client = Client()
    client.force_login(make_user("Менеджер"))
    photo = VisitPhoto.objects.all()[0]
    assert client.get(f"/media/{photo.image.name}", {"w": 320}).status_code == 200
    get_user_model().objects.filter(employee__isnull=True).delete()


def test_every_row_of_the_demo_is_marked_and_removal_takes_all_of_it(media, django_capture_on_commit_callbacks):
    seed_demo()
    assert House.objects.count() == HOUSES
    for model in marked_models():
        assert not model._default_manager.filter(is_demo=False).exists(), model
    states = set(CleaningVisit.objects.values_list("status", flat=True))
    assert {"planned", "done", "not_possible"} <= states
    assert len(list(media.rglob("*.jpg"))) == VisitPhoto.objects.count() > 0

    look_at_a_photo()

    with django_capture_on_commit_callbacks(execute=True):
        remove_demo()

    for model in marked_models():
        assert not model._default_manager.exists(), model
    assert not list(media.rglob("*.jpg"))
    assert not get_user_model().objects.exists()


def test_the_demo_is_refused_where_houses_are(media):
    make_house()
    with pytest.raises(DemoRefused):
        seed_demo()


def test_demo_logins_are_shown_again_and_let_in(media, capsys, settings):
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    seed_demo()
    call_command("demo_logins")
    shown = capsys.readouterr().out
    for login in demo_logins():
        assert f"{login.username} " in shown
        assert login.password in shown
    brigade = next(login for login in demo_logins() if login.brigade == 4)
    user = authenticate(username=brigade.username, password=brigade.password)
    assert user is not None
    assert user.employee.brigade.number == 4


def test_demo_passwords_are_not_shown_on_a_public_site(settings):
    settings.SITE_URL = "https://office.example"
    with pytest.raises(CommandError, match="SITE_URL"):
        call_command("demo_logins")


def test_removal_asks_for_a_confirmation(media):
    seed_demo()
    with pytest.raises(CommandError, match="--yes"):
        call_command("remove_demo")
    assert House.objects.exists()


def test_the_first_real_houses_take_the_demo_away(media):
    seed_demo()
    with PortalTwin(houses=30, limits=False, seed=5) as portal:
        run = run_sync(SyncRun.Kind.DELTA, client=BitrixClient(portal.url))
    assert run.state == SyncRun.State.DONE, run.errors
    assert run.kind == SyncRun.Kind.FULL
    assert House.objects.count() == 30
    assert not House.objects.filter(is_demo=True).exists()
    assert not get_user_model().objects.filter(username__startswith="demo-").exists()
