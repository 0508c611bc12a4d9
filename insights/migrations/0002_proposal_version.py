"""A number by which it is noticed that somebody else was faster."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("insights", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField("proposal", "version", models.PositiveIntegerField(default=0)),
    ]
