"""The job that reads Asterisk's list of calls. A row that is there already is left as it is."""

from django.db import migrations

MOSCOW = "Europe/Moscow"
TASK = "calls.jobs.import_arrivals"


def create_job(apps, schema_editor):
    Crontab = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    if PeriodicTask.objects.filter(task=TASK).exists():
        return
    moment = {"minute": "*", "hour": "*", "day_of_month": "*", "month_of_year": "*", "day_of_week": "*"}
    crontab = Crontab.objects.filter(**moment, timezone=MOSCOW).first()
    PeriodicTask.objects.create(
        name="Звонки: журнал Asterisk",
        task=TASK,
        crontab=crontab or Crontab.objects.create(**moment, timezone=MOSCOW),
        description="Читает файл CDR (ASTERISK_CDR_CSV): так видны и звонки, которые не дошли до ассистента.",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0003_phone_calls"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]
    operations = [migrations.RunPython(create_job, migrations.RunPython.noop)]
