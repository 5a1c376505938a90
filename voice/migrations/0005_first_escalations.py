"""What leads to a person, for the revisions that were there before such rules."""

from django.db import migrations

from voice import defaults


def add_rules(apps, schema_editor):
    Revision = apps.get_model("voice", "AssistantRevision")
    Rule = apps.get_model("voice", "EscalationRule")
    for revision in Revision.objects.filter(escalations=None):
        Rule.objects.bulk_create(
            Rule(revision=revision, order=order, **rule) for order, rule in enumerate(defaults.RULES, 1)
        )


class Migration(migrations.Migration):
    dependencies = [("voice", "0004_phone_settings")]

    operations = [migrations.RunPython(add_rules, migrations.RunPython.noop)]
