"""Roles: who sees which houses and whose phones."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.utils import timezone

from houses.access import (
    PERMISSIONS,
    Role,
    brigade_of,
    is_brigade,
    may_correct_visits,
    may_sign_acts,
    sees_all_houses,
    sees_phones,
    setup_roles,
)
from houses.models import CleaningVisit, House
from houses.tests.factories import make_brigade, make_house, make_user, make_visit

pytestmark = pytest.mark.django_db

OFFICE = [Role.DIRECTOR, Role.MANAGER, Role.OPERATOR]


@pytest.mark.parametrize("role", [*OFFICE, Role.VIEWER])
def test_office_roles_see_all_houses(role: Role) -> None:
    make_house(brigade=make_brigade(1))
    make_house(archived_at=timezone.now())
    user = make_user(role)
    assert House.objects.visible_to(user).count() == 2
    assert sees_all_houses(user)
    assert not is_brigade(user)


def test_a_brigade_sees_its_own_active_houses_only() -> None:
    own, other = make_brigade(1), make_brigade(2)
    mine = make_house(brigade=own)
    make_house(brigade=other)
    make_house(brigade=None)
    make_house(brigade=own, archived_at=timezone.now())
    user = make_user(Role.BRIGADE, own)
    assert list(House.objects.visible_to(user)) == [mine]
    assert is_brigade(user)
    assert brigade_of(user) == own


def test_a_brigade_sees_the_visits_of_its_own_houses_only() -> None:
    own = make_brigade(1)
    mine = make_visit(make_house(brigade=own))
    make_visit(make_house(brigade=make_brigade(2)), brigade=own)
    assert list(CleaningVisit.objects.visible_to(make_user(Role.BRIGADE, own))) == [mine]
    assert CleaningVisit.objects.visible_to(make_user(Role.VIEWER)).count() == 2


def test_a_brigade_login_without_a_brigade_sees_nothing() -> None:
    make_house(brigade=None)
    user = make_user(Role.BRIGADE)
    assert not House.objects.visible_to(user).exists()
    assert brigade_of(user) is None


def test_a_dismissed_employee_sees_nothing() -> None:
    own = make_brigade(1)
    make_visit(make_house(brigade=own))
    user = make_user(Role.BRIGADE, own)
    user.employee.is_active = False
    user.employee.save()
    user = User.objects.get(pk=user.pk)
    assert not House.objects.visible_to(user).exists()
    assert not CleaningVisit.objects.visible_to(user).exists()


def test_a_login_without_a_role_sees_nothing_staff_or_not() -> None:
    make_house()
    for user in (make_user(), AnonymousUser()):
        assert not House.objects.visible_to(user).exists()
        assert not CleaningVisit.objects.visible_to(user).exists()
        assert not sees_phones(user)
        assert brigade_of(user) is None


def test_a_switched_off_login_sees_nothing_even_a_superuser() -> None:
    user = make_user(Role.DIRECTOR, is_superuser=True, is_active=False)
    assert not sees_all_houses(user)
    assert not sees_phones(user)
    assert not may_correct_visits(user)


def test_a_manager_who_also_cleans_still_sees_all() -> None:
    user = make_user(Role.MANAGER, make_brigade(1))
    user.groups.add(Group.objects.get_or_create(name=Role.BRIGADE)[0])
    make_house(brigade=make_brigade(2))
    assert House.objects.visible_to(user).count() == 1
    assert not is_brigade(user)


def test_phones_are_for_the_office_only() -> None:
    assert [role for role in Role if sees_phones(make_user(role))] == OFFICE
    assert sees_phones(make_user(is_superuser=True))


def test_visits_are_corrected_and_acts_noted_by_the_office() -> None:
    assert [role for role in Role if may_correct_visits(make_user(role))] == OFFICE
    assert [role for role in Role if may_sign_acts(make_user(role))] == OFFICE


def test_roles_are_there_after_migrating_with_their_permissions() -> None:
    assert {group.name for group in Group.objects.all()} >= {role.value for role in Role}
    brigade, director = make_user(Role.BRIGADE), make_user(Role.DIRECTOR)
    assert brigade.has_perm("houses.report_visit")
    assert not brigade.has_perm("houses.view_house")
    for name in ("sync_now", "accept_archiving", "sign_act", "export", "view_phones", "reopen_visit"):
        assert director.has_perm(f"houses.{name}")
    viewer = make_user(Role.VIEWER)
    assert viewer.has_perm("houses.view_house")
    assert not viewer.has_perm("houses.view_phones")
    assert not any(name.partition(".")[2].startswith(("add", "change", "delete")) for name in PERMISSIONS[Role.VIEWER])


def test_every_permission_of_houses_that_a_role_names_exists() -> None:
    wanted = {name.partition(".")[2] for names in PERMISSIONS.values() for name in names if name.startswith("houses.")}
    found = set(Permission.objects.filter(content_type__app_label="houses").values_list("codename", flat=True))
    assert wanted <= found


def test_setting_up_again_keeps_what_the_office_added() -> None:
    viewer = Group.objects.get(name=Role.VIEWER)
    extra = Permission.objects.get(codename="add_user")
    viewer.permissions.add(extra)
    before = viewer.permissions.count()
    setup_roles()
    setup_roles()
    assert viewer.permissions.count() == before
    assert extra in viewer.permissions.all()
