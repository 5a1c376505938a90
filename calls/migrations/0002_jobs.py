"""The jobs of the call log. A row that is there already is left as it is."""

from django.db import migrations

MOSCOW = "Europe/Moscow"
# name, task, minute, hour, what it is for
PERIODS = (
    (
        "Звонки: очистка и стирание номеров",
        "calls.jobs.purge_calls",
        "40",
        "3",
        "Удаляет очищенное неделю назад и старое, стирает номера. Сроки — в разделе «Хранение звонков».",
    ),
    (
        "Звонки: забытые",
        "calls.jobs.close_abandoned",
        "*/10",
        "*",
        "Заканчивает звонки и чаты, которые молчат больше двух часов.",
    ),
)


def create_jobs(apps, schema_editor):
    Crontab = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    for name, task, minute, hour, description in PERIODS:
        if PeriodicTask.objects.filter(task=task).exists():
            continue
        moment = {"minute": minute, "hour": hour, "day_of_month": "*", "month_of_year": "*", "day_of_week": "*"}
        crontab = Crontab.objects.filter(**moment, timezone=MOSCOW).first()
        PeriodicTask.objects.create(
            name=name,
            task=task,
            crontab=crontab or Crontab.objects.create(**moment, timezone=MOSCOW),
            description=description,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]
    operations = [migrations.RunPython(create_jobs, migrations.RunPython.noop)]
