from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("connectors", "0008_dispute_reason"),
    ]

    operations = [
        migrations.AddField(
            model_name="syncrun",
            name="announced",
            field=models.PositiveIntegerField(
                help_text="How much there is to read, where it is known: records, or those that parts hang on.",
                null=True,
            ),
        ),
    ]
