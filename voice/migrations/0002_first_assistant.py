"""The main assistant with revision 1, active. What the environment says about models fills this one only."""

from django.db import migrations
from django.utils import timezone

from voice import defaults


def make_first(apps, schema_editor):
    Assistant = apps.get_model("voice", "Assistant")
    Revision = apps.get_model("voice", "AssistantRevision")
    assistant, _ = Assistant.objects.get_or_create(slug=defaults.SLUG, defaults={"title": defaults.TITLE})
    if not Revision.objects.filter(assistant=assistant).exists():
        values = defaults.first_revision()
        Revision.objects.create(
            assistant=assistant, number=1, active=True, activated_at=timezone.now(), **values
        )


class Migration(migrations.Migration):
    dependencies = [("voice", "0001_initial")]

    operations = [migrations.RunPython(make_first, migrations.RunPython.noop)]
