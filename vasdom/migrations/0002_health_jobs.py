"""The jobs by which the product knows that it is well. A row that is there already is left as it is."""

from django.db import migrations

MOSCOW = "Europe/Moscow"


def create_jobs(apps, schema_editor):
    Interval = apps.get_model("django_celery_beat", "IntervalSchedule")
    Crontab = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    if not PeriodicTask.objects.filter(task="vasdom.jobs.heartbeat").exists():
        half_a_minute = Interval.objects.filter(every=30, period="seconds").first()
        PeriodicTask.objects.create(
            name="Сигнал жизни фоновых заданий",
            task="vasdom.jobs.heartbeat",
            interval=half_a_minute or Interval.objects.create(every=30, period="seconds"),
            expire_seconds=60,
            description="По нему страница состояния знает, что задания выполняются. Не реже раза в минуту.",
        )
    if not PeriodicTask.objects.filter(task="vasdom.jobs.probe_services").exists():
        moment = {"minute": "*/3", "hour": "*", "day_of_month": "*", "month_of_year": "*", "day_of_week": "*"}
        three_minutes = Crontab.objects.filter(**moment, timezone=MOSCOW).first()
        PeriodicTask.objects.create(
            name="Проверка внешних служб",
            task="vasdom.jobs.probe_services",
            crontab=three_minutes or Crontab.objects.create(**moment, timezone=MOSCOW),
            expire_seconds=120,
            description="Telegram, AI, телефония: отвечают ли. Не реже раза в 15 минут.",
        )


class Migration(migrations.Migration):
    dependencies = [
        ("vasdom", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]
    operations = [migrations.RunPython(create_jobs, migrations.RunPython.noop)]
