"""Seven brigades, whose accounts are named in two ways, and a few people of the office."""

from __future__ import annotations

from houses.bitrix.twin.records import User

# By brigade number; user 1400 is «4 бригада».
BRIGADES = {number: 1392 + 2 * number for number in range(1, 8)}
MANAGERS = (12, 14, 18)


def make_users() -> list[User]:
    office = [
        User(1, "Администратор", "портала", email="admin@example.org", position="Администратор"),
        *(
            User(number, "Менеджер", "отдела", email=f"m{number}@example.org", position="Менеджер")
            for number in MANAGERS
        ),
        User(22, "Бухгалтер", "отдела", position="Бухгалтер"),
        User(30, "Менеджер", "уволенный", active=False, position="Менеджер"),
    ]
    return office + [_brigade(number, user_id) for number, user_id in BRIGADES.items()]


def _brigade(number: int, user_id: int) -> User:
    """«1 » + «бригада», or «4 бригада» + nothing: both are found in the portal."""
    if number in (1, 3, 6):
        return User(user_id, f"{number} ", "бригада", position="Бригада", departments=[7])
    return User(user_id, f"{number} бригада", "", position="Бригада", departments=[7])
