"""Who can sign in to the demo.

A password is derived from the installation's signing key, so it can be shown again and is stored nowhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings

from houses.access import Role

BRIGADES = 7
PASSWORD_LENGTH = 10


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One demo account; `brigade` is the number of its brigade, None for the office."""

    role: Role
    username: str
    full_name: str
    position: str
    brigade: int | None = None

    @property
    def password(self) -> str:
        digest = hmac.digest(settings.SECRET_KEY.encode(), f"demo:{self.username}".encode(), hashlib.sha256)
        return base64.b32encode(digest).decode().lower()[:PASSWORD_LENGTH]


def demo_logins() -> list[DemoLogin]:
    """The accounts of the demo, office first."""
    office = [
        DemoLogin(Role.DIRECTOR, "demo-direktor", "Директор (демо)", "Директор"),
        DemoLogin(Role.MANAGER, "demo-manager", "Менеджер (демо)", "Менеджер"),
        DemoLogin(Role.OPERATOR, "demo-operator", "Оператор (демо)", "Оператор"),
        DemoLogin(Role.VIEWER, "demo-prosmotr", "Просмотр (демо)", "Наблюдатель"),
    ]
    brigades = [
        DemoLogin(Role.BRIGADE, f"demo-brigada{number}", f"Бригадир {number} (демо)", "Бригадир", number)
        for number in range(1, BRIGADES + 1)
    ]
    return office + brigades
