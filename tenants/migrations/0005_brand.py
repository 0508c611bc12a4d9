from django.db import migrations, models

import tenants.brand


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0004_project_settings'),
    ]

    operations = [
        migrations.AddField(
            model_name='tenantsettings',
            name='brand_colour',
            field=models.CharField(blank=True, default='', help_text="Of links and buttons, as # and six digits. Empty for Deskmetry's blue.", max_length=7, validators=[tenants.brand.validate_colour]),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='tenantsettings',
            name='logo',
            field=models.BinaryField(blank=True, default=b''),
        ),
        migrations.AddField(
            model_name='tenantsettings',
            name='logo_digest',
            field=models.CharField(blank=True, default='', editable=False, max_length=16),
            preserve_default=False,
        ),
    ]
