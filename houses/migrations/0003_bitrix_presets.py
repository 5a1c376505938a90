"""Retries of portal events, the fixed fields of the house passport, and the periods of the synchronisation.

Rows are added only where they are absent, so that what an office has changed is never overwritten.
"""

from django.db import migrations, models

FIXED_FIELDS = (
    ("address", "Адрес дома", "UF_CRM_1669561599956"),
    ("apartments", "Количество квартир", "UF_CRM_1669704529022"),
    ("entrances", "Количество подъездов", "UF_CRM_1669705507390"),
    ("floors", "Количество этажей", "UF_CRM_1669704631166"),
    ("tariff", "Тариф / периодичность", "UF_CRM_1669706387893"),
    ("service_start", "Дата начала обслуживания", "UF_CRM_1669704382720"),
    ("passport_url", "Ссылка на карточку дома", "UF_CRM_1669704485993"),
    ("living_area", "Общая площадь жилых помещений, м²", "UF_CRM_1669704507351"),
    ("contract_number", "№ договора", "UF_CRM_1674011703855"),
    ("general_works", "Генеральная уборка", "UF_CRM_1742198101521"),
    ("general_dates", "Дата генеральной уборки", "UF_CRM_1742198182161"),
)
# name, task, minute, hour
PERIODS = (
    ("Bitrix24: изменения", "houses.jobs.sync_delta", "*/5", "*"),
    ("Bitrix24: полная сверка", "houses.jobs.sync_full", "30", "3"),
    ("Bitrix24: события", "houses.jobs.drain_events", "*", "*"),
    ("Bitrix24: чистка журналов", "houses.jobs.purge_records", "15", "4"),
)


def add_fixed_fields(apps, schema_editor):
    FieldMapping = apps.get_model("houses", "FieldMapping")
    for key, title, field_name in FIXED_FIELDS:
        FieldMapping.objects.get_or_create(key=key, defaults={"title": title, "field_name": field_name})


def add_periods(apps, schema_editor):
    CrontabSchedule = apps.get_model("django_celery_beat", "CrontabSchedule")
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    for name, task, minute, hour in PERIODS:
        if PeriodicTask.objects.filter(name=name).exists():
            continue
        crontab = CrontabSchedule.objects.filter(
            minute=minute, hour=hour, day_of_week="*", day_of_month="*", month_of_year="*", timezone="Europe/Moscow"
        ).first() or CrontabSchedule.objects.create(minute=minute, hour=hour, timezone="Europe/Moscow")
        PeriodicTask.objects.create(name=name, task=task, crontab=crontab)


class Migration(migrations.Migration):
    dependencies = [
        ("houses", "0002_search_keys_and_permissions"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [
        migrations.AddField(
            model_name="portalevent",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="попыток"),
        ),
        migrations.AddField(
            model_name="portalevent",
            name="retry_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="повторить не раньше"),
        ),
        migrations.RunPython(add_fixed_fields, migrations.RunPython.noop),
        migrations.RunPython(add_periods, migrations.RunPython.noop),
    ]
