"""The slice becomes one of the words of a passage."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.expressions
from django.db import migrations, models

EXPRESSION = r"""setweight(to_tsvector('russian', translate(heading, 'ёЁ-/._@+', 'еЕ      ')), 'A') || setweight(to_tsvector('russian', translate(text, 'ёЁ-/._@+', 'еЕ      ')), 'B') || setweight(to_tsvector('simple', regexp_replace(translate(heading || ' ' || text, 'ёЁ-/._@+', 'еЕ      '), '\m[а-яА-Я]+\M', ' ', 'g')), 'D') || array_to_tsvector(ARRAY['@' || base_id, '@s' || id % 64])"""


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0006_questions_of_a_version")]

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
        migrations.RunSQL(
            "ALTER TABLE knowledge_passage ALTER COLUMN words SET STORAGE MAIN", migrations.RunSQL.noop
        ),
    ]
