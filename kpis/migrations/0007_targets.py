from decimal import Decimal

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kpis", "0006_profile_looks")]

    operations = [
        migrations.CreateModel(
            name="Target",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "figure",
                    models.CharField(
                        choices=[
                            ("median_ttr", "Median time to resolve, in hours"),
                            ("first_response", "First response, in minutes"),
                            ("fcr", "Solved the first time, in percent"),
                            ("sla_met", "SLA met, in percent"),
                            ("csat", "Client satisfaction, from 1 to 5"),
                            ("billable", "Billable share of hours, in percent"),
                            ("backlog", "Backlog, in tickets"),
                            ("utilisation", "Utilisation, in percent"),
                            ("alerts_in_sla", "Security alerts resolved in time, in percent"),
                        ],
                        max_length=20,
                        unique=True,
                    ),
                ),
                (
                    "value",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=10,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                        verbose_name="target",
                    ),
                ),
                (
                    "warn_at",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Optional. Between the target and this value a figure counts as near the target, "
                        "beyond it as missed.",
                        max_digits=10,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                        verbose_name="near the target up to",
                    ),
                ),
            ],
            options={"verbose_name": "target", "ordering": ["figure"]},
        ),
    ]
