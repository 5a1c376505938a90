"""What the product of a phone test knows: `python -m tests.phone.world` fills the database the environment names."""

from __future__ import annotations

import json
import os
import sys

KNOWLEDGE = """# Мытьё окон

Окна моем водой и стеклоочистителем, без разводов. Сколько стоит мытьё окон, скажет сотрудник. О мытье окон
договариваются заранее: мойщик приходит с лестницей.

<<->>

# Чистка ковров

Ковры чистим паром и мягкой щёткой. О чистке ковров спрашивают весной: чистим ковры на месте.

<<->>

# Вывоз снега

Снег вывозим ночью самосвалом. Вывоз снега входит в зимнюю уборку двора: мы вывозим снег и чистим дорожки.

<<->>

# Мытьё фасада

Фасад моем аппаратом высокого давления. О мытье фасада договариваются летом, моем фасад с вышки.

<<->>

# Стрижка газона

Газон стрижём косилкой дважды в месяц. О стрижке газона договариваются весной.
"""


def fill(values: dict[str, object]) -> None:
    """A knowledge base with a passage for every question of the callers, and a revision with these values."""
    from knowledge.tests.factories import teach
    from voice import actions
    from voice.phone.models import PhoneSettings

    teach(KNOWLEDGE, title="Услуги")
    actions.activate_revision(actions.save_revision(values, author=None, note="phone tests").pk, user=None)
    line = PhoneSettings.load()
    line.max_calls = 60
    line.save()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vasdom.settings")
    import django

    django.setup()
    fill(json.loads(sys.argv[1]))
