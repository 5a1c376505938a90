"""Words are also found by their sound: what recognition has misspelt."""

from django.db import migrations

SOUND = (
    r"regexp_replace(regexp_replace(translate(term, 'оеёэиыйяюбвгджзщъь', 'аииииииаупфктшсш'),"
    r" '([шчц])[аи]', '\1и', 'g'), '(.)\1+', '\1', 'g')"
)


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0004_words_know_their_base")]

    operations = [
        migrations.RunSQL(
            f"CREATE INDEX knowledge_term_sound ON knowledge_termcount (({SOUND}), base_id)",
            "DROP INDEX knowledge_term_sound",
        ),
    ]
