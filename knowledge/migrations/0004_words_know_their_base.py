"""The base becomes one of the words of a passage; scans for a search stay in one process."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.expressions
from django.db import migrations, models

EXPRESSION = r"""setweight(to_tsvector('russian', translate(heading, 'ёЁ-/._@+', 'еЕ      ')), 'A') || setweight(to_tsvector('russian', translate(text, 'ёЁ-/._@+', 'еЕ      ')), 'B') || setweight(to_tsvector('simple', regexp_replace(translate(heading || ' ' || text, 'ёЁ-/._@+', 'еЕ      '), '\m[а-яА-Я]+\M', ' ', 'g')), 'D') || array_to_tsvector(ARRAY['@' || base_id])"""


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0003_glossary")]

    operations = [
        migrations.RemoveIndex("passage", "knowledge_words"),
        migrations.RemoveField("passage", "words"),
        migrations.AddField(
            "passage",
            "words",
            models.GeneratedField(
                db_persist=True,
                expression=django.db.models.expressions.RawSQL(EXPRESSION, ()),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            "passage",
            django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("live", True)), fastupdate=False, fields=["words"], name="knowledge_words"
            ),
        ),
        # Starting a second process costs a search more than it brings.
        migrations.RunSQL(
            "ALTER TABLE knowledge_passage ALTER COLUMN words SET STORAGE MAIN;"
            "ALTER TABLE knowledge_passage SET (parallel_workers = 0);"
            "ALTER TABLE knowledge_passagevector SET (parallel_workers = 0);",
            migrations.RunSQL.noop,
        ),
    ]
