from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("voice", "0006_control_questions")]

    operations = [
        migrations.AlterField(
            model_name="phonesettings",
            name="media",
            field=models.CharField(
                "звук",
                max_length=12,
                choices=[
                    ("rtp", "RTP (обычный)"),
                    (
                        "websocket",
                        "WebSocket (Asterisk 22.8 и новее; без известных ошибок — с 20.22, 22.12, 23.6)",
                    ),
                ],
                default="rtp",
            ),
        ),
    ]
