# Why an item could not be read, so that it can be said in any language.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0005_version_pending'),
    ]

    operations = [
        migrations.AddField(
            model_name='uploaditem',
            name='error',
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
    ]
