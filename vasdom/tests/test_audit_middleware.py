"""What a stranger writes into headers never breaks a change or its record."""

import pytest
from auditlog.models import LogEntry
from django.test import Client

from houses.access import Role, setup_roles
from houses.models import Brigade
from houses.tests.factories import make_brigade, make_user

pytestmark = pytest.mark.django_db
HEADERS = {"X-Forwarded-For": "выдумка, 10.5.5.5", "X-Forwarded-Port": "порт"}


@pytest.mark.parametrize(("direct", "recorded"), [("127.0.0.1", "10.5.5.5"), ("10.6.6.6", "10.6.6.6")])
def test_the_caller_is_who_our_proxy_says_and_garbage_does_no_harm(client: Client, direct: str, recorded: str) -> None:
    setup_roles()
    brigade = make_brigade(3)
    client.force_login(make_user(Role.DIRECTOR, is_superuser=True))
    answer = client.post(
        f"/admin/houses/brigade/{brigade.pk}/change/",
        {"name": "Третья бригада", "number": 3, "is_active": "on", "_save": "1"},
        headers=HEADERS,
        REMOTE_ADDR=direct,
    )
    assert answer.status_code == 302, answer.content.decode()[:500]
    assert Brigade.objects.get(pk=brigade.pk).name == "Третья бригада"
    assert LogEntry.objects.get_for_object(brigade).latest("timestamp").remote_addr == recorded
