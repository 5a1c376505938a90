"""What the product of a phone test knows: `python -m tests.phone.world` fills the database the environment names;
`--operator PJSIP/200` adds somebody to put callers through to.
"""

from __future__ import annotations

import json
import os
import sys

KNOWLEDGE = """# Мытьё окон

Расскажем о мытье окон. Чем вы моете окна? Окна моем водой и стеклоочистителем, без разводов. Сколько стоит мытьё окон,
скажет сотрудник. О мытье окон договариваются заранее: мойщик приходит с лестницей.

<<->>

# Чистка ковров

Расскажем о чистке ковров. Чем вы чистите ковры? Ковры чистим паром и мягкой щёткой, прямо на месте.

<<->>

# Вывоз снега

Как вы вывозите снег? Снег вывозим ночью самосвалом. Что входит в вывоз снега? Погрузка, перевозка и чистые дорожки.

<<->>

# Мытьё фасада

Расскажем о мытье фасада. Чем вы моете фасад? Фасад моем аппаратом высокого давления, с вышки, летом.

<<->>

# Стрижка газона

Расскажем о стрижке газона. Как вы стрижёте газон? Газон стрижём косилкой, дважды в месяц.
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


def employ(endpoint: str) -> None:
    """Somebody whom callers may be put through to, at any hour, with a briefing before."""
    from voice.phone.models import TransferTarget

    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    TransferTarget.objects.create(name="Офис", endpoint=endpoint, attended=True, **dict.fromkeys(days, "00:00–24:00"))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vasdom.settings")
    import django

    django.setup()
    if sys.argv[1] == "--operator":
        employ(sys.argv[2])
    else:
        fill(json.loads(sys.argv[1]))
