"""Who may change the assistant, and what it may tell to whom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser

from houses import access as houses_access
from houses import contacts
from houses.access import Role, grant
from knowledge import access as knowledge_access

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from houses.contacts import CallerCard
    from houses.models import Brigade, House
    from houses.querysets import HouseQuerySet, VisitQuerySet

VIEW, EDIT = "voice.view_assistantrevision", "voice.add_assistantrevision"
ACTIVATE, CHAT = "voice.activate_revision", "voice.use_chat"
_RULE = {VIEW, EDIT, ACTIVATE, CHAT}
_CHAT_RULE = {"voice.view_chatsettings", "voice.change_chatsettings"}
_PHONE = {"voice.view_transfertarget", "voice.view_phonesettings"}
_PHONE_RULE = _PHONE | {
    "voice.add_transfertarget",
    "voice.change_transfertarget",
    "voice.delete_transfertarget",
    "voice.change_phonesettings",
}
CONTROL, CHANGE_CONTROL = "voice.view_controlquestion", "voice.change_controlquestion"
_CONTROL_RULE = {CONTROL, CHANGE_CONTROL, "voice.add_controlquestion", "voice.delete_controlquestion"}
PERMISSIONS: dict[Role, set[str]] = {
    Role.DIRECTOR: _RULE | _CHAT_RULE | _PHONE_RULE | _CONTROL_RULE,
    Role.MANAGER: _RULE | {"voice.view_chatsettings"} | _PHONE | _CONTROL_RULE,
    Role.OPERATOR: {VIEW, CHAT, CONTROL, "voice.view_transfertarget"},
    Role.BRIGADE: {CHAT},
    Role.VIEWER: {VIEW, CHAT, CONTROL},
}


def setup_roles(**_signal: Any) -> None:
    """Give each role its part; may be run any number of times."""
    grant(PERMISSIONS)


def may_view(user: User | AnonymousUser) -> bool:
    return bool(user.is_active and user.has_perm(VIEW))


def may_edit(user: User | AnonymousUser) -> bool:
    return bool(user.is_active and user.has_perm(EDIT))


def may_activate(user: User | AnonymousUser) -> bool:
    return bool(user.is_active and user.has_perm(ACTIVATE))


def may_chat(user: User | AnonymousUser) -> bool:
    return bool(user.is_active and user.has_perm(CHAT))


@dataclass(frozen=True)
class Caller:
    """Who is talking, and on which channel: "phone", "web", "ws" or "api".

    Without a user it is a stranger: public knowledge and public tools. `phone` is the number the call came from.
    `rehearses`: nobody really asks, and what a tool would change stays as it is.
    """

    channel: str = "ws"
    user: User | AnonymousUser | None = None
    phone: str = ""
    rehearses: bool = False

    @property
    def person(self) -> User | AnonymousUser:
        return self.user if self.user is not None else AnonymousUser()

    @cached_property
    def is_office(self) -> bool:
        """Sees all houses: the pages behind the office's lists answer."""
        return self.user is not None and houses_access.sees_all_houses(self.user)

    @cached_property
    def is_brigade(self) -> bool:
        return self.user is not None and houses_access.is_brigade(self.user)

    @property
    def is_staff(self) -> bool:
        return self.is_office or self.is_brigade

    @cached_property
    def sees_phones(self) -> bool:
        return self.user is not None and houses_access.sees_phones(self.user)

    @cached_property
    def brigade(self) -> Brigade | None:
        return houses_access.brigade_of(self.user) if self.user is not None and self.is_brigade else None

    @cached_property
    def knowledge_role(self) -> str:
        """For `knowledge.search`."""
        return knowledge_access.role_of(self.user) if self.user is not None else knowledge_access.PUBLIC

    @cached_property
    def card(self) -> CallerCard | None:
        """Whose number it is, for a call. A number can be forged: it tells which house is meant, and gives no right."""
        return contacts.find(self.phone) if self.channel == "phone" and self.phone else None

    @property
    def homes(self) -> tuple[House, ...]:
        """The houses «у нас» may mean to a stranger who calls."""
        return self.card.houses if self.card is not None and not self.is_staff else ()

    @property
    def note(self) -> str:
        """What a model is told of the caller: which houses, and no name."""
        if not self.homes:
            return ""
        homes = ", ".join(map(str, self.homes[:5]))
        return f"Номер звонящего записан за домом: {homes}. «Наш дом», «у нас» — вероятно, о нём; назови его в ответе."

    def houses(self) -> HouseQuerySet:
        """The houses this caller may hear of: a brigade its own, everyone else all under contract."""
        from houses.models import House

        active = House.objects.active()
        return active.visible_to(self.person) if self.is_brigade else active

    def visits(self) -> VisitQuerySet:
        from houses.models import CleaningVisit

        visits = CleaningVisit.objects.filter(house__archived_at__isnull=True)
        return visits.visible_to(self.person) if self.is_brigade else visits
