"""The two bases every installation begins with, and the periods of their jobs."""

from django.db import migrations

# Whole words; a star stands for any ending. «кн» and «мм» are units here and never letters inside «окна» or «сумма».
TECH_WORDS = """
техн* характеристик* параметр* диапазон* нагрузк* датчик* тензо* разрывн* машин* усили* кн мпа ньютон* мм гост iso
сертификат* вибро* твердомер* пресс пресса прессы прессов прессом испыта* испытательн* климатическ* копр* стилоскоп*
весит вес масса точност*
моющ* чистящ* дезинф* химия химией химикат* средство средства средством средств хлор* кислот* щелоч* концентрац*
концентрат* раствор* дозиров* развест* развод* разбавл* инвентар* швабр* тряпк* моп мопы мопом пылесос* поломоечн*
ведро ведра перчатк* технолог* безопасност* инструктаж* респиратор* отмыть отмыва* пятно пятна вывести налет ржавчин*
""".split()
TECH_VETO = """
цена цены цене цену ценой ценах ценник* стоит стоят стоимост* стоить прайс* расценк* тариф* скидк* контакт* телефон*
гаранти* доставк* оплат* оплачив* адрес* договор* жалоб* пожалов* акт акта акты квитанц*
""".split()
BASES = (
    {
        "slug": "general",
        "title": "Общие вопросы",
        "description": "Компания, услуги, договор, оплата, жалобы, акты",
        "is_default": True,
    },
    {
        "slug": "tech",
        "title": "Технология уборки",
        "description": "Как моют, чем моют, безопасность",
        "route_words": "\n".join(TECH_WORDS),
        "veto_words": "\n".join(TECH_VETO),
    },
)


def make_bases(apps, schema_editor):
    KnowledgeBase = apps.get_model("knowledge", "KnowledgeBase")
    for values in BASES:
        KnowledgeBase.objects.get_or_create(slug=values["slug"], defaults=values)


def plan_jobs(apps, schema_editor):
    PeriodicTask = apps.get_model("django_celery_beat", "PeriodicTask")
    Interval = apps.get_model("django_celery_beat", "IntervalSchedule")
    Crontab = apps.get_model("django_celery_beat", "CrontabSchedule")
    if not PeriodicTask.objects.filter(task="knowledge.jobs.catch_up").exists():
        interval = Interval.objects.filter(every=2, period="minutes").first()
        interval = interval or Interval.objects.create(every=2, period="minutes")
        PeriodicTask.objects.create(
            name="База знаний: доделать начатое",
            task="knowledge.jobs.catch_up",
            interval=interval,
            expire_seconds=110,
            description="Разбирает загруженное и достраивает индекс, если задание потерялось или процесс был остановлен",
        )
    if not PeriodicTask.objects.filter(task="knowledge.jobs.purge").exists():
        crontab = Crontab.objects.create(minute="40", hour="3", timezone="Europe/Moscow")
        PeriodicTask.objects.create(
            name="База знаний: убрать старое",
            task="knowledge.jobs.purge",
            crontab=crontab,
            description="Забывает векторы, которые давно не нужны, и старые записи о построениях",
        )


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [
        migrations.RunPython(make_bases, migrations.RunPython.noop),
        migrations.RunPython(plan_jobs, migrations.RunPython.noop),
    ]
